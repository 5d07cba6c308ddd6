"""Run by the peers' interpreter: what Google's own client reads of a gateway. Two arguments: its address, a picture in base64."""

import base64
import json
import sys

from google import genai
from google.genai import errors, types

MODEL = "gemini-3.8-flash"
CAST = {
    "type": "object",
    "properties": {"hero": {"type": "string"}, "age": {"type": "integer", "minimum": 7}},
    "required": ["hero", "age"],
}
CAPITALS = {
    "type": "OBJECT",
    "properties": {"hero": {"type": "STRING"}, "age": {"type": "INTEGER", "minimum": 7}},
    "required": ["hero", "age"],
}


def client(address: str, key: str = "sk-buyer", version: str | None = None) -> genai.Client:
    """Return a client of a gateway; without a version it asks where its makers think best."""
    options = types.HttpOptions(base_url=address, api_version=version)
    return genai.Client(api_key=key, http_options=options)


def refusal(asked: genai.Client, words: str) -> list[object]:
    """Return which error the client makes of a refusal: its class, code, status."""
    try:
        asked.models.generate_content(model=MODEL, contents=words)
    except errors.APIError as error:
        return [type(error).__name__, error.code, error.status]
    return []


def main(address: str, picture: str) -> None:
    """Ask in every way, and print what was understood."""
    usual = client(address)

    def generate(contents: object = "say hello", **config: object) -> types.GenerateContentResponse:
        settled = types.GenerateContentConfig(**config)
        return usual.models.generate_content(model=MODEL, contents=contents, config=settled)

    plain = generate(system_instruction="be brief", temperature=0.5)
    chunks = list(usual.models.generate_content_stream(model=MODEL, contents="say hello"))
    shown = [types.Part.from_bytes(data=base64.b64decode(picture), mime_type="image/png"), "what?"]
    typed = {"response_mime_type": "application/json"}
    blocked = generate("a bomb [[sandbox:unwilling]]")
    older = client(address, version="v1beta")
    said = {
        "plain": plain.text,
        "finish": plain.candidates[0].finish_reason.value,
        "usage": plain.usage_metadata.total_token_count > 0,
        "pieces": len(chunks) > 1,
        "streamed": "".join(one.text or "" for one in chunks),
        "last": chunks[-1].candidates[0].finish_reason.value,
        "seen": generate(shown).text,
        "cut": generate(max_output_tokens=2).candidates[0].finish_reason.value,
        "schema": json.loads(generate(response_schema=CAPITALS, **typed).text)["age"],
        "json_schema": json.loads(generate(response_json_schema=CAST, **typed).text)["age"],
        "any": sorted(json.loads(generate(**typed).text)),
        "blocked": blocked.prompt_feedback.block_reason.value,
        "models": [one.name for one in usual.models.list()],
        "older models": [one.name for one in older.models.list()],
        "older": refusal(older, "say hello"),
        "denied": refusal(client(address, "sk-denied"), "say hello"),
        "broke": refusal(client(address, "sk-broke"), "say hello"),
        "full": refusal(usual, "say hello [[sandbox:queue-full]]"),
        "banned": refusal(usual, "say hello [[sandbox:banned]]"),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
