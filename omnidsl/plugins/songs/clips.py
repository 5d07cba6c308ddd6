"""The clips of a finished task: the versions of one song."""

from collections.abc import Sequence

import attrs

from omnidsl.plugins.media import JSON, File, Made
from omnidsl.plugins.outcomes import Failed


@attrs.frozen(kw_only=True)
class Clip:
    """One version: `audio` is empty for one that cannot be had, and `fault` says why where the gateway does.

    `seconds` is its length, None where nobody says; addresses are empty where there is no file.
    """

    id: str
    title: str
    lyrics: str
    seconds: float | None
    audio: str
    picture: str
    video: str
    fault: str = ""
    model: str = ""


def worded(clips: Sequence[Clip]) -> str:
    """Return the first clip's own words for a failure, empty where none has any."""
    return next((one.fault for one in clips if one.fault), "")


def made(clips: Sequence[Clip], task: str, *, videos: bool) -> Made:
    """Return the song of a finished task: all versions that can be had; Failed where there is none.

    A version that failed is left out, and the fact `failed_clips` says why.
    """
    good = [one for one in clips if one.audio]
    if not good:
        words = worded(clips) or f"the task {task} ended without a sound"
        raise Failed("empty-answer", words)
    files = [File("audio", url=one.audio) for one in good]
    # Nobody should lose a song because its picture is gone.
    files += [
        File("image", url=one.picture, part="pictures", optional=True)
        for one in good
        if one.picture
    ]
    if videos:
        files += [
            File("video", url=one.video, part="videos", optional=True) for one in good if one.video
        ]
    facts: dict[str, JSON] = {
        "task_id": task,
        "titles": [one.title for one in good],
        "lyrics": [one.lyrics for one in good],
        "clips": [one.id for one in good],
    }
    lengths = [one.seconds for one in good if one.seconds is not None]
    if len(lengths) == len(good):
        facts["durations"] = list[JSON](lengths)
    if model := next((one.model for one in good if one.model), ""):
        facts["model"] = model
    if len(good) < len(clips):
        facts["failed_clips"] = [one.fault for one in clips if not one.audio]
    return Made(files=tuple(files), facts=facts)
