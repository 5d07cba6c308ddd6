"""Replies to paid requests, on the disk before anybody parses them.

One file a deliberate request: a line of JSON (status, headers, how long the body is), then the body as it came. A file
that is shorter than it says counts as absent, so a reply that is here was received, whatever happened afterwards.
"""

import json
import os
import re
from pathlib import Path
from typing import BinaryIO

from omnidsl.plugins.outcomes import Reply
from omnidsl.running.durable import sync_folder
from omnidsl.running.records import Stage

_UNFIT = re.compile(r"[^\w.-]")


class Spool:
    """The folder of kept replies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, stage: Stage, reply: Reply) -> None:
        """Write a reply and force it to the disk."""
        size = len(reply.body)
        head = {"status": reply.status, "headers": dict(reply.headers), "size": size}
        # Under its own name at once: a new name for each would cost the disk another round.
        with self._open(self.path(stage)) as file:
            file.write(json.dumps(head).encode() + b"\n" + reply.body)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self._folder)

    def _open(self, path: Path) -> BinaryIO:
        try:
            return path.open("wb")
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            return path.open("wb")

    def find(self, stage: Stage) -> Reply | None:
        """Return the reply to a stage's last request, or None when none was kept."""
        try:
            head, _, body = self.path(stage).read_bytes().partition(b"\n")
            parsed = json.loads(head)
            if len(body) != parsed.get("size", len(body)):
                return None
            return Reply(int(parsed["status"]), dict(parsed["headers"]), body)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def path(self, stage: Stage) -> Path:
        """Return where the reply to a stage's last request is kept."""
        name = f"{stage.attempt}-{stage.name}.{stage.tries}"
        return self._folder / _UNFIT.sub("_", name)
