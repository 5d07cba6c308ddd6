import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl_sandbox.chat.instances import SchemaError, instance

Schema = dict[str, Any]  # Any: schemas are JSON

NAMES = st.sampled_from(["title", "count", "tags", "note"])


def bounds(draw: st.DrawFn, low: str, high: str, numbers: "st.SearchStrategy[int]") -> Schema:
    least, span = draw(numbers), draw(st.integers(0, 30))
    chosen = draw(st.sampled_from([(), (low,), (high,), (low, high)]))
    return {key: value for key, value in ((low, least), (high, least + span)) if key in chosen}


@st.composite
def leaves(draw: st.DrawFn) -> Schema:
    kind = draw(
        st.sampled_from(["string", "integer", "number", "boolean", "null", "enum", "const"])
    )
    if kind == "enum":
        return {"enum": draw(st.lists(st.one_of(st.integers(), st.text(), st.none()), min_size=1))}
    if kind == "const":
        return {"const": draw(st.one_of(st.integers(), st.text(), st.none()))}
    schema: Schema = {"type": draw(st.sampled_from([kind, [kind], [kind, "null"]]))}
    if kind == "string":
        schema |= bounds(draw, "minLength", "maxLength", st.integers(0, 50))
    if kind == "integer":
        schema |= bounds(draw, "minimum", "maximum", st.integers(-100, 100))
    if kind == "number":
        low, high = draw(st.sampled_from([("minimum", "maximum"), ("exclusiveMinimum", "maximum")]))
        schema |= {low: draw(st.integers(-50, 50)), high: 60.5}
    return schema


@st.composite
def branches(draw: st.DrawFn, inner: "st.SearchStrategy[Schema]") -> Schema:
    kind = draw(st.sampled_from(["object", "array", "anyOf", "allOf"]))
    if kind == "object":
        properties = draw(st.dictionaries(NAMES, inner, max_size=4))
        required = (
            draw(st.lists(st.sampled_from(sorted(properties)), unique=True)) if properties else []
        )
        return {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
    if kind == "array":
        return {
            "type": "array",
            "items": draw(inner),
            **bounds(draw, "minItems", "maxItems", st.integers(0, 5)),
        }
    if kind == "anyOf":
        return {"anyOf": draw(st.lists(inner, min_size=1, max_size=3))}
    return {"allOf": [draw(inner)], "description": "wrapped"}


SCHEMAS = st.recursive(leaves(), branches, max_leaves=12)


@given(SCHEMAS)
def test_an_instance_conforms_to_its_schema(schema: Schema) -> None:
    made = instance(schema, "a topic")

    jsonschema.Draft202012Validator(schema).validate(made)


NARROW: list[tuple[Schema, list[float]]] = [
    ({"type": "integer", "minimum": 0, "maximum": 0}, [0, 0]),
    ({"type": "integer", "minimum": 1, "maximum": 2}, [1, 2, 1]),
    ({"type": "integer", "minimum": 1, "exclusiveMaximum": 2}, [1, 1]),
    ({"type": "integer", "exclusiveMinimum": -3, "maximum": -1}, [-1, -2, -1]),
    ({"type": "number", "multipleOf": 0.5, "minimum": 1, "maximum": 1.5}, [1, 1.5, 1]),
    ({"type": "number", "minimum": 0.2, "maximum": 0.3}, [0.25, 0.25]),
]


@pytest.mark.parametrize(("items", "expected"), NARROW)
def test_items_with_little_room_begin_anew(items: Schema, expected: list[float]) -> None:
    assert expected == instance({"type": "array", "minItems": len(expected), "items": items}, "")


def test_items_that_must_differ_and_cannot_are_refused() -> None:
    items: Schema = {"type": "integer", "minimum": 0, "maximum": 0}

    with pytest.raises(SchemaError, match="cannot be told apart"):
        instance({"type": "array", "minItems": 2, "uniqueItems": True, "items": items}, "")


@given(SCHEMAS)
def test_an_instance_is_the_same_every_time(schema: Schema) -> None:
    assert json.dumps(instance(schema, "topic")) == json.dumps(instance(schema, "topic"))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "simulated value: topic"),
        ({"type": "string", "maxLength": 4}, "simu"),
        ({"type": "string", "format": "date"}, "2026-01-31"),
        ({"type": "integer"}, 1),
        ({"type": "integer", "minimum": 7}, 7),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "exclusiveMinimum": 7}, 8),
        ({"type": "integer", "multipleOf": 5, "minimum": 11}, 15),
        ({"type": "number", "minimum": 0.2, "maximum": 0.4}, 0.3),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
        ({"type": ["null", "boolean"]}, True),
        (
            {"type": "array", "items": {"type": "integer"}, "minItems": 3, "uniqueItems": True},
            [1, 2, 3],
        ),
        (
            {"type": "array", "prefixItems": [{"const": 1}, {"const": "a"}], "items": False},
            [1, "a"],
        ),
        ({"allOf": [{"minimum": 3}, {"type": "integer", "minimum": 5}]}, 5),
        ({"$defs": {"a": {"const": 4}}, "$ref": "#/$defs/a"}, 4),
        ({"type": "object", "required": ["x"]}, {"x": "simulated x: topic"}),
        (True, "simulated value: topic"),
    ],
)
def test_an_instance_is_simple(schema: Schema, expected: object) -> None:
    assert expected == instance(schema, "topic")


def test_a_list_of_itself_ends_at_once() -> None:
    schema: Schema = {
        "type": "object",
        "properties": {
            "value": {"type": "integer"},
            "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        },
        "required": ["value", "next"],
    }

    assert {"value": 1, "next": None} == instance(schema, "")


def test_a_tree_of_itself_has_no_children() -> None:
    schema: Schema = {
        "$defs": {
            "node": {
                "type": "object",
                "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
            }
        },
        "$ref": "#/$defs/node",
    }

    assert {"children": []} == instance(schema, "")


@pytest.mark.parametrize(
    "schema",
    [
        False,
        5,
        {"type": "poem"},
        {"enum": []},
        {"not": {}},
        {"type": "string", "pattern": "(a+)+$"},
        {"$ref": "#/$defs/nowhere"},
        {"$ref": "http://example.com/schema"},
        {"$ref": "#"},
        {"allOf": [{"$ref": "#"}]},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "integer", "minimum": 1e400},
        {"type": "number", "multipleOf": 0},
        {"type": "array", "minItems": 10**9},
        {"type": "array", "minItems": 2, "maxItems": 1},
        {"type": "array", "items": {"const": 1}, "minItems": 2, "uniqueItems": True},
        {"type": "string", "minLength": 10**9},
        {"type": "object", "required": ["x"], "additionalProperties": False},
        {"type": "object", "properties": {"x": {"$ref": "#"}}, "required": ["x"]},
        {"type": "object", "properties": []},
        {"anyOf": []},
    ],
)
def test_a_schema_without_an_instance_is_refused(schema: Any) -> None:
    with pytest.raises(SchemaError):
        instance(schema, "")


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
        lambda inner: st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "properties",
                    "items",
                    "anyOf",
                    "allOf",
                    "$ref",
                    "enum",
                    "minimum",
                    "required",
                    "x",
                    "minItems",
                ]
            ),
            st.one_of(inner, st.lists(inner, max_size=3)),
            max_size=4,
        ),
        max_leaves=15,
    )
)
def test_rubbish_is_refused_and_never_fails(schema: Any) -> None:
    try:
        made = instance(schema, "")
    except SchemaError:
        return
    assert json.dumps(made)
