"""Suno's clips: nested as Suno has them, or flat as some gateways print them (wire reference, section 2)."""

from omnidsl.plugins.songs import Clip
from omnidsl.plugins.songs.envelope import Row, address, dicts, seconds, text

_NOT_WHOLE = frozenset(
    ("submitted", "queued", "streaming", "running", "error", "failed", "failure")
)
"""States of a clip whose address is none yet, or that of a stream, or nothing's; gateways have words of their own for whole."""


def clips(row: Row) -> list[Clip]:
    """Return the clips of a task, in the gateway's order."""
    data = row.get("data")
    if isinstance(data, dict):
        data = next((data[one] for one in ("clips", "data", "songs") if data.get(one)), data)
    return [_clip(one) for one in dicts(data)]


def _clip(row: Row) -> Clip:
    """Read one clip; while it is not whole its address is that of a stream."""
    more = row.get("metadata")
    more = more if isinstance(more, dict) else {}
    state = text(row, "status", "state").strip().lower()
    whole = state not in _NOT_WHOLE
    words = text(more, "error_message", "error_type") or text(row, "error_message", "fail_reason")
    pending = row.get("is_video_pending") is True
    return Clip(
        id=text(row, "id", "clip_id", "clipId").strip(),
        title=text(row, "title"),
        lyrics=text(more, "prompt") or text(row, "prompt", "lyric", "lyrics"),
        seconds=seconds(more.get("duration"), row.get("duration")),
        audio=address(row, "audio_url", "audioUrl") if whole else "",
        picture=address(row, "image_large_url", "image_url", "imageLargeUrl", "imageUrl"),
        video="" if pending else address(row, "video_url", "videoUrl"),
        fault=words or ("" if whole else state),
        model=text(row, "model_name", "major_model_version", "mv"),
    )
