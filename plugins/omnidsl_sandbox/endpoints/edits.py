"""POST /v1/images/edits, as a form and as JSON (wire reference, section 4.2)."""

import io
from typing import TYPE_CHECKING

import attrs
from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.books import Sale, request_text
from omnidsl_sandbox.endpoints.images import Images
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise, read_object, text_of
from omnidsl_sandbox.front import heed_words
from omnidsl_sandbox.gallery import media_type
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.multipart import Form, is_form, read_form
from omnidsl_sandbox.orders import order
from omnidsl_sandbox.pictures_in import decode_data_url, view
from omnidsl_sandbox.profiles import Reply

if TYPE_CHECKING:
    from PIL import Image

_PATH = "/v1/images/edits"
_MOST = 16
_LARGEST = 50 * 2**20
_LARGEST_OLD = 4 * 2**20
_NUMBERS = ("n", "output_compression")


@attrs.frozen
class Edit:
    """What an edit starts from: the pictures, and a mask whose clear parts are to be painted anew (or None)."""

    pictures: tuple[bytes, ...] = attrs.field(repr=False)
    mask: bytes | None = attrs.field(repr=False)


class Edits:
    """Pictures from pictures; the drawing and the reply are those of `Images`."""

    def __init__(self, gateway: Gateway, images: Images) -> None:
        self._gateway = gateway
        self._images = images

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route(_PATH, answer(self._gateway, self._edit), methods=["POST"])]

    async def _edit(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        if is_form(request):
            form = await read_form(request)
            body, asked, edit = _numbered(form), form.asked(), _of_form(form)
        else:
            body = asked = await read_object(request)
            edit = _of_json(body)
        body = {**body, "model": text_of(body, "model") or "gpt-image-1"}
        _check(edit, text_of(body, "model"))
        await self._gateway.gallery.run(lambda: _look(edit, text_of(body, "model")))
        wanted = order(body)
        text = request_text(_PATH, asked, "user")
        heed_words(self._gateway, buyer, wanted.prompt, text)
        attempt = request.headers.get("idempotency-key", "")
        take = self._gateway.store.sell(Sale(buyer.account, "edit", attempt, text))
        is_drawn = self._gateway.options.artifact.size is None
        over = (edit.pictures[0], edit.mask) if is_drawn else None
        return await self._images.reply(wanted, text, take, over)


def _numbered(form: Form) -> JsonObject:
    """Return the fields of a form as JSON would have them: a form has texts alone."""
    found = dict(form.fields)
    for name in _NUMBERS:
        given = found.get(name)
        if isinstance(given, str) and given.isdecimal():
            found[name] = int(given[:9])
    return found


def _of_form(form: Form) -> Edit:
    masks = form.named("mask")
    return Edit(
        tuple(one.content for one in form.named("image", "image[]")),
        masks[0].content if masks else None,
    )


def _of_json(body: JsonObject) -> Edit:
    rows = body.get("images")
    if not text_of(body, "model").startswith("gpt-image"):
        raise _bad("JSON edits support GPT image models only")
    mask = body.get("mask")
    return Edit(
        tuple(_referred(one) for one in rows) if isinstance(rows, list) else (),
        None if mask is None else _referred(mask),
    )


def _referred(row: Json) -> bytes:
    """Return the picture that a row of a JSON request names; nothing outside is ever fetched."""
    address = row.get("image_url") if isinstance(row, dict) else None
    content = decode_data_url(address) if isinstance(address, str) else None
    if content is None:
        raise _bad("Invalid image reference: a simulator takes `data:` addresses")
    return content


def _check(edit: Edit, model: str) -> None:
    old = model.startswith("dall-e")
    if model.startswith("dall-e-3"):
        raise _bad("Invalid value: 'dall-e-3'. Value must be 'dall-e-2' or a GPT image model")
    if not 1 <= len(edit.pictures) <= (1 if old else _MOST):
        raise _bad(f"Invalid 'image': from 1 to {1 if old else _MOST} pictures with {model}")
    limit = _LARGEST_OLD if old else _LARGEST
    if any(len(one) >= limit for one in edit.pictures):
        raise _bad(f"Invalid 'image': less than {limit // 2**20} MB")
    if edit.mask is not None and len(edit.mask) >= _LARGEST_OLD:
        raise _bad("Invalid 'mask': less than 4 MB")
    kinds = ("image/png",) if old else ("image/png", "image/jpeg", "image/webp")
    if any(media_type(one) not in kinds for one in edit.pictures):
        raise _bad(f"Invalid image file or mode for image 1: {', '.join(kinds)}")


def _look(edit: Edit, model: str) -> None:
    """Open the pictures: Refused where one cannot be read, or where they do not fit together."""
    views = [seen for one in edit.pictures if (seen := view(one)) is not None]
    if len(views) < len(edit.pictures):
        raise _bad("Invalid image file or mode for image 1")
    first = views[0]
    if model.startswith("dall-e") and first.width != first.height:
        raise _bad("Uploaded image must be square")
    if edit.mask is None:
        return
    seen = view(edit.mask)
    if seen is None or media_type(edit.mask) != "image/png":
        raise _bad("Invalid mask image format: a PNG is wanted")
    if (seen.width, seen.height) != (first.width, first.height):
        raise _bad("Invalid mask image: its size must match the image's")
    with _opened(edit.mask) as mask:
        if "A" not in mask.getbands() and "transparency" not in mask.info:
            raise _bad("Invalid mask image format: mask must have an alpha channel")


def _opened(content: bytes) -> "Image.Image":
    from PIL import Image

    return Image.open(io.BytesIO(content))


def _bad(reason: str) -> Refused:
    return Refused("bad-value", {"reason": reason})
