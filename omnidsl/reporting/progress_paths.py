"""Paths as people see them: from the current folder where they lie below it. Events keep absolute ones."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.running.words import words

if TYPE_CHECKING:
    from omnidsl.running.events import Notice, SaveFailed, StepFailed, StepHeld


def shown_path(path: str) -> str:
    """Return a path as it is shown; one that is relative, or does not lie below the current folder, as it is."""
    try:
        below = Path(path).relative_to(Path.cwd())
    except (ValueError, OSError):
        return path
    shown = str(below)
    # Who pipes the results into another command must not hand it an option.
    return os.path.join(".", shown) if shown.startswith("-") else shown  # noqa: PTH118  # `Path` drops the dot


def said(
    event: "Notice | SaveFailed | StepFailed | StepHeld",
    part: str = "message",
    language: str = "en",
) -> str:
    """Return one of an event's texts (`message` or `help`) with its path as it is shown."""
    values = dict(event.values)
    path = values.get("path")
    if isinstance(path, str):
        values["path"] = shown_path(path)
    return words(event.reason, values, part=part, language=language)
