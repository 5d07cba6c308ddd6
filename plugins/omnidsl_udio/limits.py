"""What Udio takes beside each other, and what stands beside a song (wire reference, section 3)."""

from collections.abc import Mapping
from typing import Literal

from omnidsl.plugins import Image, Limit, Video

Model = Literal["udio32-v1.5", "udio130-v1.5"]
"""Names that gateways know, others pass: about 33 seconds, and about 130."""

LyricsType = Literal["generate", "user", "instrumental"]

MODEL_HELP = "udio32 makes about 33 seconds, udio130 about 130"
MODEL_ZH = "udio32 约 33 秒，udio130 约 130 秒"

PARTS: Mapping[str, object] = {
    "task_id": str,
    "titles": list[str],
    "durations": list[float],
    "lyrics": list[str],
    "clips": list[str],
    "pictures": list[Image],
    "videos": list[Video],
}
"""Lists are in the order of the clips; `clips` are their ids, `durations` are in seconds."""

_USER = "`lyrics_type: user` sings lyrics of one's own"
_USER_ZH = "`lyrics_type: user` 表示使用自备歌词"
_NONE = "Udio writes the words itself, or nobody sings"
_NONE_ZH = "歌词由 Udio 生成，或为纯音乐"

WORDS: tuple[Limit, ...] = (
    Limit("lyrics", when={"lyrics_type": "user"}, given=True, help=_USER, zh=_USER_ZH),
    Limit("lyrics", when={"lyrics_type": "generate"}, given=False, help=_NONE, zh=_NONE_ZH),
    Limit("lyrics", when={"lyrics_type": "instrumental"}, given=False, help=_NONE, zh=_NONE_ZH),
)
