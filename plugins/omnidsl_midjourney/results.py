"""What a finished task made: a picture, videos, or texts."""

from collections.abc import Mapping
from typing import Literal

from omnidsl.plugins import JSON, Failed, File, Made
from omnidsl_midjourney import texts, wire

Makes = Literal["image", "video", "text", "shortened"]
"""What there is to be collected; `text` are the prompts of a description."""


def lacks(makes: Makes, row: wire.Row) -> bool:
    """Whether something is missing that a server may print a moment after the word of success."""
    match makes:
        case "image":
            return not wire.picture(row) or not wire.buttons(row)
        case "video":
            return not wire.videos(row) or not wire.buttons(row)
    return False


def made(makes: Makes, row: wire.Row, task: str) -> Made:
    """Return what a task made; Failed for one that ended with nothing."""
    facts = wire.facts(row, task)
    match makes:
        case "text":
            found = texts.descriptions(row)
            return _said(found, {**facts, "descriptions": list[JSON](found)}, task)
        case "shortened":
            prompts, tokens = texts.shortened(row)
            return _said(prompts, {**facts, "prompts": list[JSON](prompts), "tokens": tokens}, task)
        case "video":
            urls = wire.videos(row)
            if not urls:
                raise Failed("empty-answer", f"the task {task} ended without a video")
            parts = tuple(File("video", url=one, part="videos") for one in urls)
            return Made(files=(File("video", url=urls[0]), *parts), facts=facts)
    url = wire.picture(row)
    if not url:
        raise Failed("empty-answer", f"the task {task} ended without a picture")
    return Made(files=(File("image", url=url),), facts=facts)


def _said(found: list[str], facts: Mapping[str, JSON], task: str) -> Made:
    if not found:
        raise Failed("empty-answer", f"the task {task} ended without a text")
    return Made(text="\n".join(found), facts=facts)
