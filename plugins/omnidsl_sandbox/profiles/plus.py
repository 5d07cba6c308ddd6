"""The profile `plus`: midjourney-proxy-plus, PLUS in the wire reference, a Java server asked directly."""

from collections.abc import Mapping

from omnidsl_sandbox.profiles.direct import DirectServer
from omnidsl_sandbox.profiles.shapes import Reply, json_reply, verdict
from omnidsl_sandbox.tasks import Task


class Plus(DirectServer):
    """Keys and receipts as midjourney-proxy-plus writes them."""

    name = "plus"

    def key(self, headers: Mapping[str, str]) -> str:
        """Read `mj-api-secret`, and nothing else."""
        return headers.get("mj-api-secret", "").strip().removeprefix("sk-")

    def needs_modal(self, task: Task) -> Reply:
        """Return code 21 without properties, as its documents show it."""
        return json_reply(verdict(21, task.description, task.id, {}))
