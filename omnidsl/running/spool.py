"""Replies to paid requests, on the disk before anybody parses them.

One file a deliberate request: a line of JSON (status, headers, how long the body is), then the body as it came. A file
that is shorter than it says counts as absent, so a reply that is here was received, whatever happened afterwards.
"""

import contextlib
import json
import os
import re
from pathlib import Path
from typing import BinaryIO

from omnidsl.plugins.outcomes import Reply
from omnidsl.running.durable import sync_folder
from omnidsl.running.moments import Moment, this_moment
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

    # ---- when a request was sent

    def note(self, stage: Stage, signature: str) -> None:
        """Write when a request is about to be sent, and by whom. Not forced to the disk: without it nobody can tell."""
        now = this_moment()
        when = "" if now is None else f" {now.boot} {now.at!r}"
        with contextlib.suppress(OSError), self._open(self._sent(stage)) as file:
            file.write(f"{signature}{when}".encode("ascii"))

    def age(self, stage: Stage) -> float | None:
        """Return how many seconds ago a request was sent, or None where nobody knows."""
        try:
            _, boot, at = self._sent(stage).read_text("ascii").split()
            return Moment(boot, float(at)).age
        except (OSError, ValueError):
            return None

    def is_by(self, stage: Stage, signature: str) -> bool:
        """Tell whether a request is known to have been sent with a key."""
        try:
            return self._sent(stage).read_text("ascii").split()[:1] == [signature]
        except (OSError, ValueError):
            return False

    def forget(self, stage: Stage) -> None:
        """Let go of when a request was sent: its answer is here."""
        with contextlib.suppress(OSError):
            self._sent(stage).unlink(missing_ok=True)

    def _sent(self, stage: Stage) -> Path:
        path = self.path(stage)
        return path.with_name(f"{path.name}.sent")

    def path(self, stage: Stage) -> Path:
        """Return where the reply to a stage's last request is kept."""
        name = f"{stage.attempt}-{stage.name}.{stage.tries}"
        return self._folder / _UNFIT.sub("_", name)
