"""Speech from words, and words from speech: what `omni check` knows of them (wire reference, section 4.3)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import attrs

from omnidsl.plugins import Audio, Immediate, Limit, Video, argument

_OLDER = {"model": "tts-1*"}
_OLDER_VOICES = ("alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer")


@attrs.frozen
class Speech(Immediate[Audio]):
    """Read a text aloud."""

    zh: ClassVar[str] = "朗读文字。"

    limits: ClassVar[tuple[Limit, ...]] = (
        Limit(
            "voice",
            when=_OLDER,
            choices=_OLDER_VOICES,
            help="the others are of gpt-4o-mini-tts",
            zh="其余声音属于 gpt-4o-mini-tts",
        ),
        Limit(
            "voice",
            when={"model": "gpt-4o-mini-tts*"},
            choices=(*_OLDER_VOICES, "ballad", "verse", "marin", "cedar"),
        ),
        Limit(
            "instructions",
            when=_OLDER,
            given=False,
            help="gpt-4o-mini-tts follows them",
            zh="由 gpt-4o-mini-tts 支持",
        ),
    )

    text: str = argument(
        subject=True,
        max_length=4096,
        splits=True,
        help="what is said; a list of texts is said one by one",
        zh="朗读的文字；文本列表会逐条朗读",
    )
    voice: Literal[
        "alloy",
        "ash",
        "ballad",
        "coral",
        "echo",
        "fable",
        "onyx",
        "nova",
        "sage",
        "shimmer",
        "verse",
        "marin",
        "cedar",
    ] = argument(default="alloy", open=True, help="who says it", zh="声音")
    model: Literal["tts-1", "tts-1-hd", "gpt-4o-mini-tts"] = argument(
        default="tts-1", open=True, help="a model of the gateway", zh="网关提供的模型"
    )
    format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = argument(
        default="mp3",
        help="the kind of file; pcm is kept as WAV",
        zh="文件格式；pcm 会存为 WAV",
    )
    speed: float | None = argument(
        default=None, minimum=0.25, maximum=4, help="1 is usual", zh="语速，1 为正常"
    )
    instructions: str | None = argument(
        default=None,
        max_length=4096,
        help="how it is said, with gpt-4o-mini-tts",
        zh="朗读方式，仅 gpt-4o-mini-tts",
    )


_Format = Literal["json", "text", "srt", "vtt", "verbose"]


_RECORDING: Mapping[str, Any] = {
    "subject": True,
    "max_bytes": 25 * 2**20,
    "help": "flac, mp3, mp4, mpeg, mpga, m4a, ogg, wav or webm, up to 25 MB",
    "zh": "flac、mp3、mp4、mpeg、mpga、m4a、ogg、wav 或 webm，最大 25 MB",
}
_PROMPT: Mapping[str, Any] = {
    "default": None,
    "help": "words before it, or names that it may hold",
    "zh": "前文，或其中可能出现的名称",
}
_TEMPERATURE: Mapping[str, Any] = {
    "default": None,
    "minimum": 0,
    "maximum": 1,
    "help": "0 is steady",
    "zh": "0 最稳定",
}
_FORMAT: Mapping[str, Any] = {
    "default": "json",
    "help": "srt and vtt are subtitles, verbose has times as its parts",
    "zh": "srt 与 vtt 为字幕，verbose 另含时间信息",
}
_PARTS = {"language": str, "duration": float, "segments": dict, "words": dict}


@attrs.frozen
class Transcribe(Immediate[str]):
    """Write down what a recording says."""

    zh: ClassVar[str] = "将录音转写成文字。"

    limits: ClassVar[tuple[Limit, ...]] = (
        Limit(
            "format",
            when={"model": "gpt-4o*"},
            choices=("json",),
            help="whisper-1 has the other forms",
            zh="其他格式请用 whisper-1",
        ),
        Limit(
            "timestamps",
            when={"format": "!verbose"},
            given=False,
            help='`format: "verbose"` has times',
            zh='仅 `format: "verbose"` 含时间',
        ),
    )
    parts: ClassVar = _PARTS

    recording: Audio | Video = argument(**_RECORDING)
    model: Literal["whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe"] = argument(
        default="whisper-1", open=True, help="a model of the gateway", zh="网关提供的模型"
    )
    language: str | None = argument(
        default=None,
        max_length=8,
        help="its language as a code of two letters, as `en` or `zh`",
        zh="录音语言的两字母代码，如 `en`、`zh`",
    )
    prompt: str | None = argument(**_PROMPT)
    temperature: float | None = argument(**_TEMPERATURE)
    format: _Format = argument(**_FORMAT)
    timestamps: Literal["segments", "words", "both"] | None = argument(
        default=None, help="which times are told, with verbose", zh="时间粒度，仅 verbose"
    )


@attrs.frozen
class Translate(Immediate[str]):
    """Write down in English what a recording says."""

    zh: ClassVar[str] = "将录音翻译并转写成英文。"

    parts: ClassVar = {name: _PARTS[name] for name in ("language", "duration", "segments")}

    recording: Audio | Video = argument(**_RECORDING)
    model: Literal["whisper-1"] = argument(
        default="whisper-1", open=True, help="a model of the gateway", zh="网关提供的模型"
    )
    prompt: str | None = argument(**_PROMPT)
    temperature: float | None = argument(**_TEMPERATURE)
    format: _Format = argument(**_FORMAT)
