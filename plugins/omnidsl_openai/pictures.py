"""Pictures: what is sent for them, and what is made of the reply (wire reference, section 4.2)."""

import base64
import binascii
import re

from omnidsl.plugins import JSON, Ambiguous, ArgumentError, Failed, File, Made, Reply
from omnidsl.plugins.chat import numbers
from omnidsl_openai.drawing import Draw, Edit, Images

GENERATIONS = "/v1/images/generations"

_SIZE = re.compile(r"([1-9]\d{1,4})x([1-9]\d{1,4})")
_STEP = 16
_WIDEST = 3

_WISHES = (
    "quality",
    "style",
    "background",
    "output_format",
    "output_compression",
    "moderation",
    "input_fidelity",
)


def request(operation: Draw | Images) -> dict[str, JSON]:
    """Return the body that asks for pictures; ArgumentError for a size that nobody draws."""
    count = operation.n if isinstance(operation, Images) else 1
    return {"model": operation.model, "prompt": operation.prompt, "n": count, **wishes(operation)}


def wishes(operation: Draw | Images | Edit) -> dict[str, JSON]:
    """Return the fields about how pictures shall be, those that are given; ArgumentError as in `request`.

    Bytes are asked for where the model lets one choose: they lie on the disk with the reply, while an address is gone
    after an hour.
    """
    if operation.model.startswith("gpt-image-2"):
        _check_free(operation)
    body: dict[str, JSON] = {"size": operation.size}
    if operation.model.startswith("dall-e"):
        body["response_format"] = "b64_json"
    chosen = {name: getattr(operation, name, None) for name in _WISHES}
    return {**body, **{name: value for name, value in chosen.items() if value is not None}}


def _check_free(operation: Draw | Images | Edit) -> None:
    """Hold a free size to what OpenAI says of it: multiples of 16, no wider than 3:1, no higher than 1:3."""
    match = _SIZE.fullmatch(operation.size)
    width, height = (int(match[1]), int(match[2])) if match else (0, 0)
    whole = match is not None and width % _STEP == 0 and height % _STEP == 0
    if operation.size != "auto" and not (
        whole and max(width, height) <= _WIDEST * min(width, height)
    ):
        expected = f"multiples of {_STEP} up to 1:{_WIDEST} or {_WIDEST}:1, or `auto`,"
        name = "edit" if isinstance(operation, Edit) else "image"
        raise ArgumentError(name, "size", f"{expected} for {operation.model}", operation.size)


def made(reply: Reply) -> Made:
    """Return the picture of a reply, the first where it has several: its bytes, or the address that a gateway gave."""
    rows, facts = _rows(reply)
    return Made(files=(_file(rows[0]),), facts=_told(rows, facts))


def all_made(reply: Reply, most: int) -> Made:
    """Return the pictures of a reply, as many as were asked for; rows without one are left out as long as another row has one."""
    rows, facts = _rows(reply)
    files: list[File] = []
    failed: Failed | None = None
    for one in rows:
        if len(files) == most:
            break
        try:
            files.append(_file(one))
        except Failed as error:
            failed = error
    if failed is not None and not files:
        raise failed
    return Made(files=tuple(files), facts=_told(rows, facts))


def _rows(reply: Reply) -> tuple[list[dict[str, JSON]], dict[str, JSON]]:
    """Return the rows of a reply, and the reply; Ambiguous where it has none."""
    try:
        body = reply.json()
    except (ValueError, RecursionError):
        body = None
    found = body.get("data") if isinstance(body, dict) else None
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    if not isinstance(body, dict) or not rows:
        raise Ambiguous("no-answer", "the reply holds no picture", reply)
    return rows, body


def _told(rows: list[dict[str, JSON]], body: dict[str, JSON]) -> dict[str, JSON]:
    """Return what people may ask for: what the model made of the words, and what it drew."""
    said = {**body, "revised_prompt": rows[0].get("revised_prompt")}
    names = ("size", "quality", "revised_prompt", "model", "background", "output_format")
    facts: dict[str, JSON] = {
        name: value for name in names if isinstance(value := said.get(name), str) and value
    }
    if usage := numbers(body.get("usage")):
        facts["usage"] = usage
    return facts


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
