"""The profile `new-api`: the gateway called NA in the wire reference (sections 1.2, 1.5, 1.6, 1.9 and 4.5)."""

import time
from collections.abc import Mapping

from omnidsl_sandbox.buttons import buttons
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.profiles.profile import Profile
from omnidsl_sandbox.profiles.shapes import JSON, TEXT, Reply, json_reply, verdict
from omnidsl_sandbox.tasks import Snapshot, Status, Task

_LEFT_ALONE = frozenset(("CUSTOM_ZOOM", "INPAINT"))


class NewApi(Profile):
    """Keys, receipts and tasks as new-api writes them."""

    name = "new-api"

    def key(self, headers: Mapping[str, str]) -> str:
        """Read Authorization; `mj-api-secret` counts only when that is absent, empty or `midjourney-proxy`."""
        key = bare_key(headers.get("authorization", ""))
        if key in ("", "midjourney-proxy"):
            key = bare_key(headers.get("mj-api-secret", ""))
        return key.removeprefix("sk-")

    def accepted(self, task: Task, *, ahead: int) -> Reply:
        """Return code 1; a queued task's 22 is rewritten to 1 by new-api, its words stay."""
        properties: JsonObject = {"discordInstanceId": "1118138338562560102"}
        if ahead:
            properties["numberOfQueues"] = ahead
        return _passed(1, task, properties)

    def existed(self, task: Task, snapshot: Snapshot, root: str) -> Reply:
        """Return how the task stands; new-api rewrites the server's 21 to 1."""
        return json_reply(self.existing(task, snapshot, root, 1), media_type=TEXT)

    def told(self, words: str, result: Json) -> Reply:
        """Return code 1 with a result that is no task, as plain text."""
        return json_reply(verdict(1, words, result, {}), media_type=TEXT)

    def needs_modal(self, task: Task) -> Reply:
        """Return code 21 for CustomZoom and Inpaint; new-api rewrites that of remix accounts to 1, its words stay."""
        final = "" if task.action == "INPAINT" else task.prompt
        code = 21 if task.action in _LEFT_ALONE else 1
        return _passed(code, task, {"finalPrompt": final, "remix": True})

    def task(self, task: Task, snapshot: Snapshot, root: str) -> JsonObject:
        """Return the task with zero values instead of null, except `buttons` and `properties`."""
        seen = snapshot.status not in (Status.UNSEEN, Status.SUBMITTED, Status.MODAL)
        done = snapshot.status is Status.SUCCESS
        failed = snapshot.status is Status.FAILURE
        image = self.picture_url(root, task.id) if snapshot.picture != "none" else ""
        if image and not done:
            image += f"?rand={time.time_ns()}"
        timeout = self.word("failures", "timeout")
        final = task.text or task.prompt
        return {
            "id": task.id,
            "action": task.action,
            "customId": "",
            "botType": "",
            "prompt": task.prompt,
            "promptEn": task.prompt if seen else "",
            "description": task.description,
            "state": task.state,
            "submitTime": task.submitted,
            "startTime": snapshot.started,
            "finishTime": snapshot.finished,
            "imageUrl": image,
            "status": snapshot.status.value,
            "progress": f"{snapshot.percent}%",
            "failReason": (timeout if snapshot.timed_out else task.fail_reason) if failed else "",
            "buttons": buttons(task, self.name) if done else None,
            "maskBase64": "",
            "properties": {"finalPrompt": final, "finalZhPrompt": ""}
            if seen and not failed
            else None,
        }

    def fetched(self, value: Json) -> Reply:
        """Return it as `application/json`, which new-api sets on fetches alone."""
        return json_reply(value, media_type=JSON)


class Songs(NewApi):
    """What new-api says about songs: its words for Suno and Udio, whoever draws pictures."""

    name = "songs"


def bare_key(header: str) -> str:
    """Return a key without the word `Bearer`, empty for that word alone."""
    # A header that ends in a blank arrives without it, so an empty key looks like the word alone.
    return "" if header.strip() == "Bearer" else header.removeprefix("Bearer ").strip()


def _passed(code: int, task: Task, properties: JsonObject) -> Reply:
    """Return a receipt that new-api passes through, as plain text."""
    return json_reply(verdict(code, task.description, task.id, properties), media_type=TEXT)
