"""Udio behind a gateway of the new-api family: songs, as `omni check` knows them."""

from pathlib import Path
from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import (
    Audio,
    Handle,
    Service,
    ServiceSetting,
    Task,
    argument,
    hookimpl,
    read_prices,
)
from omnidsl_udio.limits import MODEL_HELP, MODEL_ZH, PARTS, WORDS, LyricsType, Model

_LYRICS_HELP, _LYRICS_ZH = "the words to be sung", "歌词"
_TYPE_HELP = "whose words: Udio's, one's own, or none; by default one's own where there are some"
_TYPE_ZH = "歌词来源：由 Udio 生成、自备，或纯音乐；给出歌词时默认为自备"
_AWAY_HELP, _AWAY_ZH = "what the song should keep away from", "需避免的内容"
_PROMPT_STRENGTH = ("how closely it follows the prompt", "遵循提示词的程度")
_LYRICS_STRENGTH = ("how closely it follows the lyrics", "遵循歌词的程度")
_CLARITY = ("how clear rather than natural it sounds", "清晰度（越高越清晰，越低越自然）")
_QUALITY = ("how much work is put into it", "生成质量")
_SEED_HELP, _SEED_ZH = (
    "a number that makes it repeatable; -1 is a new one",
    "随机种子，-1 表示每次不同",
)
_PLAIN_HELP, _PLAIN_ZH = (
    "take the prompt as it is, not improved by Udio",
    "按原样使用提示词，不由 Udio 优化",
)
_VIDEOS_HELP = "fetch the videos too, where the gateway has some"
_VIDEOS_ZH = "若网关提供视频，则一并下载"
_WHERE_HELP, _WHERE_ZH = "before its beginning, or after its end", "在开头之前，或在结尾之后"
_CONTEXT_HELP = "how many seconds of the song it listens to"
_CONTEXT_ZH = "参考原曲的秒数"


@attrs.frozen
class Music(Task[list[Audio]]):
    """Make a song in two versions."""

    zh: ClassVar[str] = "生成一首歌的两个版本。"

    prompt: str = argument(
        subject=True, help="what the song is about and how it sounds", zh="歌曲的主题与风格"
    )
    lyrics: str | None = argument(default=None, help=_LYRICS_HELP, zh=_LYRICS_ZH)
    lyrics_type: LyricsType | None = argument(default=None, help=_TYPE_HELP, zh=_TYPE_ZH)
    negative_prompt: str | None = argument(default=None, help=_AWAY_HELP, zh=_AWAY_ZH)
    model: Model = argument(default="udio32-v1.5", open=True, help=MODEL_HELP, zh=MODEL_ZH)
    section_start: float | None = argument(
        default=None,
        minimum=0,
        maximum=1,
        help="which part of a whole song it is: 0 the intro, 0.4 the middle, 0.9 the outro",
        zh="属于整首歌的哪一段：0 前奏，0.4 中段，0.9 尾奏",
    )
    section_end: float | None = argument(
        default=None, minimum=0, maximum=1, help="where that part ends", zh="该段的结束位置"
    )
    lyrics_start: float | None = argument(
        default=None,
        minimum=0,
        maximum=1,
        help="where singing begins, as a share of the clip",
        zh="演唱开始的位置（占片段的比例）",
    )
    lyrics_end: float | None = argument(
        default=None, minimum=0, maximum=1, help="where singing ends", zh="演唱结束的位置"
    )
    prompt_strength: float | None = argument(
        default=None, minimum=0, maximum=1, help=_PROMPT_STRENGTH[0], zh=_PROMPT_STRENGTH[1]
    )
    lyrics_strength: float | None = argument(
        default=None, minimum=0, maximum=1, help=_LYRICS_STRENGTH[0], zh=_LYRICS_STRENGTH[1]
    )
    clarity: float | None = argument(
        default=None, minimum=0, maximum=1, help=_CLARITY[0], zh=_CLARITY[1]
    )
    quality: float | None = argument(
        default=None, minimum=0, maximum=1, help=_QUALITY[0], zh=_QUALITY[1]
    )
    seed: int = argument(default=-1, minimum=-1, help=_SEED_HELP, zh=_SEED_ZH)
    plain: bool = argument(default=False, help=_PLAIN_HELP, zh=_PLAIN_ZH)
    videos: bool = argument(default=False, help=_VIDEOS_HELP, zh=_VIDEOS_ZH)

    parts: ClassVar = PARTS
    limits: ClassVar = WORDS


@attrs.frozen
class Extend(Task[list[Audio]]):
    """Go on with one version of a song, before its beginning or after its end."""

    zh: ClassVar[str] = "续写某个版本：接在结尾之后，或加在开头之前。"

    song: Handle[list[Audio]] = argument(
        subject=True, help="a song of an earlier step", zh="先前步骤生成的歌曲"
    )
    prompt: str = argument(help="what is to come there, and how it sounds", zh="续写内容与风格")
    where: Literal["before", "after"] = argument(default="after", help=_WHERE_HELP, zh=_WHERE_ZH)
    clip: int = argument(
        default=1,
        minimum=1,
        maximum=2,
        help="which of its versions, 1 or 2",
        zh="哪一个版本，1 或 2",
    )
    lyrics: str | None = argument(default=None, help=_LYRICS_HELP, zh=_LYRICS_ZH)
    lyrics_type: LyricsType | None = argument(default=None, help=_TYPE_HELP, zh=_TYPE_ZH)
    negative_prompt: str | None = argument(default=None, help=_AWAY_HELP, zh=_AWAY_ZH)
    model: Model = argument(default="udio32-v1.5", open=True, help=MODEL_HELP, zh=MODEL_ZH)
    context: int = argument(default=130, minimum=1, help=_CONTEXT_HELP, zh=_CONTEXT_ZH)
    seed: int = argument(default=-1, minimum=-1, help=_SEED_HELP, zh=_SEED_ZH)
    plain: bool = argument(default=False, help=_PLAIN_HELP, zh=_PLAIN_ZH)
    videos: bool = argument(default=False, help=_VIDEOS_HELP, zh=_VIDEOS_ZH)

    parts: ClassVar = PARTS
    limits: ClassVar = WORDS


@attrs.frozen
class ExtendClip(Task[list[Audio]]):
    """Go on with a song that was made elsewhere, known by its id."""

    zh: ClassVar[str] = "续写在别处生成的歌曲，由编号指定。"

    clip_id: str = argument(subject=True, help="the song's id", zh="歌曲的 ID")
    prompt: str = argument(help="what is to come there, and how it sounds", zh="续写内容与风格")
    where: Literal["before", "after"] = argument(default="after", help=_WHERE_HELP, zh=_WHERE_ZH)
    lyrics: str | None = argument(default=None, help=_LYRICS_HELP, zh=_LYRICS_ZH)
    lyrics_type: LyricsType | None = argument(default=None, help=_TYPE_HELP, zh=_TYPE_ZH)
    negative_prompt: str | None = argument(default=None, help=_AWAY_HELP, zh=_AWAY_ZH)
    model: Model = argument(default="udio32-v1.5", open=True, help=MODEL_HELP, zh=MODEL_ZH)
    context: int = argument(default=130, minimum=1, help=_CONTEXT_HELP, zh=_CONTEXT_ZH)
    seed: int = argument(default=-1, minimum=-1, help=_SEED_HELP, zh=_SEED_ZH)
    plain: bool = argument(default=False, help=_PLAIN_HELP, zh=_PLAIN_ZH)
    videos: bool = argument(default=False, help=_VIDEOS_HELP, zh=_VIDEOS_ZH)

    parts: ClassVar = PARTS
    limits: ClassVar = WORDS


@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `udio`."""
    return [
        Service(
            name="udio",
            operations=(Music, Extend, ExtendClip),
            implementation="omnidsl_udio.backend:Udio",
            summary="songs, by Udio",
            zh="Udio：生成歌曲",
            # A minute or two, as with Suno: both versions are waited for.
            usual_seconds=100.0,
            # Nothing lists what a key has bought, so that waiting for it would prove nothing.
            settling_seconds=0.0,
            settings=(
                ServiceSetting(
                    "dialect",
                    Literal["submit-music", "generate-proxy"],
                    default="submit-music",
                    help="how the gateway sells Udio's songs: by `/udio/submit/music`, or by `/udio/generate-proxy`",
                    zh="网关提供 Udio 的方式：`/udio/submit/music` 或 `/udio/generate-proxy`",
                ),
            ),
            prices=read_prices(Path(__file__).with_name("prices.toml")),
        )
    ]
