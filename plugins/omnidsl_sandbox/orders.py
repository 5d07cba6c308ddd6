"""What a request for pictures asks for: model, size, number, form, each checked as the model's vendor does."""

import re
import tomllib
from functools import cache
from importlib.resources import files

import attrs

from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import text_of
from omnidsl_sandbox.json_values import JsonObject

_SIZE = re.compile(r"([1-9]\d{1,3})x([1-9]\d{1,3})")
_MOST = 10
_FORMS = ("png", "jpeg", "webp")


@attrs.frozen(kw_only=True)
class Family:
    """A row of `data/pictures.toml`: what the models whose names begin so take."""

    name: str
    prompt: int
    most: int
    sizes: tuple[str, ...] = attrs.field(converter=tuple)
    quality: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    style: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    background: tuple[str, ...] = attrs.field(default=(), converter=tuple)
    addresses: bool = True


@attrs.frozen(kw_only=True)
class Order:
    """Pictures to be drawn: `form` is the file's, `as_bytes` says that they travel in the reply.

    `quality` and `background` are what was chosen where the model may.
    """

    prompt: str
    width: int
    height: int
    count: int
    form: str
    as_bytes: bool
    is_newer: bool
    revises: bool
    quality: str
    background: str


@cache
def families() -> tuple[Family, ...]:
    """Return every row."""
    text = files("omnidsl_sandbox").joinpath("data", "pictures.toml").read_text("utf-8")
    return tuple(Family(**row) for row in tomllib.loads(text)["model"])


def order(body: JsonObject) -> Order:
    """Return what a body asks for; Refused for what its model does not take."""
    model = text_of(body, "model") or "dall-e-2"
    family = next((one for one in families() if model.startswith(one.name)), None)
    if family is None:
        raise Refused("no-channel", {"model": model[:60]})
    prompt = text_of(body, "prompt")
    if not prompt.strip():
        raise Refused("bad-picture-order", {"reason": "prompt is required"})
    if len(prompt) > family.prompt:
        raise _bad(f"Invalid 'prompt': string too long, at most {family.prompt} for {model}")
    width, height = _size(body, family, model)
    _choices(body, family, model)
    form = text_of(body, "response_format")
    if form and not family.addresses:
        raise _bad("Unknown parameter: 'response_format'.")
    if form not in ("", "url", "b64_json"):
        raise _bad("Invalid value for 'response_format': expected 'url' or 'b64_json'")
    if body.get("stream"):
        raise _bad("Invalid value for 'stream': a simulator sends pictures in one piece")
    file_form = text_of(body, "output_format") or "png"
    if file_form not in _FORMS or (file_form != "png" and family.addresses):
        raise _bad("Invalid value for 'output_format'")
    if file_form == "jpeg" and text_of(body, "background") == "transparent":
        raise _bad("Transparent background is not supported for JPEG output format")
    _compression(body, file_form)
    return Order(
        prompt=prompt,
        width=width,
        height=height,
        count=_count(body, family, model),
        form=file_form,
        as_bytes=form == "b64_json" or not family.addresses,
        is_newer=not family.addresses,
        revises=family.name == "dall-e-3",
        quality=_chosen(body, "quality", "medium"),
        background=_chosen(body, "background", "opaque"),
    )


def _compression(body: JsonObject, form: str) -> None:
    given = body.get("output_compression")
    if given is None:
        return
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= 100:
        raise _bad("Invalid 'output_compression': expected a value from 0 to 100")
    if form == "png" and given < 100:
        raise _bad("Compression less than 100 is not supported for PNG output format")


def _chosen(body: JsonObject, name: str, usual: str) -> str:
    given = text_of(body, name)
    return usual if given in ("", "auto") else given


def _size(body: JsonObject, family: Family, model: str) -> tuple[int, int]:
    given = text_of(body, "size") or ("1024x1024" if family.addresses else "auto")
    if "×" in given:
        words = "size an unexpected error occurred in the parameter, please use 'x' instead of the multiplication sign '×'"
        raise Refused("bad-picture-order", {"reason": words})
    if family.sizes and given not in family.sizes:
        listed = ", ".join(family.sizes)
        raise Refused("bad-picture-order", {"reason": f"size must be one of {listed} for {model}"})
    if given == "auto":
        return 1024, 1024
    match = _SIZE.fullmatch(given)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    if (
        not width
        or (width % 16 and not family.sizes)
        or max(width, height) > 3 * min(width, height)
    ):
        raise _bad(f"Invalid size '{given[:40]}'")
    return width, height


def _choices(body: JsonObject, family: Family, model: str) -> None:
    for name, known in (
        ("quality", family.quality),
        ("style", family.style),
        ("background", family.background),
        ("moderation", () if family.addresses else ("auto", "low")),
        ("input_fidelity", () if family.addresses else ("high", "low")),
    ):
        given = body.get(name)
        if given is not None and given not in known:
            raise _bad(f"Invalid value for '{name}' with {model}")


def _count(body: JsonObject, family: Family, model: str) -> int:
    given = body.get("n")
    if given is None:
        return 1
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= _MOST:
        raise Refused("bad-picture-order", {"reason": f"n must be between 1 and {_MOST}"})
    if given > family.most:
        raise _bad(f"Invalid 'n': {model} makes {family.most} at a time")
    return given


def _bad(reason: str) -> Refused:
    return Refused("bad-value", {"reason": reason})
