"""One picture from a text: what each model takes, what is sent, and what is made of the reply."""

import base64
import binascii
import re
import tomllib
from functools import cache
from pathlib import Path

import attrs

from omnidsl.plugins import JSON, Ambiguous, ArgumentError, Failed, File, Made, Reply
from omnidsl_openai import Draw

_SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})")
_STEP = 16
_WIDEST = 3


@attrs.frozen(kw_only=True)
class Model:
    """A row of `models.toml`."""

    name: str
    prompt: int
    sizes: tuple[str, ...] = attrs.field(converter=tuple)
    quality: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    style: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    background: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    asks_format: bool = False

    def check(self, operation: Draw) -> None:
        """Refuse what the model does not take; ArgumentError names it."""
        if len(operation.prompt) > self.prompt:
            expected = f"at most {self.prompt} characters long for {operation.model}"
            raise ArgumentError("image", "prompt", expected, operation.prompt)
        if not self._has_size(operation.size):
            sizes = ", ".join(f"`{one}`" for one in self.sizes)
            expected = sizes or f"multiples of {_STEP} up to 1:{_WIDEST} or {_WIDEST}:1, or `auto`,"
            raise ArgumentError(
                "image", "size", f"{expected} for {operation.model}", operation.size
            )
        for name in ("quality", "style", "background"):
            value, known = getattr(operation, name), getattr(self, name)
            if value is not None and value not in known:
                expected = ", ".join(f"`{one}`" for one in known) or "left out"
                raise ArgumentError("image", name, f"{expected} for {operation.model}", value)

    def _has_size(self, size: str) -> bool:
        if self.sizes or size == "auto":
            return size in self.sizes or not self.sizes
        match = _SIZE.fullmatch(size)
        if match is None:
            return False
        width, height = int(match[1]), int(match[2])
        whole = width % _STEP == 0 and height % _STEP == 0
        return whole and max(width, height) <= _WIDEST * min(width, height)


@cache
def _models() -> tuple[Model, ...]:
    text = (Path(__file__).parent / "models.toml").read_text("utf-8")
    return tuple(Model(**row) for row in tomllib.loads(text)["model"])


def request(operation: Draw) -> dict[str, JSON]:
    """Return the body that asks for a picture; ArgumentError for what its model does not take.

    Bytes are asked for where the model lets one choose: they lie on the disk with the reply, while an address is gone
    after an hour.
    """
    model = next((one for one in _models() if operation.model.startswith(one.name)), None)
    body: dict[str, JSON] = {
        "model": operation.model,
        "prompt": operation.prompt,
        "n": 1,
        "size": operation.size,
    }
    if model is not None:
        model.check(operation)
        if model.asks_format:
            body["response_format"] = "b64_json"
    chosen = {name: getattr(operation, name) for name in ("quality", "style", "background")}
    return {**body, **{name: value for name, value in chosen.items() if value is not None}}


def made(reply: Reply) -> Made:
    """Return the picture of a reply: its bytes, or the address that a gateway gave instead."""
    body = reply.json()
    rows = body.get("data") if isinstance(body, dict) else None
    row = rows[0] if isinstance(rows, list) and rows else None
    if not isinstance(body, dict) or not isinstance(row, dict):
        raise Ambiguous("no-answer", "the reply holds no picture", reply)
    facts: dict[str, JSON] = {
        name: value
        for name, value in {**body, "revised_prompt": row.get("revised_prompt")}.items()
        if name in ("size", "quality", "revised_prompt", "model")
        and isinstance(value, str)
        and value
    }
    return Made(files=(_file(row),), facts=facts)


def _file(row: dict[str, JSON]) -> File:
    """Return what is offered; gateways print an empty text for the form that they do not use."""
    encoded, url = row.get("b64_json"), row.get("url")
    if isinstance(encoded, str) and encoded.strip():
        # Some put a whole `data:` address here.
        data = encoded.rpartition("base64,")[2]
        try:
            return File("image", data=base64.b64decode(data, validate=True))
        except (binascii.Error, ValueError):
            raise Failed("empty-answer", "the picture in the reply cannot be decoded") from None
    if isinstance(url, str) and url.startswith("data:"):
        return _file({"b64_json": url})
    if isinstance(url, str) and url.strip():
        return File("image", url=url.strip())
    raise Failed("empty-answer", "the reply has neither a picture nor an address of one")
