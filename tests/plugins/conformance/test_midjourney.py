"""Midjourney's service keeps the laws of backends, with the sandbox as its gateway: on two families of servers."""

from functools import partial

from omnidsl.testing import (
    PICTURE,
    Answer,
    Attached,
    BackendSuite,
    Cases,
    MidjourneyScript,
    ReplyCase,
    Request,
    Sample,
    StatusCase,
)
from omnidsl.testing.scripted import PIXEL
from tests.plugins.conformance.sandboxed import MOST, gateway


def row(request: Request, **fields: object) -> Answer:
    return Answer.of([MidjourneyScript().task(one, **fields) for one in request.json()["ids"]])


GRID = Sample("imagine", {"prompt": "a red fox"}, files=1)
PICKED = Sample("upscale", {"grid": GRID, "index": 1}, files=1)
FACE = Attached("face.png", PIXEL + b"another")
FILM = Sample("animate", {"picture": PICKED})
CHOSEN = Sample("upscale_video", {"video": FILM, "index": 1})
WIDE = Sample("imagine", {"prompt": "a red fox --ar 16:9"})
DESCRIBED = Sample("describe", {"picture": PICTURE})
SHORTENED = Sample("shorten", {"prompt": "a very very red fox in the deep snow"})

REPLIES = (
    ReplyCase(
        name="a banned word",
        reply=Answer.of({"code": 24, "description": "may contain sensitive words"}),
        verdict="rejected",
        reason="banned-word",
    ),
    ReplyCase(name="nothing", reply=Answer(), verdict="ambiguous"),
)

STATUSES = (
    StatusCase(name="waits", reply=lambda one: row(one, status="NOT_START"), state="waiting"),
    StatusCase(
        name="failed",
        reply=lambda one: row(one, status="FAILURE", failReason="moderated"),
        state="failed",
        words="moderated",
    ),
    StatusCase(name="nothing", reply=Answer.of([]), state=None),
)

PLUS = Cases(
    service="midjourney",
    gateway=partial(gateway, "plus"),
    sells=("/mj/submit/",),
    samples=(
        GRID,
        PICKED,
        Sample("upscale", {"grid": PICKED, "style": "subtle"}, files=1),
        Sample("vary", {"picture": GRID, "index": 2}, files=1),
        Sample("vary", {"picture": PICKED, "strength": "subtle"}, files=1),
        Sample("vary_region", {"picture": PICKED, "mask": PICTURE, "prompt": "a hat"}, sales=2),
        Sample("reroll", {"grid": GRID}, files=1),
        Sample("pan", {"picture": PICKED, "direction": "left"}, files=1),
        Sample("zoom", {"picture": PICKED}, files=1),
        Sample("square", {"picture": Sample("upscale", {"grid": WIDE, "index": 1})}, files=1),
        FILM,
        CHOSEN,
        Sample("extend", {"video": CHOSEN}),
        DESCRIBED,
        Sample("imagine_described", {"texts": DESCRIBED, "index": 1}, sales=2),
        SHORTENED,
        Sample("imagine_shortened", {"texts": SHORTENED, "index": 1}, sales=2),
        Sample("blend", {"pictures": [PICTURE, PICTURE]}),
        Sample("action", {"parent": GRID, "custom_id": "::upsample::3::"}),
        Sample("action_grid", {"parent": GRID, "custom_id": "🔄"}),
        Sample("action_text", {"parent": DESCRIBED, "custom_id": "MJ::Picread::Retry"}),
        Sample("action_video", {"parent": PICKED, "custom_id": "animate_low"}),
        Sample("fit", {"picture": PICTURE}, sales=0),
    ),
    replies=REPLIES,
    statuses=STATUSES,
    untried=dict.fromkeys(
        ("seed", "upload", "swap_face", "edits", "video"), "another family serves it: see PROXY"
    ),
)

PROXY = Cases(
    service="midjourney",
    gateway=partial(gateway, "proxy"),
    sells=("/submit/imagine", "/submit/edits", "/submit/video", "/submit/upload", "/insight-face/"),
    samples=(
        Sample("imagine", {"prompt": "a red fox"}, files=1, listing="complete"),
        Sample("swap_face", {"target": PICTURE, "source": FACE}, listing="complete"),
        Sample("edits", {"picture": PICTURE, "prompt": "a hat"}, listing="complete"),
        Sample("video", {"picture": PICTURE, "batch": 1}, listing="complete"),
        Sample("upload", {"pictures": [PICTURE]}),
        Sample("seed", {"picture": GRID}, sales=0),
    ),
    untried={one.operation: "PLUS has it" for one in PLUS.samples},
)


class TestMidjourneyPlus(BackendSuite):
    cases = PLUS
    most = MOST
    killed = ("imagine",)
    points = ("while polling",)


class TestMidjourneyProxy(BackendSuite):
    cases = PROXY
    most = MOST
    killed = ("imagine",)
    points = ("after the reply, before it is on the disk",)
