"""The JSON Schemas of what commands print, made from its classes; `python -m omnidsl.running.schemas` writes them anew."""

import inspect
import json
import sys
import types
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from omnidsl.running.events import Event
from omnidsl.running.history import Orphan, RunSummary, StepRecord

Schema = dict[str, object]

_FOLDER = Path(__file__).parent / "data"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE: Mapping[object, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    types.NoneType: "null",
}


def event_classes(base: type[Event] = Event) -> list[type[Event]]:
    """Return every kind of event, by name."""
    found = [
        one
        for child in base.__subclasses__()
        for one in ([child] if "event" in vars(child) else []) + event_classes(child)
    ]
    return sorted(found, key=lambda one: one.event)


def events() -> Schema:
    """Return the schema of one line of `omni run --json`."""
    classes = event_classes()
    return {
        "$schema": _DIALECT,
        "title": "One event of a run: a line of `omni run --json`",
        "oneOf": [{"$ref": f"#/$defs/{one.event}"} for one in classes],
        "$defs": {one.event: _object(one, event={"const": one.event}) for one in classes},
    }


def history() -> Schema:
    """Return the schema of `omni history --json` and of `omni history RUN --json`."""
    listed = {"type": "array", "items": {"$ref": "#/$defs/step"}}
    every: Schema = {
        "runs": {"type": "array", "items": {"$ref": "#/$defs/run"}},
        "orphans": {"type": "array", "items": {"$ref": "#/$defs/orphan"}},
    }
    return {
        "$schema": _DIALECT,
        "title": "What `omni history --json` prints, of all runs or of one",
        "oneOf": [
            {
                "type": "object",
                "properties": every,
                "required": list(every),
                "additionalProperties": False,
            },
            _object(RunSummary, listed=listed),
        ],
        "$defs": {
            "run": _object(RunSummary),
            "step": _object(StepRecord),
            "orphan": _object(Orphan),
        },
    }


def _object(kind: type, **more: object) -> Schema:
    hints: dict[str, object] = get_type_hints(kind)
    fields = {
        name: _form(hint)
        for name, hint in hints.items()
        if get_origin(hint) is not ClassVar and not name.startswith("_")
    }
    properties = {**more, **fields}
    return {
        "type": "object",
        "description": inspect.getdoc(kind) or "",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _form(hint: object) -> Schema:
    """Return the schema of a field's type; an empty one for JSON of any kind."""
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(inside)}
    if origin in (Union, types.UnionType):
        if any(get_origin(one) is dict for one in inside):
            return {}
        return {"anyOf": [_form(one) for one in inside]}
    if origin in (list, tuple, Sequence):
        return {"type": "array", "items": _form(inside[0])}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": _form(inside[1])}
    raise TypeError(f"no schema for {hint}")


SCHEMAS = {"events.schema.json": events, "history.schema.json": history}


def text(schema: Schema) -> str:
    """Return a schema as its file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def stale() -> list[str]:
    """Return the names of the files that do not say what the classes do."""
    return [
        name
        for name, make in SCHEMAS.items()
        if (_FOLDER / name).read_text("utf-8") != text(make())
    ]


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        if old := stale():
            sys.exit(f"stale: {', '.join(old)}; run: python -m omnidsl.running.schemas")
    else:
        for _name, _make in SCHEMAS.items():
            (_FOLDER / _name).write_text(text(_make()), "utf-8")
