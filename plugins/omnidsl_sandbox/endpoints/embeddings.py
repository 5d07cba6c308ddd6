"""POST /v1/embeddings (wire reference, section 4.4): texts with words in common point in similar directions."""

import base64
import hashlib
import math
import struct

from starlette.requests import Request
from starlette.routing import Route

from omnidsl_sandbox.answering import answer
from omnidsl_sandbox.books import Sale, request_text
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import authorise, read_object, text_of
from omnidsl_sandbox.front import heed_words, known_model
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.profiles import Reply

_PATH = "/v1/embeddings"
_MOST = 2048
_LONGEST = 8192 * 4  # letters; nobody counts tokens here
_LENGTHS = {"text-embedding-3-large": 3072}
_USUAL = 1536
_WORDS = 64  # of a text that have a say in its direction


class Embeddings:
    """Vectors of texts."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """Return the route."""
        return [Route(_PATH, answer(self._gateway, self._embed), methods=["POST"])]

    async def _embed(self, request: Request) -> Reply:
        buyer = authorise(self._gateway, request)
        body = await read_object(request)
        model = known_model(self._gateway, "embeddings", text_of(body, "model"))
        texts, length = _texts(body.get("input")), _length(body, model)
        form = text_of(body, "encoding_format") or "float"
        if form not in ("float", "base64"):
            raise _bad("Invalid value for 'encoding_format': expected 'float' or 'base64'")
        text = request_text(_PATH, body, "user")
        heed_words(self._gateway, buyer, " ".join(texts), text)
        attempt = request.headers.get("idempotency-key", "")
        self._gateway.store.sell(Sale(buyer.account, "embed", attempt, text))
        rows = await self._gateway.gallery.run(
            lambda: [_row(number, one, length, form) for number, one in enumerate(texts)]
        )
        tokens = sum(len(one) // 4 + 1 for one in texts)
        made: JsonObject = {
            "object": "list",
            "data": rows,
            "model": model,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }
        return self._gateway.front.fetched(made)


def direction(text: str, length: int) -> list[float]:
    """Return the unit vector of a text: the sum of those of its words."""
    words = text.lower().split()[:_WORDS] or [""]
    sums = [0] * length
    for word in words:
        digest = hashlib.shake_256(word.encode("utf-8", "replace")).digest(length)
        sums = [total + one for total, one in zip(sums, digest, strict=True)]
    middle = 127.5 * len(words)
    centred = [one - middle for one in sums]
    size = math.sqrt(sum(one * one for one in centred))
    return [one / size for one in centred]


def _row(number: int, text: str, length: int, form: str) -> Json:
    found = direction(text, length)
    vector: Json = (
        base64.b64encode(struct.pack(f"<{length}f", *found)).decode()
        if form == "base64"
        else [*found]
    )
    return {"object": "embedding", "index": number, "embedding": vector}


def _texts(given: Json) -> list[str]:
    texts = given if isinstance(given, list) else [given]
    if not texts or len(texts) > _MOST:
        raise _bad(f"'$.input' is invalid: from 1 to {_MOST} texts")
    found = [one for one in texts if isinstance(one, str)]
    if len(found) < len(texts) or not all(found):
        raise _bad("'$.input' is invalid: texts that are not empty")
    if any(len(one) > _LONGEST for one in found):
        raise _bad("This model's maximum context length is 8192 tokens")
    return found


def _length(body: JsonObject, model: str) -> int:
    usual = _LENGTHS.get(model, _USUAL)
    given = body.get("dimensions")
    if given is None:
        return usual
    if not model.startswith("text-embedding-3"):
        raise _bad("This model does not support specifying dimensions.")
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= usual:
        raise _bad(f"Invalid value for 'dimensions': from 1 to {usual}")
    return given


def _bad(reason: str) -> Refused:
    return Refused("bad-value", {"reason": reason})
