"""The JSON Schema of `omni.toml`, made from the declaration; `python -m omnidsl.settings.schema` writes it anew."""

import json
from pathlib import Path

from omnidsl.prompts.rulesets import DATED_FORM, rule_sets
from omnidsl.settings.declaration import (
    BY_NAME,
    KINDS,
    MOST_STEPS,
    OF_SERVICES,
    SETTINGS,
    TABLES,
    Setting,
)
from omnidsl.settings.durations import DURATION
from omnidsl.settings.prices import MOST
from omnidsl.settings.prompt_settings import OPTION_FORM, known_texts

FILE = Path(__file__).with_name("omni.schema.json")

_TEXTS: dict[str, object] = {"type": "array", "items": {"type": "string"}}
_CODES: dict[str, object] = {
    "type": "array",
    "items": {"type": "string", "pattern": r"^(ALL|OM[0-9]{0,3})$"},
}
_AMOUNT: dict[str, object] = {"type": ["number", "string"]}
_RANGE: dict[str, object] = {"type": "array", "items": _AMOUNT, "minItems": 2, "maxItems": 2}
_PRICE: dict[str, object] = {
    "anyOf": [
        _AMOUNT,
        _RANGE,
        {
            "type": "object",
            "properties": {
                "each": {"anyOf": [_AMOUNT, _RANGE]},
                "input": _AMOUNT,
                "output": _AMOUNT,
                "picture": {"type": ["integer", "array"]},
                "most_output": {"type": "integer"},
            },
            "additionalProperties": False,
        },
    ]
}


def schema() -> dict[str, object]:
    """Return the schema: what `omni check` accepts is valid; what the editor cannot know is checked there alone."""
    properties: dict[str, dict[str, object]] = {}
    for table in TABLES:
        inside = {
            one.name.removeprefix(f"{table}."): _property(one)
            for one in SETTINGS
            if one.name.startswith(f"{table}.")
        }
        properties[table] = {
            "type": "object",
            "properties": inside,
            "additionalProperties": False,
        }
    own = {one.name: _property(one) for one in SETTINGS if "." not in one.name}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "OmniDSL settings: omni.toml, or [tool.omnidsl] in pyproject.toml",
        "type": "object",
        "properties": {**own, **properties},
        "additionalProperties": False,
    }


def _property(one: Setting) -> dict[str, object]:
    shown: dict[str, object] = {"description": one.about}
    if one.default is not None:
        shown["default"] = one.default
    if one.name == "rules":
        shown["anyOf"] = [{"enum": list(rule_sets())}, {"pattern": DATED_FORM}]
    elif choices := known_texts(one):
        shown["enum"] = list(choices)
    return {**shown, **_form(one)}


_TABLE = {
    "type": "object",
    "additionalProperties": {"type": ["boolean", "integer", "number", "string"]},
}
_DISTRIBUTION = "^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$"


def _form(one: Setting) -> dict[str, object]:
    match one.kind:
        case "text":
            return {"type": "string", "minLength": 1}
        case "flag":
            return {"type": "boolean"}
        case "count":
            return {"type": "integer", "minimum": 1, "maximum": MOST_STEPS}
        case "patterns" | "files" | "folders":
            return _TEXTS
        case "names" | "distributions":
            form = OPTION_FORM if one.kind == "names" else _DISTRIBUTION
            return {"type": "array", "items": {"type": "string", "pattern": form}}
        case "words":
            return {"type": "array", "items": {"type": "string", "minLength": 1}}
        case "number":
            return {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_STEPS}
        case "duration":
            return {"type": ["string", "number"], "pattern": DURATION, "minimum": 0}
        case "accounts":
            variable = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
            return {"type": "object", "additionalProperties": variable}
        case "limits-by-service":
            own = {name: _form(BY_NAME[f"limits.{name}"]) for name in OF_SERVICES}
            service = {"type": "object", "properties": own, "additionalProperties": False}
            return {"type": "object", "additionalProperties": service}
        case "services" | "plugin-tables":
            return (
                _services()
                if one.kind == "services"
                else {"type": "object", "additionalProperties": _TABLE}
            )
        case "money":
            return {"type": "number", "minimum": 0, "maximum": MOST}
        case "prices":
            return {"type": "object", "additionalProperties": _PRICE}
        case "codes":
            return _CODES
    return {"type": "object", "additionalProperties": _CODES}


def _services() -> dict[str, object]:
    """Return the form of what services have of their own; what their plugins let one settle is for the plugins to judge."""
    variable = {"type": "string", "pattern": "^[A-Z_][A-Z0-9_]*$"}
    own: dict[str, object] = {
        "base_url": {"type": "string", "pattern": "^https?://"},
        "name": {"type": "string", "minLength": 1},
        "kind": {"enum": list(KINDS)},
        "key": variable,
        "key_header": {"type": "string", "minLength": 1},
        "accounts": _form(BY_NAME["gateway.accounts"]),
    }
    settled = {"type": ["boolean", "integer", "number", "string"]}
    service = {"type": "object", "properties": own, "additionalProperties": settled}
    return {"type": "object", "additionalProperties": service}


def text() -> str:
    """Return the schema as the file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
