"""The table of `sketchy`: its gateway and how that answers."""

import base64
import json

from omnidsl.testing import PICTURE, Answer, Cases, HangUp, ReplyCase, Request, Sample, StatusCase
from omnidsl.testing.scripted import PIXEL


class Gateway:
    """Takes everything and has it done at once."""

    def __init__(self) -> None:
        self._posters: dict[str, str] = {}

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        match request.method, request.path:
            case "POST", "/sketchy/draw":
                return Answer.of({"picture": base64.b64encode(PIXEL).decode()})
            case "POST", "/sketchy/posters":
                number = f"p-{len(self._posters) + 1}"
                self._posters[number] = json.loads(request.body).get("tag", "")
                return Answer.of({"number": number})
            case "GET", "/sketchy/posters":
                rows = [{"number": one, "tag": tag} for one, tag in self._posters.items()]
                return Answer.of(rows)
            case "POST", "/sketchy/status":
                url = f"http://{request.headers['host']}/files/one.png"
                wanted = json.loads(request.body)["ids"]
                known = [one for one in wanted if one in self._posters]
                return Answer.of([{"id": one, "state": "ready", "url": url} for one in known])
            case "GET", "/files/one.png":
                return Answer(200, PIXEL, {"content-type": "image/png"})
        return Answer.of({"error": "no such place"}, 404)


def row(request: Request, **fields: str) -> Answer:
    """Answer a question about tasks with a row for each."""
    return Answer.of([{"id": one, **fields} for one in json.loads(request.body)["ids"]])


CASES = Cases(
    service="sketchy",
    gateway=Gateway,
    sells=("/sketchy/draw", "/sketchy/posters"),
    samples=(
        Sample("draw", {"text": "a lighthouse"}, files=1),
        Sample("poster", {"picture": PICTURE}, files=1, listing="complete"),
    ),
    replies=(
        ReplyCase(
            name="no money",
            reply=Answer.of({"error": "pay first"}, 402),
            verdict="rejected",
            reason="quota",
        ),
        ReplyCase(
            name="busy", reply=Answer.of({"error": {"message": "busy"}}, 429), verdict="retry-later"
        ),
        ReplyCase(name="a page", reply=Answer(502, b"<html>"), verdict="ambiguous"),
        ReplyCase(name="reset", reply=HangUp(), verdict="ambiguous", operation="poster"),
    ),
    statuses=(
        StatusCase(name="queued", reply=lambda one: row(one, state="queued"), state="waiting"),
        StatusCase(
            name="broken",
            reply=lambda one: row(one, state="broken", reason="too dark"),
            state="failed",
            words="too dark",
        ),
        StatusCase(name="unknown", reply=Answer.of([]), state=None),
    ),
)
