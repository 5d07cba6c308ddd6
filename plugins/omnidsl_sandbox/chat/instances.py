"""The smallest simple instance of a JSON Schema: what a model answers under `response_format: json_schema`.

Every declared property is filled unless it would recurse; an array has one item or as many as it must. Assertions that
cannot be met by construction (`pattern`, `not`, …) are refused, as OpenAI refuses them in strict schemas. Work is
bounded: a schema that asks for more than some thousands of values is refused, too.
"""

import json
import math
from collections.abc import Sequence
from fractions import Fraction

from omnidsl_sandbox.json_values import Json, JsonObject

_MOST_NODES = 5000
_DEEPEST = 40
_LONGEST = 20_000
_REFUSED = frozenset(
    {
        "pattern", "not", "if", "then", "else", "patternProperties", "propertyNames", "dependentRequired",
        "dependentSchemas", "dependencies", "contains", "minContains", "maxContains", "unevaluatedProperties",
        "unevaluatedItems", "$dynamicRef", "$recursiveRef",
    }
)  # fmt: skip
_FORMATS = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "duration": "P1D",
    "email": "simulated@example.com",
    "hostname": "example.com",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "uri": "https://example.com/simulated",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


class SchemaError(ValueError):
    """Raised for a schema that has no instance, or none that this maker can find."""


def instance(schema: Json, topic: str) -> Json:
    """Return a value that conforms to the schema; its free texts say `simulated` and name the topic."""
    return _Maker(schema, topic).make(schema, "value", 0, ("#",))


class _Maker:
    def __init__(self, root: Json, topic: str) -> None:
        self._root = root
        self._topic = topic
        self._nodes = 0

    def make(self, schema: Json, name: str, number: int, path: tuple[str, ...]) -> Json:
        """Return a value for a schema; `number` tells items of an array apart, `path` the references being followed."""
        self._nodes += 1
        if self._nodes > _MOST_NODES or len(path) > _DEEPEST:
            raise SchemaError("it asks for too much, or for itself without end")
        plain, path = self._plain(schema, path)
        if "const" in plain:
            return plain["const"]
        if "enum" in plain:
            return _choice(plain["enum"], number)
        kind = _kind(plain)
        if kind == "object":
            return self._object(plain, path)
        if kind == "array":
            return self._array(plain, name, path)
        if kind == "string":
            return self._string(plain, name, number)
        if kind in ("integer", "number"):
            return _number(plain, number, whole=kind == "integer")
        return None if kind == "null" else number % 2 == 0

    def _object(self, plain: JsonObject, path: tuple[str, ...]) -> Json:
        declared = _mapping(plain.get("properties"))
        required = [str(one) for one in _sequence(plain.get("required"))]
        more = plain.get("additionalProperties", True)
        wanted = [key for key in declared if key in required or not _recurs(declared[key], path)]
        made = {key: self.make(declared[key], key, 0, (*path, key)) for key in wanted}
        for key in required:
            if key not in made:
                if more is False:
                    raise SchemaError(f"property `{key}` is required and not allowed")
                made[key] = self.make(more, key, 0, (*path, key))
        fewest, most = _count(plain, "minProperties", 0), _count(plain, "maxProperties", None)
        if len(made) < (fewest or 0) or (most is not None and len(made) > most):
            raise SchemaError("the number of properties cannot be met")
        return made

    def _array(self, plain: JsonObject, name: str, path: tuple[str, ...]) -> Json:
        first = _sequence(plain.get("prefixItems"))
        items = plain.get("items", True)
        fewest, most = _count(plain, "minItems", 0) or 0, _count(plain, "maxItems", None)
        length = max(fewest, len(first), 0 if items is False or _recurs(items, path) else 1)
        if most is not None and length > most:
            length = max(fewest, most)
            if length > most:
                raise SchemaError("minItems is more than maxItems")
        if length > _MOST_NODES or (items is False and length > len(first)):
            raise SchemaError("the number of items cannot be met")
        made = [
            self.make(first[number] if number < len(first) else items, name, number, (*path, name))
            for number in range(length)
        ]
        if plain.get("uniqueItems") is True and len(
            {json.dumps(one, sort_keys=True) for one in made}
        ) < len(made):
            raise SchemaError("the items cannot be told apart")
        return made

    def _string(self, plain: JsonObject, name: str, number: int) -> str:
        form = plain.get("format")
        if isinstance(form, str) and form in _FORMATS:
            return _FORMATS[form]
        text = f"simulated {name.replace('_', ' ')}" + (f" {number + 1}" if number else "")
        if self._topic:
            text += f": {self._topic}"
        fewest, most = _count(plain, "minLength", 0) or 0, _count(plain, "maxLength", None)
        if fewest > _LONGEST or (most is not None and most < fewest):
            raise SchemaError("the length of a string cannot be met")
        text = text.ljust(fewest, ".")
        if most is None or len(text) <= most:
            return text
        mark = str(number + 1) if number else ""
        return (text[: max(0, most - len(mark))] + mark)[:most]

    def _plain(self, schema: Json, path: tuple[str, ...]) -> tuple[JsonObject, tuple[str, ...]]:
        """Return the schema with references, `allOf`, `anyOf` and `oneOf` worked in."""
        self._nodes += 1
        if self._nodes > _MOST_NODES or len(path) > _DEEPEST:
            raise SchemaError("it refers to itself without end")
        if schema is True:
            return {}, path
        if not isinstance(schema, dict):
            raise SchemaError(
                "a schema must be an object"
                if schema is not False
                else "nothing conforms to `false`"
            )
        refused = sorted(_REFUSED & schema.keys())
        if refused:
            raise SchemaError(f"`{refused[0]}` is not supported")
        plain = {
            key: value
            for key, value in schema.items()
            if key not in ("$ref", "allOf", "anyOf", "oneOf")
        }
        if "$ref" in schema:
            reference = str(schema["$ref"])
            part, path = self._plain(self._target(reference), (*path, reference))
            plain = _merged(plain, part)
        for one in _sequence(schema.get("allOf")):
            part, path = self._plain(one, path)
            plain = _merged(plain, part)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                part, path = self._plain(_branch(_sequence(schema[key]), path), path)
                plain = _merged(plain, part)
        return plain, path

    def _target(self, reference: str) -> Json:
        if reference != "#" and not reference.startswith("#/"):
            raise SchemaError(f"`$ref` may only point into the schema, not to {reference[:80]}")
        node = self._root
        for part in reference.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or key not in node:
                raise SchemaError(f"`$ref` {reference[:80]} points nowhere")
            node = node[key]
        return node


def _branch(options: Sequence[Json], path: tuple[str, ...]) -> Json:
    if not options:
        raise SchemaError("a choice needs at least one branch")
    open_ones = [one for one in options if not _recurs(one, path)] or options
    filled = [one for one in open_ones if not (isinstance(one, dict) and one.get("type") == "null")]
    return (filled or open_ones)[0]


def _recurs(schema: Json, path: tuple[str, ...]) -> bool:
    return isinstance(schema, dict) and schema.get("$ref") in path


def _kind(plain: JsonObject) -> str:
    given = plain.get("type")
    kinds = (
        [str(one) for one in given] if isinstance(given, list) else [str(given)] if given else []
    )
    if not kinds:
        kinds = [
            "object"
            if "properties" in plain or "required" in plain
            else "array"
            if "items" in plain
            else "string"
        ]
    kind = next((one for one in kinds if one != "null"), kinds[0])
    if kind not in ("object", "array", "string", "integer", "number", "boolean", "null"):
        raise SchemaError(f"unknown type `{kind[:40]}`")
    return kind


def _choice(options: Json, number: int) -> Json:
    if not isinstance(options, list) or not options:
        raise SchemaError("`enum` needs at least one value")
    return options[number % len(options)]


def _number(plain: JsonObject, number: int, *, whole: bool) -> int | float:
    """Return a simple number within the bounds: 1 where that is allowed; later items go on from there."""
    low, high = _fraction(plain, "minimum"), _fraction(plain, "maximum")
    above, below = _fraction(plain, "exclusiveMinimum"), _fraction(plain, "exclusiveMaximum")
    step = _step(plain, whole=whole)
    unit = step or Fraction(1)
    floor = max((one for one in (low, above) if one is not None), default=None)
    ceiling = min((one for one in (high, below) if one is not None), default=None)
    if floor is not None and floor > unit:
        first, direction = math.ceil(floor / unit) * unit, unit
    elif ceiling is not None and ceiling < unit:
        first, direction = math.floor(ceiling / unit) * unit, -unit
    else:
        first, direction = unit, unit
    if first in (above, below):
        first += direction
    limit = ceiling if direction > 0 else floor
    room = None if limit is None else abs(limit - first) // unit + (limit not in (above, below))
    # Where the bounds leave no other number, later items begin anew.
    value = first + (number % room if room else number) * direction
    if not _fits(value, low, high, above, below) and step is None:
        value = ((floor or 0) + (ceiling or 0)) / Fraction(2)
    if not _fits(value, low, high, above, below):
        raise SchemaError("no number lies within the bounds")
    return int(value) if value.denominator == 1 else float(value)


def _step(plain: JsonObject, *, whole: bool) -> Fraction | None:
    step = _fraction(plain, "multipleOf")
    if step is None:
        return Fraction(1) if whole else None
    if step <= 0:
        raise SchemaError("`multipleOf` must be more than 0")
    return (
        Fraction(step.numerator) if whole else step
    )  # the least common multiple of 1 and a reduced fraction


def _fits(
    value: Fraction,
    low: Fraction | None,
    high: Fraction | None,
    above: Fraction | None,
    below: Fraction | None,
) -> bool:
    return (
        (low is None or low <= value)
        and (high is None or value <= high)
        and (above is None or above < value)
        and (below is None or value < below)
    )


def _fraction(plain: JsonObject, key: str) -> Fraction | None:
    value = plain.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SchemaError(f"`{key}` must be a number")
    return Fraction(str(value))


def _count(plain: JsonObject, key: str, default: int | None) -> int | None:
    value = plain.get(key, default)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise SchemaError(f"`{key}` must be a whole number")
    return value if isinstance(value, int) else None


def _merged(first: JsonObject, second: JsonObject) -> JsonObject:
    """Return a schema that asks for what both ask for."""
    both = {**first, **second}
    for key in first.keys() & second.keys():
        one, other = first[key], second[key]
        if key == "properties":
            ones, others = _mapping(one), _mapping(other)
            shared: JsonObject = {
                name: {"allOf": [ones[name], others[name]]} for name in ones.keys() & others.keys()
            }
            both[key] = {**ones, **others, **shared}
        elif key == "required":
            both[key] = list(dict.fromkeys([*_sequence(one), *_sequence(other)]))
        elif key == "enum":
            both[key] = [value for value in _sequence(one) if value in _sequence(other)]
        elif key == "type":
            kinds = other if isinstance(other, list) else [other]
            both[key] = [
                kind for kind in (one if isinstance(one, list) else [one]) if kind in kinds
            ]
        elif key.startswith(("min", "exclusiveMin", "max", "exclusiveMax")):
            both[key] = _stricter(key, one, other)
    return both


def _stricter(key: str, one: Json, other: Json) -> Json:
    if not (isinstance(one, int | float) and isinstance(other, int | float)):
        raise SchemaError(f"`{key}` must be a number")
    return max(one, other) if "in" in key.lower().removeprefix("exclusive")[:3] else min(one, other)


def _mapping(value: Json) -> JsonObject:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SchemaError("`properties` must be an object")
    return value


def _sequence(value: Json) -> Sequence[Json]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise SchemaError("a list was expected")
    return value
