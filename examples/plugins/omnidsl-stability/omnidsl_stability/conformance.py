"""A fake of the API as its documentation describes it, a call of every operation, and what its replies mean."""

import base64

from omnidsl.testing import PICTURE, Answer, Cases, HangUp, ReplyCase, Request, Sample, StatusCase
from omnidsl.testing.scripted import PIXEL


class Gateway:
    """Takes every form; the one task is finished at once."""

    def __init__(self) -> None:
        self._tasks: list[str] = []

    def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        path = request.path
        if request.method == "POST" and path.startswith("/v2beta/stable-image/"):
            return self._sold(request)
        if path.startswith("/v2beta/results/"):
            if path.rpartition("/")[2] in self._tasks:
                return Answer(200, PIXEL, {"content-type": "image/png"})
            return error(404, "not_found", "No generation found for the provided ID.")
        return error(404, "not_found", "no such place")

    def _sold(self, request: Request) -> Answer:
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            return error(400, "bad_request", "content-type: must be multipart/form-data")
        if request.path.endswith("/upscale/creative"):
            self._tasks.append(f"{len(self._tasks) + 1:064x}")
            return Answer.of({"id": self._tasks[-1]})
        picture = base64.b64encode(PIXEL).decode()
        return Answer.of({"image": picture, "finish_reason": "SUCCESS", "seed": 343940597})


def error(status: int, name: str, *words: str) -> Answer:
    """Return an error as the API words it."""
    return Answer.of({"id": "a1b2c3", "name": name, "errors": list(words)}, status)


TASK = "upscale_creative"

CASES = Cases(
    service="stability",
    gateway=Gateway,
    sells=("/v2beta/stable-image/",),
    batched=False,  # the API has no question about several tasks
    carries_attempt=False,  # nor a place for an id of ours
    samples=(
        Sample("core", {"prompt": "a lighthouse"}, files=1),
        Sample("ultra", {"prompt": "a lighthouse", "aspect_ratio": "16:9"}, files=1),
        Sample("sd3", {"prompt": "a lighthouse"}, files=1),
        Sample("sd3", {"prompt": "a storm", "picture": PICTURE, "strength": 0.7}, files=1),
        Sample("upscale", {"picture": PICTURE}, files=1),
        Sample(TASK, {"picture": PICTURE, "prompt": "a lighthouse"}, files=1),
        Sample("inpaint", {"picture": PICTURE, "mask": PICTURE, "prompt": "a gull"}, files=1),
        Sample(
            "search_and_replace",
            {"picture": PICTURE, "search_prompt": "the gull", "prompt": "a kite"},
            files=1,
        ),
        Sample("remove_background", {"picture": PICTURE}, files=1),
    ),
    replies=(
        ReplyCase(
            name="400 bad request",
            reply=error(400, "bad_request", "prompt: must not be empty"),
            verdict="rejected",
            reason="invalid-request",
        ),
        ReplyCase(
            name="401 a key that is none",
            reply=error(401, "unauthorized", "missing or invalid API key"),
            verdict="rejected",
            reason="auth",
        ),
        ReplyCase(
            name="402 no credits",
            reply=error(402, "payment_required", "You lack sufficient credits."),
            verdict="rejected",
            reason="quota",
        ),
        ReplyCase(
            name="403 moderated",
            reply=error(403, "content_moderation", "Your request was flagged."),
            verdict="rejected",
            reason="banned-word",
        ),
        ReplyCase(
            name="413 too large",
            reply=error(413, "payload_too_large", "Your request was larger than 10MiB."),
            verdict="rejected",
            reason="invalid-request",
            operation="upscale",
        ),
        ReplyCase(
            name="422 understood and refused",
            reply=error(422, "invalid_language", "English is the only supported language."),
            verdict="rejected",
            reason="invalid-request",
        ),
        ReplyCase(
            name="429 too fast",
            reply=error(429, "rate_limit_exceeded", "150 requests in 10 seconds"),
            verdict="retry-later",
        ),
        ReplyCase(
            name="500 broken",
            reply=error(500, "internal_error", "An unexpected error has occurred"),
            verdict="ambiguous",
        ),
        ReplyCase(name="200 and nothing", reply=Answer.of({}), verdict="ambiguous"),
        ReplyCase(name="200 and a page", reply=Answer(200, b"<html>"), verdict="ambiguous"),
        ReplyCase(name="reset", reply=HangUp(), verdict="ambiguous", operation=TASK),
    ),
    statuses=(
        StatusCase(
            name="202 at work",
            reply=Answer.of({"id": "1", "status": "in-progress"}, 202),
            state="running",
        ),
        StatusCase(
            name="200 done",
            reply=Answer(200, PIXEL, {"content-type": "image/png"}),
            state="done",
        ),
        StatusCase(
            name="403 moderated",
            reply=error(403, "content_moderation", "Your request was flagged."),
            state="failed",
            words="flagged",
        ),
        StatusCase(
            name="404 unknown, or older than a day",
            reply=error(404, "not_found", "No generation found."),
            state=None,
        ),
    ),
)
