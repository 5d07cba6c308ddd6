"""POST /v1/chat/completions (wire reference, sections 4.1 and 4.5)."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.books import Sale, request_text
from omnidsl_sandbox.captions import caption
from omnidsl_sandbox.chat.completions import Completion, choice_of, prompt_tokens, wishes
from omnidsl_sandbox.chat.conversation import conversation
from omnidsl_sandbox.chat.replies import reply
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise, read_object, text_of
from omnidsl_sandbox.front import heed_words
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.pictures_in import decode_data_url, view
from omnidsl_sandbox.profiles import Reply

_PATH = "/v1/chat/completions"
_MANNERS = ("stream", "stream_options")
"""How an answer travels; the books count equal questions whatever they say here."""


class Chats:
    """The chat endpoint."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route(_PATH, answer(self._gateway, self._complete), methods=["POST"]),
        ]

    async def _complete(self, request: Request) -> Reply | Response:
        buyer = authorise(self._gateway, request)
        body = await read_object(request)
        model = text_of(body, "model")
        if not model:
            raise Refused("no-model")
        talk = conversation(body)
        wish = wishes(body)
        asked = {key: value for key, value in body.items() if key not in _MANNERS}
        text = request_text(_PATH, asked, "user")
        heed_words(self._gateway, buyer, talk.question, text)
        captions = [await self._caption(address) for address in talk.pictures]
        reply(
            body, talk, captions, 0
        )  # a format that cannot be met is refused before it is paid for
        attempt = request.headers.get("idempotency-key") or text_of(body, "user")
        take = self._gateway.store.sell(Sale(buyer.account, "chat", attempt, text))
        completion = Completion(
            id="chatcmpl-" + self._gateway.identify(text, take).job.replace("-", ""),
            created=self._gateway.now() // 1000,
            model=model,
            prompt_tokens=prompt_tokens(talk, talk.pictures),
            choices=tuple(
                choice_of(reply(body, talk, captions, take * wish.count + number), wish)
                for number in range(wish.count)
            ),
        )
        if not wish.streamed:
            return self._gateway.front.fetched(completion.whole())

        pieces = list(completion.events(with_usage=wish.with_usage))
        pause = self._gateway.options.latency / len(pieces)

        async def events() -> AsyncIterator[bytes]:
            yield b": PING\n\n"  # what gateways send while a model is silent
            for piece in pieces:
                yield piece
                if pause and not self._gateway.closing.is_set():
                    await asyncio.sleep(pause)

        return StreamingResponse(
            events(), headers={"content-type": "text/event-stream", "cache-control": "no-cache"}
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
