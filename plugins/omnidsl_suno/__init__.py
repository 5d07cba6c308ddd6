"""Suno behind a gateway of the new-api family: songs and lyrics, as `omni check` knows them."""

from pathlib import Path
from typing import ClassVar

import attrs

from omnidsl.plugins import (
    Audio,
    Handle,
    Service,
    Task,
    argument,
    hookimpl,
    read_prices,
)
from omnidsl_suno.limits import (
    LYRICS,
    MODEL_HELP,
    MODEL_ZH,
    MUSIC,
    OF_WORDS,
    PARTS,
    TAGS,
    TITLE,
    Model,
)

_LYRICS_HELP = "the words to be sung, with parts such as [Verse] and [Chorus]"
_LYRICS_ZH = "歌词，可含 [Verse]、[Chorus] 等段落标记"
_TITLE_HELP, _TITLE_ZH = "the song's name", "歌曲标题"
_TAGS_HELP, _TAGS_ZH = "its style: genres, instruments, voices", "风格：流派、乐器、人声等"
_AWAY_HELP = "styles to keep away from; new-api drops them, other gateways hand them on"
_AWAY_ZH = "需避免的风格；原版 new-api 会丢弃此项，其他网关会转发"
_ALONE_HELP, _ALONE_ZH = "nobody sings", "纯音乐，无人声"
_VIDEOS_HELP = "fetch the videos too, where the gateway has some"
_VIDEOS_ZH = "若网关提供视频，则一并下载"
_AT_HELP, _AT_ZH = "the second from which it goes on", "从第几秒开始续写"


@attrs.frozen
class Music(Task[list[Audio]]):
    """Make a song in two versions: from a description, or from lyrics and a style of one's own."""

    zh: ClassVar[str] = "生成一首歌的两个版本：由描述生成，或使用自己的歌词与风格。"

    prompt: str | None = argument(
        default=None,
        subject=True,
        max_length=LYRICS,
        help="what the song is about; beside `tags` or `title` its lyrics, as with Suno itself",
        zh="歌曲描述；给出 `tags` 或 `title` 时则为歌词，与 Suno 本身一致",
    )
    lyrics: str | None = argument(default=None, max_length=LYRICS, help=_LYRICS_HELP, zh=_LYRICS_ZH)
    title: str | None = argument(default=None, max_length=TITLE, help=_TITLE_HELP, zh=_TITLE_ZH)
    tags: str | None = argument(default=None, max_length=TAGS, help=_TAGS_HELP, zh=_TAGS_ZH)
    negative_tags: str | None = argument(
        default=None, max_length=TAGS, help=_AWAY_HELP, zh=_AWAY_ZH
    )
    instrumental: bool = argument(default=False, help=_ALONE_HELP, zh=_ALONE_ZH)
    model: Model = argument(default="chirp-v4", open=True, help=MODEL_HELP, zh=MODEL_ZH)
    videos: bool = argument(default=False, help=_VIDEOS_HELP, zh=_VIDEOS_ZH)

    parts: ClassVar = PARTS
    limits: ClassVar = MUSIC


@attrs.frozen
class Extend(Task[list[Audio]]):
    """Go on with one version of a song from a second of it, in two new versions."""

    zh: ClassVar[str] = "从某个版本的指定秒数处续写歌曲，得到两个新版本。"

    song: Handle[list[Audio]] = argument(
        subject=True, help="a song of an earlier step", zh="先前步骤生成的歌曲"
    )
    at: float = argument(minimum=0, help=_AT_HELP, zh=_AT_ZH)
    clip: int = argument(
        default=1,
        minimum=1,
        maximum=2,
        help="which of its versions, 1 or 2",
        zh="哪一个版本，1 或 2",
    )
    lyrics: str | None = argument(default=None, max_length=LYRICS, help=_LYRICS_HELP, zh=_LYRICS_ZH)
    title: str | None = argument(default=None, max_length=TITLE, help=_TITLE_HELP, zh=_TITLE_ZH)
    tags: str | None = argument(default=None, max_length=TAGS, help=_TAGS_HELP, zh=_TAGS_ZH)
    negative_tags: str | None = argument(
        default=None, max_length=TAGS, help=_AWAY_HELP, zh=_AWAY_ZH
    )
    instrumental: bool = argument(default=False, help=_ALONE_HELP, zh=_ALONE_ZH)
    model: Model = argument(default="chirp-v4", open=True, help=MODEL_HELP, zh=MODEL_ZH)
    videos: bool = argument(default=False, help=_VIDEOS_HELP, zh=_VIDEOS_ZH)

    parts: ClassVar = PARTS
    limits: ClassVar = OF_WORDS


@attrs.frozen
class ExtendClip(Task[list[Audio]]):
    """Go on with a song that was made elsewhere, known by the ids of its clip and of its task."""

    zh: ClassVar[str] = "续写在别处生成的歌曲，由片段编号与任务编号指定。"

    clip_id: str = argument(subject=True, help="the clip's id", zh="片段的 ID")
    task_id: str = argument(help="the task that made it", zh="生成该片段的任务 ID")
    at: float = argument(minimum=0, help=_AT_HELP, zh=_AT_ZH)
    lyrics: str | None = argument(default=None, max_length=LYRICS, help=_LYRICS_HELP, zh=_LYRICS_ZH)
    title: str | None = argument(default=None, max_length=TITLE, help=_TITLE_HELP, zh=_TITLE_ZH)
    tags: str | None = argument(default=None, max_length=TAGS, help=_TAGS_HELP, zh=_TAGS_ZH)
    negative_tags: str | None = argument(
        default=None, max_length=TAGS, help=_AWAY_HELP, zh=_AWAY_ZH
    )
    instrumental: bool = argument(default=False, help=_ALONE_HELP, zh=_ALONE_ZH)
    model: Model = argument(default="chirp-v4", open=True, help=MODEL_HELP, zh=MODEL_ZH)
    videos: bool = argument(default=False, help=_VIDEOS_HELP, zh=_VIDEOS_ZH)

    parts: ClassVar = PARTS
    limits: ClassVar = OF_WORDS


@attrs.frozen
class Lyrics(Task[str]):
    """Write the words of a song."""

    zh: ClassVar[str] = "写歌词。"

    prompt: str = argument(
        subject=True, max_length=LYRICS, help="what the song is about", zh="歌曲的主题"
    )

    parts: ClassVar = {"title": str}


@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `suno`."""
    return [
        Service(
            name="suno",
            operations=(Music, Extend, ExtendClip, Lyrics),
            implementation="omnidsl_suno.backend:Suno",
            summary="songs and lyrics, by Suno",
            zh="Suno：生成歌曲与歌词",
            # A song takes one to three minutes until both of its versions are whole.
            usual_seconds=100.0,
            # Nothing lists what a key has bought, so that waiting for it would prove nothing.
            settling_seconds=0.0,
            prices=read_prices(Path(__file__).with_name("prices.toml")),
        )
    ]
