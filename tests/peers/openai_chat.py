"""Run by the peers' interpreter: what OpenAI's own client reads of a gateway's chat. Two arguments: its address, a picture in base64."""

import json
import sys

import openai
import pydantic

Turn = dict[str, object]
GREETING: list[Turn] = [{"role": "user", "content": "say hello"}]


Cast = pydantic.create_model("Cast", hero=(str, ...), friends=(list[str], ...))


def refusal(client: openai.OpenAI, model: str) -> list[object]:
    """Return which error the client makes of a refusal: its class, status, code."""
    try:
        client.chat.completions.create(model=model, messages=GREETING)
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code]
    return []


def main(address: str, picture: str) -> None:
    """Ask in every way, and print what was understood."""
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="sk-buyer", max_retries=0)
    plain = client.chat.completions.create(model="gpt-4o-mini", messages=GREETING)
    chunks = list(
        client.chat.completions.create(
            model="gpt-4o-mini",
            messages=GREETING,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    typed = client.chat.completions.parse(
        model="gpt-4o-mini", messages=GREETING, response_format=Cast
    )
    parsed = typed.choices[0].message.parsed
    url = f"data:image/png;base64,{picture}"
    shown = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]
    seen = client.chat.completions.create(model="gpt-4o", messages=shown)
    likely = client.chat.completions.create(
        model="gpt-4o", messages=GREETING, logprobs=True, top_logprobs=2
    )
    words = [{"role": "user", "content": "a bomb [[sandbox:unwilling]]"}]
    unwilling = client.chat.completions.create(model="gpt-4o", messages=words)
    broke = openai.OpenAI(base_url=f"{address}/v1", api_key="sk-broke", max_retries=0)
    denied = openai.OpenAI(base_url=f"{address}/v1", api_key="sk-denied", max_retries=0)
    said = {
        "plain": plain.choices[0].message.content,
        "finish": plain.choices[0].finish_reason,
        "streamed": "".join(one.choices[0].delta.content or "" for one in chunks if one.choices),
        "usage": [one.usage.total_tokens for one in chunks if one.usage],
        "typed": type(parsed).__name__,
        "seen": seen.choices[0].message.content,
        "likely": len(likely.choices[0].logprobs.content) == likely.usage.completion_tokens,
        "unwilling": [
            unwilling.choices[0].message.content,
            bool(unwilling.choices[0].message.refusal),
        ],
        "denied": refusal(denied, "gpt-4o-mini"),
        "broke": refusal(broke, "gpt-4o-mini"),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
