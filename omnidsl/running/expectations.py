"""What a typed binding asks of an answer: the JSON Schema that is sent, and the strict reading of what comes back."""

import json
import re
from collections.abc import Mapping

from omnidsl.plugins.media import JSON
from omnidsl.running.errors import StepError

_TYPE = re.compile(
    r"(?P<name>text|int|number|bool|json)(?:\(\s*(?P<low>-?[\d.]+)\s*\.\.\s*(?P<high>-?[\d.]+)\s*\))?"
)
_JSON_TYPES = {"text": "string", "int": "integer", "number": "number", "bool": "boolean"}
_FENCE = re.compile(r"\s*```\w*\n(.*?)\n?```\s*", re.DOTALL)


def value_of(text: str | None, kind: str, expectation: "Expectation | None") -> JSON:
    """Return what an answer is: what a typed binding reads out of it, the JSON that an operation makes, else the text.

    StepError where it does not fit.
    """
    if expectation is None and kind == "json" and text is not None:
        expectation = Expectation(kind)
    return text if expectation is None else expectation.read(text or "")


class Expectation:
    """One type that an answer must have: `text int number bool json`, a range as in `int(1..4)`, or `list[…]` of one."""

    def __init__(self, text: str) -> None:
        self.text = text
        inner = re.fullmatch(r"list\[(.*)\]", text.strip())
        self._many = inner is not None
        found = _TYPE.fullmatch(inner.group(1).strip() if inner else text.strip())
        if found is None:
            raise StepError("plan-broken", words=f"the type `{text}` cannot be asked of an answer")
        self._name = found["name"]
        self._low = None if found["low"] is None else float(found["low"])
        self._high = None if found["high"] is None else float(found["high"])

    def schema(self) -> Mapping[str, JSON] | None:
        """Return the JSON Schema to ask for; None where plain text will do.

        That is an object with the one key `value`, and any object where the type is `json`.
        """
        if not self._many and self._name == "text":
            return None
        if not self._many and self._name == "json":
            return {"type": "object"}
        one: dict[str, JSON] = (
            {"type": _JSON_TYPES[self._name]} if self._name in _JSON_TYPES else {}
        )
        for key, bound in (("minimum", self._low), ("maximum", self._high)):
            if bound is not None:
                one[key] = int(bound) if bound.is_integer() else bound
        value: JSON = {"type": "array", "items": one} if self._many else one
        return {
            "type": "object",
            "properties": {"value": value},
            "required": ["value"],
            "additionalProperties": False,
        }

    def read(self, text: str) -> JSON:
        """Return the value in an answer; StepError when it does not fit, with the reply in its words."""
        if self._name == "text" and not self._many:
            return text
        try:
            value: JSON = json.loads(text)
        except (ValueError, RecursionError):
            fenced = _FENCE.fullmatch(text)
            try:
                value = json.loads(fenced.group(1) if fenced else text.strip().rstrip("."))
            except (ValueError, RecursionError):
                raise self._misfit(text) from None
        if isinstance(value, dict) and set(value) == {"value"}:
            value = value["value"]
        if self._many:
            if not isinstance(value, list) or not all(self._fits(one) for one in value):
                raise self._misfit(text)
        elif not self._fits(value):
            raise self._misfit(text)
        return value

    def _fits(self, value: JSON) -> bool:
        if self._name == "json":
            return True
        if self._name == "text":
            return isinstance(value, str)
        if isinstance(value, bool) or self._name == "bool":
            return isinstance(value, bool) and self._name == "bool"
        if not isinstance(value, int) and not (self._name == "number" and isinstance(value, float)):
            return False
        return (self._low is None or value >= self._low) and (
            self._high is None or value <= self._high
        )

    def _misfit(self, text: str) -> StepError:
        return StepError("does-not-fit", expected=self.text, words=text)
