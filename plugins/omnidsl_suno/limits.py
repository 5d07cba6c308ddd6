"""What Suno's models take, and what stands beside a song (wire reference, section 2)."""

from collections.abc import Iterator, Mapping
from typing import Literal

from omnidsl.plugins import Image, Limit, Video

Model = Literal[
    "chirp-v3-0",
    "chirp-v3-5",
    "chirp-v4",
    "chirp-v4-5",
    "chirp-auk",
    "chirp-bluejay",
    "chirp-v5",
    "chirp-crow",
    "chirp-fenix",
]
"""Names that gateways know; their tables differ, so that any other name passes."""

MODEL_HELP = (
    "a model of the gateway: chirp-auk is 4.5, chirp-bluejay 4.5+, chirp-crow 5, chirp-fenix 5.5"
)
MODEL_ZH = (
    "网关提供的模型：chirp-auk 即 4.5，chirp-bluejay 即 4.5+，chirp-crow 即 5，chirp-fenix 即 5.5"
)

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

DESCRIPTION, TITLE = 400, 80
LYRICS, TAGS = 5000, 1000
"""Characters, of 4.5 and what is newer."""

_OLDER_LYRICS, _OLDER_TAGS = 3000, 200
_NEWER, _OLDER = "chirp-v4-5*", "chirp-v[234]*"
"""Of two names that fit, the first counts: 4.5 begins like 4."""


def _by_model(
    argument: str,
    most: int,
    older: int,
    *,
    needed: Mapping[str, str] | None = None,
    why: str = "",
    zh: str = "",
) -> Iterator[Limit]:
    """Yield the limits of a text; it is needed where other arguments are as `needed` says."""
    models = ((_NEWER, most), (_OLDER, older), ("*", most))
    if needed is not None:
        for model, length in models:
            when = {**needed, "model": model}
            yield Limit(argument, when=when, given=True, max_length=length, help=why, zh=zh)
    for model, length in models:
        yield Limit(
            argument,
            when={"model": model},
            max_length=length,
            help=f"{model} takes {length} characters",
            zh=f"{model} 最多 {length} 个字符",
        )


OF_WORDS: tuple[Limit, ...] = (
    *_by_model("lyrics", LYRICS, _OLDER_LYRICS),
    *_by_model("tags", TAGS, _OLDER_TAGS),
    *_by_model("negative_tags", TAGS, _OLDER_TAGS),
)

MUSIC: tuple[Limit, ...] = (
    *(
        Limit(
            name,
            when={"description": "*"},
            given=False,
            help="from a description Suno writes them itself",
            zh="有描述时，这些内容由 Suno 自行生成",
        )
        for name in ("lyrics", "title", "tags", "negative_tags")
    ),
    *_by_model(
        "lyrics",
        LYRICS,
        _OLDER_LYRICS,
        needed={"instrumental": "false"},
        why="a song needs a description, lyrics, or `instrumental: true`",
        zh="歌曲需要描述、歌词，或 `instrumental: true`",
    ),
    *_by_model(
        "tags",
        TAGS,
        _OLDER_TAGS,
        needed={"instrumental": "true", "lyrics": "!*"},
        why="without words, its style says what a song is",
        zh="没有歌词时，须以风格说明歌曲",
    ),
    *_by_model("negative_tags", TAGS, _OLDER_TAGS),
)
