"""Run by the peers' interpreter: what OpenAI's own client makes of pictures, sounds, vectors and models.

Arguments: the gateway's address, and a folder for what it makes.
"""

import base64
import json
import struct
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import openai

WORDS = "The fox sleeps. 狐狸睡着了。"
FORMS: tuple[Literal["mp3", "opus", "aac", "flac", "wav", "pcm"], ...] = (
    "mp3",
    "opus",
    "aac",
    "flac",
    "wav",
    "pcm",
)


def square(pixel: bytes) -> bytes:
    """Return a PNG of 16 × 16 pixels of one colour (RGBA)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 16, 16, 8, 6, 0, 0, 0)
    rows = zlib.compress((b"\0" + pixel * 16) * 16)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refusal(ask: Callable[[], object]) -> list[object]:
    """Return which error the client makes of a refusal: its class, status, code."""
    try:
        ask()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code]
    return []


def pictures(client: openai.OpenAI) -> Mapping[str, object]:
    """Generate and edit."""
    make, edit = client.images.generate, client.images.edit
    red, clear = square(b"\xff\0\0\xff"), square(b"\0\0\0\0")
    linked = make(model="dall-e-3", prompt="a cat", size="1792x1024")
    newer = make(model="gpt-image-1", prompt="a cat", output_format="webp", quality="low")
    made = {
        "linked": linked.data[0].url if linked.data else None,
        "revised": linked.data[0].revised_prompt if linked.data else None,
        "three": len(
            make(
                model="dall-e-2", prompt="a cat", n=3, size="256x256", response_format="b64_json"
            ).data
            or ()
        ),
        "newer": [newer.output_format, newer.quality, newer.size, newer.background],
        "tokens": newer.usage.total_tokens if newer.usage else None,
        "edited": edit(model="gpt-image-1", image=("a.png", red), prompt="a cat").size,
        "merged": edit(
            model="gpt-image-1", image=[("a.png", red), ("b.png", red)], prompt="a cat"
        ).size,
        "masked": edit(
            model="gpt-image-1", image=("a.png", red), mask=("m.png", clear), prompt="a cat"
        ).size,
        "refused": refusal(lambda: make(model="dall-e-3", prompt="a cat", n=2)),
    }
    first = (newer.data or [])[0].b64_json or ""
    return {**made, "start": base64.b64decode(first)[8:12].decode("latin-1")}


def sounds(client: openai.OpenAI, folder: Path) -> Mapping[str, object]:
    """Speak in every form, and hear one of them in every way."""
    for form in FORMS:
        client.audio.speech.create(
            model="gpt-4o-mini-tts", voice="verse", input=WORDS, response_format=form
        ).write_to_file(folder / f"fox.{form}")
    hear, file = client.audio.transcriptions.create, folder / "fox.wav"
    told = hear(
        model="whisper-1",
        file=file,
        response_format="verbose_json",
        timestamp_granularities=["word", "segment"],
    )
    return {
        "heard": hear(model="gpt-4o-transcribe", file=file).text,
        "plain": hear(model="whisper-1", file=file, response_format="text"),
        "titles": hear(model="whisper-1", file=file, response_format="srt"),
        "told": [told.language, told.duration, len(told.segments or ()), len(told.words or ())],
        "translated": client.audio.translations.create(model="whisper-1", file=file).text,
        "refused": refusal(
            lambda: client.audio.speech.create(model="tts-1", voice="verse", input=WORDS)
        ),
    }


def main(address: str, folder: str) -> None:
    """Ask for everything, and print what was understood."""
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="sk-buyer", max_retries=0)
    embedded = client.embeddings.create(model="text-embedding-3-small", input=["a fox", "a hen"])
    floats = client.embeddings.create(
        model="text-embedding-3-small", input=["a fox", "a hen"], encoding_format="float"
    )
    near = max(
        abs(one - two)
        for one, two in zip(embedded.data[0].embedding, floats.data[0].embedding, strict=True)
    )
    said = {
        **pictures(client),
        "sounds": sounds(client, Path(folder)),
        "vectors": [len(one.embedding) for one in embedded.data],
        "near": near,
        "models": [one.id for one in client.models.list()],
        "model": client.models.retrieve("tts-1").id,
        "unknown": refusal(lambda: client.models.retrieve("gpt-9")),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
