"""POST /v1/images/generations, and the pictures that it gives addresses of (wire reference, sections 4.2 and 4.5)."""

import base64
import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.books import Sale, request_text
from omnidsl_sandbox.drawing.artwork import Artwork, Tile
from omnidsl_sandbox.exchange import authorise, read_object, text_of
from omnidsl_sandbox.front import heed_words
from omnidsl_sandbox.gallery import media_type
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.orders import Order, order
from omnidsl_sandbox.profiles import Reply

_PATH = "/v1/images/generations"
_NAME = re.compile(r"picture-[0-9a-f]{32}")
_TOKEN = 4  # letters; nobody bills by it
_PICTURE_TOKENS = 1056


class Images:
    """Pictures from words, without a task: the reply is the answer."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(_PATH, answer(self._gateway, self._generate), methods=["POST"]),
            Route("/generated/{name}", self._show, methods=["GET"]),
        ]

    async def _generate(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        body = await read_object(request)
        wanted = order(body)
        text = request_text(_PATH, body, "user")
        heed_words(self._gateway, buyer, wanted.prompt, text)
        attempt = request.headers.get("idempotency-key") or text_of(body, "user")
        take = self._gateway.store.sell(Sale(buyer.account, "image", attempt, text))
        return await self.reply(wanted, text, take)

    async def reply(
        self, wanted: Order, text: str, take: int, over: tuple[bytes, bytes | None] | None = None
    ) -> Reply:
        """Return the reply to an order that was sold; `over` is a picture to paint into, with its mask."""
        rows: list[Json] = [
            await self._row(wanted, text, take * wanted.count + number, over)
            for number in range(wanted.count)
        ]
        made: JsonObject = {"created": self._gateway.now() // 1000, "data": rows}
        if wanted.is_newer:
            made |= {
                "background": wanted.background,
                "output_format": wanted.form,
                "quality": wanted.quality,
                "size": f"{wanted.width}x{wanted.height}",
                "usage": _usage(wanted),
            }
        return self._gateway.front.fetched(made)

    async def _row(
        self, wanted: Order, text: str, take: int, over: tuple[bytes, bytes | None] | None
    ) -> JsonObject:
        """Return one picture as its reply carries it; what is not used is an empty text, as new-api writes it."""
        identity = self._gateway.identify(text, take)
        tile = Tile(wanted.prompt, identity.seed)
        artwork = Artwork(wanted.prompt, wanted.width, wanted.height, (tile,))
        gallery = self._gateway.gallery
        if over is None:
            content = await gallery.picture(artwork, identity.job, wanted.form)
        else:
            png = await gallery.picture(artwork, identity.job, "png")
            content = await gallery.run(lambda: _painted_into(png, over, wanted.form))
        row: JsonObject = {"url": "", "b64_json": "", "revised_prompt": ""}
        if wanted.as_bytes:
            row["b64_json"] = base64.b64encode(content).decode()
        else:
            name = await gallery.keep(content, "picture")
            row["url"] = f"{self._gateway.url}/generated/{name}"
        if wanted.revises:
            row["revised_prompt"] = f"SIMULATED: {wanted.prompt}"
        return row

    async def _show(self, request: Request) -> Response:
        """Return a picture; whoever has its address may see it."""
        name = str(request.path_params["name"])
        content = await self._gateway.gallery.kept(name) if _NAME.fullmatch(name) else None
        if content is None:
            return Response(status_code=404)
        return Response(content, headers={"content-type": media_type(content)})


def _painted_into(png: bytes, over: tuple[bytes, bytes | None], form: str) -> bytes:
    from omnidsl_sandbox.drawing.rendering import as_form
    from omnidsl_sandbox.drawing.repainting import repainted

    return as_form(repainted(png, *over), form)


def _usage(wanted: Order) -> JsonObject:
    written = len(wanted.prompt) // _TOKEN + 1
    drawn = _PICTURE_TOKENS * wanted.count
    details: JsonObject = {"text_tokens": written, "image_tokens": 0}
    return {
        "input_tokens": written,
        "input_tokens_details": details,
        "output_tokens": drawn,
        "total_tokens": written + drawn,
    }
