"""The profile `proxy`: trueai-org's midjourney-proxy, TA in the wire reference, a .NET server asked directly."""

import zlib
from collections.abc import Mapping

from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.profiles.direct import DirectServer
from omnidsl_sandbox.profiles.new_api import bare_key
from omnidsl_sandbox.profiles.shapes import Reply, json_reply, verdict
from omnidsl_sandbox.tasks import Snapshot, Task

_CHANNEL = "1118138338562560103"


class Proxy(DirectServer):
    """Keys, receipts and tasks as trueai-org's server writes them; the only one with a listing of its own."""

    name = "proxy"

    def key(self, headers: Mapping[str, str]) -> str:
        """Read Authorization if it is there, else `mj-api-secret`.

        The server compares the whole string, `Bearer` with it; to a simulator that takes any key both mean one account.
        """
        found = headers.get("authorization", headers.get("mj-api-secret", ""))
        return bare_key(found).removeprefix("sk-")

    def receipt_properties(self) -> JsonObject:
        """Return which of its accounts draws, and where."""
        return {**super().receipt_properties(), "discordChannelId": _CHANNEL}

    def needs_modal(self, task: Task) -> Reply:
        """Return code 21; the prompt of a region's modal is missing, as with the real one."""
        final = "" if task.action == "INPAINT" else task.prompt
        properties: JsonObject = {"finalPrompt": final, "remix": True}
        return json_reply(verdict(21, task.description, task.id, properties))

    def task(self, task: Task, snapshot: Snapshot, root: str) -> JsonObject:
        """Return the task with what this server adds."""
        shown = super().task(task, snapshot, root)
        url = shown["imageUrl"]
        found: list[Json] = [{"url": url, "thumbnail": url}] if url else []
        artwork = task.artwork
        return {
            **shown,
            "botType": "MID_JOURNEY",
            "parentId": task.parent or None,
            "imageUrls": found,
            "thumbnailUrl": url,
            "videoUrls": [
                {"url": one, "thumbnail": url} for one in self.video_urls(root, task, snapshot)
            ],
            "seed": str(zlib.crc32(task.job.encode())),
            "width": artwork.width * artwork.scale if artwork and url else None,
            "height": artwork.height * artwork.scale if artwork and url else None,
            "displays": {"submitTime": None, "startTime": None, "finishTime": None},
        }

    def properties(self, task: Task) -> JsonObject:
        """Return a task's properties."""
        return {
            **super().properties(task),
            "discordChannelId": _CHANNEL,
            "botType": "MID_JOURNEY",
            "notifyHook": None,
        }
