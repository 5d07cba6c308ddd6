"""Pictures from words, and pictures from pictures: what `omni check` knows of them (wire reference, section 4.2)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import attrs

from omnidsl.plugins import Image, Immediate, Limit, argument

MEGABYTE = 2**20

_NEWER = {"model": "gpt-image*"}
_OLDER = {"model": "dall-e*"}
_TWO = {"model": "dall-e-2*"}
_THREE = {"model": "dall-e-3*"}

_SIZES_OF_TWO = ("256x256", "512x512", "1024x1024")
_SIZES_OF_THREE = ("1024x1024", "1792x1024", "1024x1792")
_SIZES_OF_NEWER = ("auto", "1024x1024", "1536x1024", "1024x1536")
_QUALITIES = ("auto", "low", "medium", "high")

_ONLY_NEWER = "gpt-image models alone know it"
_ONLY_NEWER_ZH = "仅 gpt-image 模型支持"


def _newer(name: str) -> Limit:
    """Return the limit of an argument that only the newer models know."""
    return Limit(name, when=_OLDER, given=False, help=_ONLY_NEWER, zh=_ONLY_NEWER_ZH)


_OF_ALL = (
    Limit("prompt", when=_TWO, max_length=1000),
    Limit("prompt", when=_THREE, max_length=4000),
    Limit("size", when=_TWO, choices=_SIZES_OF_TWO),
    Limit("size", when=_THREE, choices=_SIZES_OF_THREE),
    # Free sizes: multiples of 16, which the backend looks at.
    Limit("size", when={"model": "gpt-image-2*"}, max_length=9),
    Limit("size", when=_NEWER, choices=_SIZES_OF_NEWER),
    Limit("quality", when=_TWO, given=False),
    Limit("quality", when=_THREE, choices=("standard", "hd")),
    Limit("quality", when=_NEWER, choices=_QUALITIES),
    _newer("background"),
    Limit(
        "background",
        when={"output_format": "jpeg"},
        choices=("auto", "opaque"),
        help="a JPEG has no clear parts",
        zh="JPEG 没有透明部分",
    ),
    _newer("output_format"),
    _newer("output_compression"),
    Limit(
        "output_compression",
        when={"output_format": "!*"},
        given=False,
        help="PNG is never lossy",
        zh="PNG 始终无损",
    ),
    Limit("output_compression", when={"output_format": "png"}, given=False),
)


_OF_IDEAS = (
    *_OF_ALL,
    Limit("style", when=_NEWER, given=False),
    Limit("style", when=_TWO, given=False),
    _newer("moderation"),
)


Size = Literal[
    "auto",
    "256x256",
    "512x512",
    "1024x1024",
    "1792x1024",
    "1024x1792",
    "1536x1024",
    "1024x1536",
]
Quality = Literal["standard", "hd", "auto", "low", "medium", "high"]
Background = Literal["auto", "transparent", "opaque"]
Format = Literal["png", "jpeg", "webp"]


_PROMPT: Mapping[str, Any] = {
    "subject": True,
    "max_length": 32000,
    "help": "what the picture shows: 1000 characters for dall-e-2, 4000 for dall-e-3",
    "zh": "画面描述：dall-e-2 最多 1000 字符，dall-e-3 最多 4000 字符",
}
_MODEL: Mapping[str, Any] = {"open": True, "help": "a model of the gateway", "zh": "网关提供的模型"}


_SIZE: Mapping[str, Any] = {
    "default": "1024x1024",
    "open": True,
    "help": "width x height, in pixels",
    "zh": "宽 x 高（像素）",
}
_QUALITY: Mapping[str, Any] = {
    "default": None,
    "help": "standard or hd with dall-e-3, low to high with gpt-image",
    "zh": "dall-e-3 用 standard 或 hd，gpt-image 用 low 到 high",
}
_STYLE: Mapping[str, Any] = {"default": None, "help": "with dall-e-3", "zh": "仅 dall-e-3"}
_BACKGROUND: Mapping[str, Any] = {"default": None, "help": "with gpt-image", "zh": "仅 gpt-image"}
_FORMAT: Mapping[str, Any] = {
    "default": None,
    "help": "the kind of file, with gpt-image",
    "zh": "文件格式，仅 gpt-image",
}
_COMPRESSION: Mapping[str, Any] = {
    "default": None,
    "minimum": 0,
    "maximum": 100,
    "help": "how much of a JPEG or WebP is kept, in per cent",
    "zh": "JPEG 或 WebP 的质量（百分比）",
}
_MODERATION: Mapping[str, Any] = {
    "default": None,
    "help": "how strict its filter is, with gpt-image",
    "zh": "审核强度，仅 gpt-image",
}


@attrs.frozen
class Draw(Immediate[Image]):
    """Draw one picture from a text."""

    zh: ClassVar[str] = "由文字绘制一张图片。"

    name: ClassVar[str] = "image"
    limits: ClassVar[tuple[Limit, ...]] = _OF_IDEAS

    prompt: str = argument(**_PROMPT)
    model: Literal["dall-e-3", "dall-e-2", "gpt-image-1", "gpt-image-1-mini"] = argument(
        default="dall-e-3", **_MODEL
    )
    size: Size = argument(**_SIZE)
    quality: Quality | None = argument(**_QUALITY)
    style: Literal["vivid", "natural"] | None = argument(**_STYLE)
    background: Background | None = argument(**_BACKGROUND)
    output_format: Format | None = argument(**_FORMAT)
    output_compression: int | None = argument(**_COMPRESSION)
    moderation: Literal["auto", "low"] | None = argument(**_MODERATION)


@attrs.frozen
class Images(Immediate[list[Image]]):
    """Draw several pictures from a text, in one request."""

    zh: ClassVar[str] = "一次请求由文字绘制多张图片。"

    limits: ClassVar[tuple[Limit, ...]] = (
        *_OF_IDEAS,
        Limit(
            "n",
            when=_THREE,
            maximum=1,
            help="dall-e-3 draws one at a time",
            zh="dall-e-3 每次只画一张",
        ),
    )

    prompt: str = argument(**_PROMPT)
    n: int = argument(minimum=1, maximum=10, help="how many pictures", zh="图片数量")
    model: Literal["gpt-image-1", "gpt-image-1-mini", "dall-e-2", "dall-e-3"] = argument(
        default="gpt-image-1", **_MODEL
    )
    size: Size = argument(**_SIZE)
    quality: Quality | None = argument(**_QUALITY)
    style: Literal["vivid", "natural"] | None = argument(**_STYLE)
    background: Background | None = argument(**_BACKGROUND)
    output_format: Format | None = argument(**_FORMAT)
    output_compression: int | None = argument(**_COMPRESSION)
    moderation: Literal["auto", "low"] | None = argument(**_MODERATION)


@attrs.frozen
class Edit(Immediate[Image]):
    """Make a picture from one or several others, or paint one anew where a mask is clear."""

    zh: ClassVar[str] = "由一张或多张图片生成新图，或在蒙版透明处重绘。"

    limits: ClassVar[tuple[Limit, ...]] = (
        *_OF_ALL,
        Limit(
            "picture",
            when=_TWO,
            max_length=1,
            help="dall-e-2 starts from one picture",
            zh="dall-e-2 只接受一张图片",
        ),
        Limit(
            "model",
            when=_THREE,
            choices=("gpt-image-1", "gpt-image-1-mini", "dall-e-2"),
            help="dall-e-3 edits nothing",
            zh="dall-e-3 不支持编辑",
        ),
        _newer("input_fidelity"),
    )

    picture: Image | list[Image] = argument(
        subject=True,
        min_items=1,
        max_items=16,
        max_bytes=50 * MEGABYTE,
        help="what is edited: PNG, JPEG or WebP; one square PNG of 4 MB for dall-e-2",
        zh="要编辑的图片：PNG、JPEG 或 WebP；dall-e-2 只接受一张 4 MB 以内的正方形 PNG",
    )
    prompt: str = argument(
        max_length=32000,
        help="what the whole picture shall show, up to 1000 characters for dall-e-2",
        zh="整张图片应呈现的内容，dall-e-2 最多 1000 字符",
    )
    mask: Image | None = argument(
        default=None,
        max_bytes=4 * MEGABYTE,
        help="a PNG of the same size whose clear parts are painted anew",
        zh="尺寸相同的 PNG，其透明部分会被重绘",
    )
    model: Literal["gpt-image-1", "gpt-image-1-mini", "dall-e-2"] = argument(
        default="gpt-image-1", **_MODEL
    )
    size: Size = argument(**_SIZE)
    quality: Quality | None = argument(**_QUALITY)
    background: Background | None = argument(**_BACKGROUND)
    output_format: Format | None = argument(**_FORMAT)
    output_compression: int | None = argument(**_COMPRESSION)
    input_fidelity: Literal["low", "high"] | None = argument(
        default=None,
        help="how closely faces and features are kept, with gpt-image-1",
        zh="对原图细节的保留程度，仅 gpt-image-1",
    )
