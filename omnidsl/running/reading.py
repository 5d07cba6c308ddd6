"""What the values of a plan are, once results are there: conditions, computed values, texts, names of files."""

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from omnidsl.checking.computing import OutOfRange, apply
from omnidsl.checking.paths import path_fault, path_text
from omnidsl.checking.types import Type
from omnidsl.checking.values import Later, text_of
from omnidsl.checking.values import Value as Known
from omnidsl.planning.values import (
    INDEX,
    Computed,
    FileInput,
    MessagesInput,
    PromptInput,
    Ref,
    TextInput,
    Value,
)
from omnidsl.plugins.media import JSON, Artifact
from omnidsl.running.artifacts import kind_of
from omnidsl.running.errors import SaveError, StepError
from omnidsl.running.results import Result

Find = Callable[[str], Result]
"""Gives the result of a step by its id; raises Absent for one that was skipped, StepError for one that has none."""

Read = TypeVar("Read")

_PLACE = re.compile(r"(\w*)(?:\[(\d+)\])?")
"""A part of media and a place in it: `[1]`, `pictures`, `pictures[2]`; empty for the whole."""


class Absent(Exception):
    """Raised for the value of a step that was skipped."""


class Reading:
    """Reads a plan's values; among known ones, media stand as `Later`, so that they can be chosen and counted."""

    def __init__(self, find: Find) -> None:
        self._find = find

    def settled(self, value: Value) -> Value:
        """Return a value with nothing to compute at its top: a plain one, a reference, a text, a prompt or a file."""
        if not isinstance(value, Computed):
            return value
        return (
            self.settled(self._branch(value))
            if value.operation == "if"
            else _back(self.known(value))
        )

    def holds(self, condition: Value) -> bool:
        """Tell whether a condition holds; `and` and `or` look at their right side only where it matters."""
        match condition:
            case Computed(operation="and", arguments=[left, right]):
                return self.holds(left) and self.holds(right)
            case Computed(operation="or", arguments=[left, right]):
                return self.holds(left) or self.holds(right)
        found = self.known(condition)
        if isinstance(found, bool):
            return found
        raise StepError("plan-broken", words=f"{found!r} is no condition")

    def known(self, value: Value) -> Known:
        """Return a value as the language knows it."""
        match value:
            case Computed(operation="if"):
                return self.known(self._branch(value))
            case Computed(operation="and" | "or"):
                return self.holds(value)
            case Computed(operation="part", arguments=[of, str(name)]):
                whole = self.settled(of)
                if isinstance(whole, Ref):
                    return self._result(Ref(whole.node, name))
            case Computed():
                return _apply(value.operation, [self.known(one) for one in value.arguments])
            case tuple():
                return self.each(value, self.known)
            case Ref():
                return self._result(value)
            case TextInput():
                return self.text_of(value)
        if value is None or isinstance(value, Computed | FileInput | PromptInput | MessagesInput):
            raise StepError("plan-broken", words=f"nothing can be computed with {value!r}")
        return value

    def each(self, items: tuple[Value, ...], read: Callable[[Value], Read]) -> list[Read]:
        """Return what is read of the items of a list; those that skipped steps would have given are left out."""
        found = []
        for one in items:
            try:
                found.append(read(one))
            except Absent:
                continue
        return found

    def text_of(self, value: TextInput) -> str:
        """Return a text with its results filled in."""
        return "".join(self.text(one) for one in value.parts)

    def text(self, part: str | Ref | Computed) -> str:
        """Return one part of a text."""
        if isinstance(part, str):
            return part
        found = self.known(part)
        if isinstance(found, Later):
            raise no_part(self._find(found.node), found.part or "text")
        return written(found)

    def path(self, path: str | TextInput, index: int = 1) -> str:
        """Return the name of a file to save; SaveError where results make one that no file can have.

        `index` is its place in the list that is saved.
        """
        if isinstance(path, str):
            return path
        parts = [
            one if isinstance(one, str) else f"{index}" if one == INDEX else self._named(one)
            for one in path.parts
        ]
        whole = "".join(parts)
        fault = path_fault(whole)
        if fault is not None:
            reason = "save-escapes" if fault.code == "OM607" else "bad-name"
            raise SaveError(reason, path=whole, part=str(fault.values.get("part", "")))
        return whole

    def _named(self, part: Ref | Computed) -> str:
        """Return what a result is in a file name: the white space around an answer is no part of it."""
        found = self.known(part)
        return path_text(written(found).strip() if isinstance(found, str | list | dict) else found)

    def shows(self, ref: Ref) -> bool:
        """Tell whether a reference means media."""
        return bool(self._media(ref)[0])

    def artifact(self, ref: Ref) -> Artifact:
        """Return the file that a reference to media means, the first one of several."""
        files, number = self._media(ref)
        if not 1 <= (number or 1) <= len(files):
            raise no_part(self._find(ref.node), ref.part or "picture")
        return files[(number or 1) - 1]

    def artifacts(self, ref: Ref) -> tuple[Artifact, ...]:
        """Return all files that a reference to media means."""
        files, number = self._media(ref)
        return files if number is None else (self.artifact(ref),)

    def _media(self, ref: Ref) -> tuple[tuple[Artifact, ...], int | None]:
        """Return the files that a reference chooses from, none where it means no media, and the place of one of them."""
        result, found = self._find(ref.node), _PLACE.fullmatch(ref.part)
        if found is None:
            return (), None
        name = "" if found[1] == "sheet" else found[1]
        files = result.parts.get(name, ()) if name else result.files
        return files, None if found[2] is None else int(found[2])

    def result(self, node: str) -> Result:
        """Return the result of a step."""
        return self._find(node)

    def fact(self, ref: Ref) -> JSON:
        """Return what a step gave, or a part of it, that is no medium; StepError where it has none."""
        result = self._find(ref.node)
        found = {"": result.value, "text": result.text}.get(ref.part, result.facts.get(ref.part))
        if found is None:
            raise no_part(result, ref.part or "text")
        return found

    def _result(self, ref: Ref) -> Known:
        if not self.shows(ref):
            return self.fact(ref)  # type: ignore[return-value]  # what is read from JSON is plain
        result = self._find(ref.node)
        files, number = self._media(ref)
        if number is None and (result.type.startswith("list") or ref.part in result.parts):
            kind = Type(kind_of(files[0]) if ref.part else item_of(result.type))
            return [Later(kind, ref.node, f"{ref.part}[{at}]") for at in range(1, len(files) + 1)]
        return Later(Type(item_of(result.type)), ref.node, ref.part)

    def _branch(self, value: Computed) -> Value:
        condition, *choices = value.arguments
        if self.holds(condition):
            return choices[0]
        if len(choices) < 2:
            raise Absent
        return choices[1]


def reading_of(results: Mapping[str, Result]) -> Reading:
    """Return a reading of these results; what is not among them was skipped."""

    def find(node: str) -> Result:
        if node not in results:
            raise Absent
        return results[node]

    return Reading(find)


def item_of(kind: str) -> str:
    """Return the type of a list's items, and any other type as it is."""
    return kind[5:-1] if kind.startswith("list[") else kind


def written(found: Known | JSON) -> str:
    """Return a value as it stands in a text: items of a list one after another, an object as JSON."""
    if isinstance(found, list):
        return ", ".join(written(one) for one in found)
    if found is None or isinstance(found, dict):
        return json.dumps(found, ensure_ascii=False)
    return text_of(found)


def no_part(result: Result, part: str) -> StepError:
    """Return the error of a result that lacks what is asked of it."""
    known = [name for name in ("text",) if result.text is not None] + sorted(result.facts)
    return StepError("no-such-part", node=result.node, part=part, known=", ".join(known))


def _apply(operation: str, arguments: list[Known]) -> Known:
    try:
        return apply(operation, arguments)
    except OutOfRange as error:
        raise StepError("out-of-range", index=error.index, bounds=error.bounds) from None
    except ZeroDivisionError:
        raise StepError("division") from None
    except OverflowError:
        raise StepError("overflow") from None
    except TypeError:
        raise StepError("plan-broken", words=f"`{operation}` of {arguments!r}") from None


def _back(found: Known) -> Value:
    """Return a known value as one of a plan."""
    if isinstance(found, list):
        return tuple(_back(one) for one in found)
    if isinstance(found, Later):
        return Ref(found.node, found.part)
    return found  # type: ignore[return-value]  # plain
