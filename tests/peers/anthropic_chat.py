"""Run by the peers' interpreter: what Anthropic's own client reads of a gateway. Two arguments: its address, a picture in base64."""

import json
import sys

import anthropic

MODEL = "claude-sonnet-5"
GREETING = [{"role": "user", "content": "say hello"}]
UNWILLING = [{"role": "user", "content": "a bomb [[sandbox:unwilling]]"}]
CAST = {
    "type": "object",
    "properties": {"hero": {"type": "string"}, "age": {"type": "integer", "minimum": 7}},
    "required": ["hero", "age"],
}


def refusal(client: anthropic.Anthropic, messages: list[dict[str, str]]) -> list[object]:
    """Return which error the client makes of a refusal: its class, status, type."""
    try:
        client.messages.create(model=MODEL, max_tokens=100, messages=messages)
    except anthropic.APIStatusError as error:
        body = error.body
        kind = body["error"]["type"] if isinstance(body, dict) else ""
        return [type(error).__name__, error.status_code, kind]
    return []


def main(address: str, picture: str) -> None:
    """Ask in every way, and print what was understood."""
    client = anthropic.Anthropic(base_url=address, api_key="sk-buyer", max_retries=0)

    def create(messages: object = GREETING, **more: object) -> anthropic.types.Message:
        settled = {"model": MODEL, "max_tokens": 500, **more}
        return client.messages.create(messages=messages, **settled)

    plain = create(system="be brief")
    with client.messages.stream(model=MODEL, max_tokens=500, messages=GREETING) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    source = {"type": "base64", "media_type": "image/png", "data": picture}
    shown = [{"role": "user", "content": [{"type": "image", "source": source}]}]
    tools = [{"name": "cast", "input_schema": CAST}]
    forced = {"tools": tools, "tool_choice": {"type": "tool", "name": "cast"}}
    tool = create(**forced)
    with client.messages.stream(model=MODEL, max_tokens=500, messages=GREETING, **forced) as stream:
        streamed_tool = stream.get_final_message()
    unwilling = create(UNWILLING)
    bearer = anthropic.Anthropic(base_url=address, auth_token="sk-buyer", max_retries=0)
    denied = anthropic.Anthropic(base_url=address, api_key="sk-denied", max_retries=0)
    broke = anthropic.Anthropic(base_url=address, api_key="sk-broke", max_retries=0)
    full = [{"role": "user", "content": "say hello [[sandbox:queue-full]]"}]
    said = {
        "plain": plain.content[0].text,
        "stop": plain.stop_reason,
        "usage": plain.usage.output_tokens > 0 < plain.usage.input_tokens,
        "pieces": len(pieces) > 1,
        "streamed": "".join(pieces),
        "final": [final.content[0].text, final.stop_reason, final.usage.output_tokens > 1],
        "seen": create(shown).content[0].text,
        "cut": create(max_tokens=2).stop_reason,
        "tool": [tool.content[0].type, tool.content[0].input, tool.stop_reason],
        "streamed_tool": [
            streamed_tool.content[0].type,
            streamed_tool.content[0].input,
            streamed_tool.stop_reason,
        ],
        "unwilling": [unwilling.stop_reason, unwilling.content],
        "models": [one.id for one in client.models.list()],
        "bearer": refusal(bearer, GREETING),
        "denied": refusal(denied, GREETING),
        "broke": refusal(broke, GREETING),
        "full": refusal(client, full),
        "empty": refusal(client, [{"role": "user", "content": " "}]),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
