"""What Suno's models take, and what stands beside a song (wire reference, section 2)."""

from collections.abc import Mapping
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


def _older(argument: str, most: int) -> tuple[Limit, ...]:
    """Return the limits of a text that older models take less of."""
    return (
        Limit(argument, when={"model": _NEWER}),
        Limit(
            argument,
            when={"model": _OLDER},
            max_length=most,
            help=f"models before 4.5 take {most} characters",
            zh=f"4.5 之前的模型最多 {most} 个字符",
        ),
    )


OF_WORDS: tuple[Limit, ...] = (
    *_older("lyrics", _OLDER_LYRICS),
    *_older("tags", _OLDER_TAGS),
    *_older("negative_tags", _OLDER_TAGS),
)

MUSIC: tuple[Limit, ...] = (
    Limit(
        "prompt",
        when={"tags": "!*", "title": "!*", "negative_tags": "!*"},
        max_length=DESCRIPTION,
        help=f"alone it describes the song, in at most {DESCRIPTION} characters",
        zh=f"单独使用时是歌曲描述，最多 {DESCRIPTION} 个字符",
    ),
    *_older("prompt", _OLDER_LYRICS),
    Limit(
        "lyrics",
        when={"prompt": "*"},
        given=False,
        help="either one has the words",
        zh="两者都是歌词或描述，只能给出一个",
    ),
    Limit(
        "lyrics",
        when={"lyrics": "!*", "instrumental": "false"},
        given=True,
        help="a song needs a prompt, lyrics, or `instrumental: true`",
        zh="歌曲需要描述、歌词，或 `instrumental: true`",
    ),
    Limit(
        "tags",
        when={"tags": "!*", "lyrics": "!*", "prompt": "!*", "instrumental": "true"},
        given=True,
        help="without words, its style says what a song is",
        zh="没有歌词时，须以风格说明歌曲",
    ),
    *OF_WORDS,
)
