"""Replies to paid requests, on the disk before anybody parses them.

One file a deliberate request: a line of JSON (status, headers), then the body as it came. Renaming makes it whole or
absent, so a reply that is here was received, whatever happened to the process afterwards.
"""

import json
import re
from pathlib import Path

from omnidsl.plugins.outcomes import Reply
from omnidsl.running.durable import write_once
from omnidsl.running.records import Stage


class Spool:
    """The folder of kept replies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, stage: Stage, reply: Reply) -> None:
        """Write a reply and force it to the disk."""
        head = json.dumps({"status": reply.status, "headers": dict(reply.headers)})
        write_once(self._path(stage), head.encode() + b"\n" + reply.body)

    def find(self, stage: Stage) -> Reply | None:
        """Return the reply to a stage's last request, or None when none was kept."""
        try:
            head, _, body = self._path(stage).read_bytes().partition(b"\n")
            parsed = json.loads(head)
            return Reply(int(parsed["status"]), dict(parsed["headers"]), body)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _path(self, stage: Stage) -> Path:
        name = re.sub(r"[^\w.-]", "_", f"{stage.attempt}-{stage.name}.{stage.tries}")
        return self._folder / name
