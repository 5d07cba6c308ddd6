"""Replies to paid requests, on the disk before anybody parses them.

One file a deliberate request: a line of JSON (status, headers), then the body as it came. Renaming makes it whole or
absent, so a reply that is here was received, whatever happened to the process afterwards.
"""

import contextlib
import json
import re
from pathlib import Path

from omnidsl.plugins.outcomes import Reply
from omnidsl.running.durable import write_once
from omnidsl.running.moments import Moment, this_moment
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

    # ---- when a request was sent

    def note(self, stage: Stage) -> None:
        """Write when a request is about to be sent. Not forced to the disk: after a power cut it would mean nothing."""
        now = this_moment()
        if now is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._sent(stage).write_text(f"{now.boot} {now.at!r}", "ascii")

    def age(self, stage: Stage) -> float | None:
        """Return how many seconds ago a request was sent, or None where nobody knows."""
        try:
            boot, _, at = self._sent(stage).read_text("ascii").partition(" ")
            return Moment(boot, float(at)).age
        except (OSError, ValueError):
            return None

    def forget(self, stage: Stage) -> None:
        """Let go of when a request was sent: its answer is here."""
        with contextlib.suppress(OSError):
            self._sent(stage).unlink(missing_ok=True)

    def _sent(self, stage: Stage) -> Path:
        path = self._path(stage)
        return path.with_name(f"{path.name}.sent")

    def _path(self, stage: Stage) -> Path:
        name = re.sub(r"[^\w.-]", "_", f"{stage.attempt}-{stage.name}.{stage.tries}")
        return self._folder / name
