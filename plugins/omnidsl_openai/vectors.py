"""Vectors and the list of models: what is sent, and what is made of the reply (wire reference, section 4.4)."""

import base64
import binascii
import json
import math
import struct

from omnidsl.plugins import JSON, Ambiguous, Failed, Made, Reply
from omnidsl.plugins.chat import numbers
from omnidsl_openai.measuring import Embed

EMBEDDINGS = "/v1/embeddings"
MODELS = "/v1/models"

_FLOAT = 4


def request(operation: Embed) -> dict[str, JSON]:
    """Return the body that asks for vectors: one text as it is, several as a list."""
    texts: JSON = operation.text if isinstance(operation.text, str) else [*operation.text]
    body: dict[str, JSON] = {
        "model": operation.model,
        "input": texts,
        "encoding_format": "float",
    }
    return body if operation.dimensions is None else {**body, "dimensions": operation.dimensions}


def made(reply: Reply, operation: Embed) -> Made:
    """Return the vectors of a reply in the order of the texts; Failed where one is missing or no vector."""
    count = 1 if isinstance(operation.text, str) else len(operation.text)
    try:
        body = reply.json()
    except (ValueError, RecursionError):
        body = None
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(rows, list):
        raise Ambiguous("no-answer", "the reply holds no vectors", reply)
    found: dict[int, list[float]] = {}
    for place, row in enumerate(rows):
        index = row.get("index", place) if isinstance(row, dict) else None
        if isinstance(row, dict) and isinstance(index, int) and not isinstance(index, bool):
            found[index] = vector(row.get("embedding"))
    if sorted(found) != list(range(count)):
        raise Failed("empty-answer", f"the reply has {len(found)} vectors for {count} texts")
    vectors = [found[index] for index in range(count)]
    if len({len(one) for one in vectors}) != 1:
        raise Failed("empty-answer", "the vectors in the reply are not equally long")
    model = body.get("model")
    result = {"model": model if isinstance(model, str) else operation.model, "vectors": vectors}
    facts: dict[str, JSON] = {"model": str(result["model"]), "length": len(vectors[0])}
    if usage := numbers(body.get("usage")):
        facts["usage"] = usage
    return Made(text=json.dumps(result), facts=facts)


def vector(given: JSON) -> list[float]:
    """Return a vector: a list of numbers, or base64 of little-endian floats of 32 bits; Failed for neither."""
    if isinstance(given, str):
        try:
            data = base64.b64decode(given, validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if data and len(data) % _FLOAT == 0:
            return _finite([*struct.unpack(f"<{len(data) // _FLOAT}f", data)])
    if isinstance(given, list) and given:
        numbers = [
            _number(one)
            for one in given
            if isinstance(one, int | float) and not isinstance(one, bool)
        ]
        if len(numbers) == len(given):
            return _finite(numbers)
    raise Failed("empty-answer", "a vector in the reply is neither numbers nor base64")


def _number(given: float) -> float:
    """Return a number as a float; a whole one that is longer than any float is no number of a vector."""
    try:
        return float(given)
    except OverflowError:
        return math.inf


def _finite(numbers: list[float]) -> list[float]:
    if not all(map(math.isfinite, numbers)):
        raise Failed("empty-answer", "a vector in the reply has a number that is none")
    return numbers


def listed(reply: Reply) -> Made:
    """Return the models of a reply, in OpenAI's form or new-api's; Failed where it has no list."""
    try:
        body = reply.json()
    except (ValueError, RecursionError):
        body = None
    rows = body.get("data") if isinstance(body, dict) else None
    if not isinstance(rows, list):
        raise Failed("empty-answer", "the reply lists no models")
    models: list[JSON] = []
    for one in rows:
        if isinstance(one, dict) and isinstance(name := one.get("id"), str) and name:
            owner = one.get("owned_by")
            models.append({"id": name, "owned_by": owner if isinstance(owner, str) else ""})
    ids: list[JSON] = [one["id"] for one in models if isinstance(one, dict)]
    return Made(text=json.dumps({"models": models}, ensure_ascii=False), facts={"ids": ids})
