"""What the Midjourney servers without a gateway before them share: nulls, codes as they are, tasks of their own."""

from omnidsl_sandbox.buttons import buttons
from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.profiles.profile import Profile
from omnidsl_sandbox.profiles.shapes import Reply, json_reply, verdict
from omnidsl_sandbox.tasks import Snapshot, Status, Task

INSTANCE = "1118138338562560102"
_COMMANDS = {
    "IMAGINE": "/imagine",
    "DESCRIBE": "/describe",
    "BLEND": "/blend",
    "SHORTEN": "/shorten",
}


class DirectServer(Profile):
    """A server of the midjourney-proxy family, asked directly (wire reference, sections 1.5 and 1.6)."""

    def accepted(self, task: Task, *, ahead: int) -> Reply:
        """Return code 1, or 22 with the number of tasks ahead."""
        found = self.receipt_properties()
        if ahead:
            found["numberOfQueues"] = ahead
        return json_reply(verdict(22 if ahead else 1, task.description, task.id, found))

    def existed(self, task: Task, snapshot: Snapshot, root: str) -> Reply:
        """Return code 21 with how the task stands."""
        return json_reply(self.existing(task, snapshot, root, 21))

    def told(self, words: str, result: Json) -> Reply:
        """Return code 1 with a result that is no task."""
        return json_reply(verdict(1, words, result, {}))

    def receipt_properties(self) -> JsonObject:
        """Return what every receipt carries: which of its accounts draws."""
        return {"discordInstanceId": INSTANCE}

    def task(self, task: Task, snapshot: Snapshot, root: str) -> JsonObject:
        """Return the task; what is unset is null."""
        done = snapshot.status is Status.SUCCESS
        failed = snapshot.status is Status.FAILURE
        timeout = self.word("failures", "timeout")
        image = self.picture_url(root, task.id) if snapshot.picture != "none" else None
        return {
            "id": task.id,
            "action": task.action,
            "prompt": task.prompt,
            "promptEn": task.prompt,
            "description": f"{_COMMANDS.get(task.action, '/up')} {task.parent or task.prompt}",
            "state": task.state or None,
            "submitTime": task.submitted,
            "startTime": snapshot.started or None,
            "finishTime": snapshot.finished or None,
            "imageUrl": image,
            "status": snapshot.status.value or "NOT_START",
            "progress": _progress(snapshot),
            "failReason": (timeout if snapshot.timed_out else task.fail_reason) if failed else None,
            "buttons": buttons(task, self.name) if done else None,
            "properties": self.properties(task),
            **_videos(self.video_urls(root, task, snapshot)),
        }

    def properties(self, task: Task) -> JsonObject:
        """Return a task's properties."""
        return {
            "finalPrompt": task.text or task.prompt,
            "messageHash": task.job,
            "flags": 0,
            "nonce": task.id,
            "discordInstanceId": INSTANCE,
        }

    def fetched(self, value: Json) -> Reply:
        """Return it as JSON."""
        return json_reply(value)


def _videos(urls: list[str]) -> JsonObject:
    """Return what a task of videos shows beside the rest."""
    return {"videoUrl": urls[0], "videoUrls": [{"url": one} for one in urls]} if urls else {}


def _progress(snapshot: Snapshot) -> str | None:
    """Null before the start, empty after a failure."""
    if snapshot.status in (Status.UNSEEN, Status.MODAL):
        return None
    return "" if snapshot.status is Status.FAILURE else f"{snapshot.percent}%"
