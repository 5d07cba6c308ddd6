"""Suno's and Udio's services keep the laws of backends, with the sandbox as their gateway: on two kinds of gateways."""

from functools import partial

from omnidsl.testing import Answer, BackendSuite, Cases, ReplyCase, Request, Sample, StatusCase
from tests.plugins.conformance.sandboxed import MOST, gateway


def refusal(code: str, message: str, status: int) -> Answer:
    return Answer.of({"code": code, "message": message, "data": None}, status)


def row(request: Request, **fields: object) -> Answer:
    """Answer a question about tasks, of many or of one."""
    ids = request.json()["ids"] if request.method == "POST" else [request.path.rpartition("/")[2]]
    rows = [{"task_id": one, **fields} for one in ids]
    data = rows if request.method == "POST" else rows[0]
    return Answer.of({"code": "success", "message": "", "data": data})


BY_ID = "it needs the ids of an earlier song: tests/plugins/test_songs.py"
SHANTY = Sample("music", {"prompt": "a shanty"}, files=2)
WALTZ = Sample("music", {"prompt": "a waltz"}, files=2)

REPLIES = (
    ReplyCase(name="a refused key", reply=refusal("401", "token", 401), verdict="rejected"),
    ReplyCase(
        name="no money",
        reply=refusal("quota_not_enough", "user quota is not enough", 403),
        verdict="rejected",
        reason="quota",
    ),
    ReplyCase(
        name="the database of the gateway",
        reply=refusal("insert_task_failed", "database is locked", 500),
        verdict="ambiguous",
    ),
    ReplyCase(name="no number", reply=refusal("success", "", 200), verdict="ambiguous"),
)

STATUSES = (
    StatusCase(
        name="waits", reply=lambda one: row(one, status="NOT_START", data=None), state="waiting"
    ),
    StatusCase(name="under way", reply=lambda one: row(one, status="IN_PROGRESS"), state="running"),
    StatusCase(
        name="failed",
        reply=lambda one: row(one, status="FAILURE", fail_reason="moderated"),
        state="failed",
        words="moderated",
    ),
    StatusCase(name="unknown", reply=refusal("task_not_exist", "task_not_exist", 400), state=None),
)


class TestSuno(BackendSuite):
    cases = Cases(
        service="suno",
        gateway=gateway,
        sells=("/suno/submit/",),
        samples=(
            SHANTY,
            Sample("music", {"lyrics": "la", "tags": "folk", "title": "La", "negative_tags": "x"}),
            Sample("music", {"instrumental": True, "tags": "folk"}),
            Sample("extend", {"song": SHANTY, "at": 12.5}, files=2),
            Sample("lyrics", {"prompt": "rain"}),
        ),
        replies=REPLIES,
        statuses=STATUSES,
        carries_attempt=False,
        untried={"extend_clip": BY_ID},
    )
    most = MOST
    killed = ("lyrics",)
    points = ("after the intent", "while polling")


class TestUdio(BackendSuite):
    cases = Cases(
        service="udio",
        gateway=partial(gateway, "plus"),
        sells=("/udio/submit/",),
        samples=(
            WALTZ,
            Sample("extend", {"song": WALTZ, "prompt": "more", "where": "before"}, files=2),
        ),
        replies=REPLIES,
        statuses=STATUSES,
        batched=False,
        carries_attempt=False,
        untried={"extend_clip": BY_ID},
    )
    most = MOST
    killed = ("music",)
    points = ("after the reply, before it is on the disk",)
