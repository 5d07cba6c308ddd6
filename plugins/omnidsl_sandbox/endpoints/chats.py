"""Chats in three protocols: `/v1/chat/completions`, `/v1/messages`, `:generateContent` (wire reference, 4.1, 4.5 and 4.6)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import attrs
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.books import Sale, request_text
from omnidsl_sandbox.captions import caption
from omnidsl_sandbox.chat import completions, contents, messages
from omnidsl_sandbox.chat.asking import Answered, Asked, Choice, choice_of, tokens_of
from omnidsl_sandbox.chat.replies import refusal, reply
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise, read_object, text_of
from omnidsl_sandbox.front import heed_words
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import JsonObject, dump
from omnidsl_sandbox.markers import Marker, markers
from omnidsl_sandbox.pictures_in import decode_data_url, view
from omnidsl_sandbox.profiles import Reply

_MANNERS = ("stream", "stream_options")
"""How an answer travels; the books count equal questions whatever they say here."""

_GOOGLE = ("/v1beta/models/", "/v1/models/")
"""Where Google's own protocol is spoken: older and newer clients differ."""


@attrs.frozen
class _Way:
    """One protocol: how a body is read, how an answer is written whole, and how as the bytes of a stream.

    `silence` is what is sent while a model is silent; Google's own client takes nothing of the kind.
    """

    path: str
    ask: Callable[[JsonObject], Asked]
    whole: Callable[[Answered], JsonObject]
    stream: Callable[[Answered], Iterator[bytes]]
    silence: bytes = b": PING\n\n"


_COMPLETIONS = _Way("/v1/chat/completions", completions.ask, completions.whole, completions.events)
_MESSAGES = _Way("/v1/messages", messages.ask, messages.whole, messages.events)


def _google(model: str, *, streamed: bool) -> _Way:
    def ask(body: JsonObject) -> Asked:
        return contents.ask(body, model, streamed=streamed)

    def stream(answered: Answered) -> Iterator[bytes]:
        return (b"data: " + dump(one) + b"\r\n\r\n" for one in contents.pieces(answered))

    return _Way(f"/v1beta/models/{model}:generateContent", ask, contents.whole, stream, b"")


class Chats:
    """The endpoints of chats."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes."""
        found = [
            Route(_COMPLETIONS.path, answer(self._gateway, self._complete), methods=["POST"]),
            Route(_MESSAGES.path, answer(self._gateway, self._message), methods=["POST"]),
        ]
        for root in _GOOGLE:
            ways = {"generateContent": self._generate, "streamGenerateContent": self._pieces}
            found += [
                Route(f"{root}{{model:path}}:{name}", answer(self._gateway, way), methods=["POST"])
                for name, way in ways.items()
            ]
        return found

    async def _complete(self, request: Request) -> Reply | Response:
        return await self._told(request, _COMPLETIONS)

    async def _message(self, request: Request) -> Reply | Response:
        return await self._told(request, _MESSAGES)

    async def _generate(self, request: Request) -> Reply | Response:
        return await self._told(request, _google(request.path_params["model"], streamed=False))

    async def _pieces(self, request: Request) -> Reply | Response:
        way = _google(request.path_params["model"], streamed=True)
        if request.query_params.get("alt") == "sse":
            return await self._told(request, way)
        answered = await self._answered(request, way)
        return self._gateway.front.fetched([*contents.pieces(answered)])

    async def _told(self, request: Request, way: _Way) -> Reply | Response:
        answered = await self._answered(request, way)
        if not answered.asked.wish.streamed:
            return self._gateway.front.fetched(way.whole(answered))
        pieces = list(way.stream(answered))
        pause = self._gateway.options.latency / len(pieces)

        async def events() -> AsyncIterator[bytes]:
            yield way.silence
            for piece in pieces:
                yield piece
                if pause and not self._gateway.closing.is_set():
                    await asyncio.sleep(pause)

        return StreamingResponse(
            events(), headers={"content-type": "text/event-stream", "cache-control": "no-cache"}
        )

    async def _answered(self, request: Request, way: _Way) -> Answered:
        """Sell an answer and return it; Refused before anything is sold."""
        buyer = authorise(self._gateway, request)
        body = await read_object(request)
        asked = way.ask(body)
        talk = asked.talk
        known = {key: value for key, value in body.items() if key not in _MANNERS}
        text = request_text(way.path, known, "user")
        heed_words(self._gateway, buyer, talk.question, text)
        captions = [await self._caption(address) for address in talk.pictures]
        # A form that cannot be met is refused before it is paid for.
        reply(asked, captions, 0)
        attempt = request.headers.get("idempotency-key") or text_of(body, "user")
        take = self._gateway.store.sell(Sale(buyer.account, "chat", attempt, text))
        count = asked.wish.count
        if Marker.UNWILLING in markers(talk.question):
            choices = tuple([Choice(tokens_of(refusal(asked)), "refused")] * count)
        else:
            takes = range(take * count, take * count + count)
            choices = tuple(choice_of(reply(asked, captions, one), asked.wish) for one in takes)
        return Answered(
            asked=asked,
            id=self._gateway.identify(text, take).job.replace("-", ""),
            created=self._gateway.now() // 1000,
            choices=choices,
        )

    async def _caption(self, address: str) -> str:
        """Return what can be said about a picture; nothing outside is ever fetched."""
        if address.startswith("data:"):
            content = decode_data_url(address)
        elif (identity := self._gateway.own_picture(address)) is not None:
            content = await self._own(identity)
        elif address.startswith(("http://", "https://")):
            return "A picture somewhere else, which a simulator does not fetch."
        else:
            content = None
        seen = await self._gateway.gallery.run(lambda: view(content)) if content else None
        if seen is None:
            raise Refused(
                "bad-value", {"reason": "Invalid image: not a picture, or not one that can be read"}
            )
        return caption(seen)

    async def _own(self, identity: str) -> bytes | None:
        task = self._gateway.store.task(identity)
        if task is None or self._gateway.see(task).picture != "final":
            return None
        return (await self._gateway.gallery.final(task)).content
