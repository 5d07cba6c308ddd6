"""Stability AI's pictures (REST, v2beta): what `omni check` knows of them."""

from pathlib import Path
from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import (
    Image,
    Immediate,
    Limit,
    Service,
    Task,
    argument,
    hookimpl,
    read_prices,
)

Ratio = Literal["1:1", "16:9", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"]
Format = Literal["png", "jpeg", "webp"]
Style = Literal[
    "3d-model", "analog-film", "anime", "cinematic", "comic-book", "digital-art", "enhance",
    "fantasy-art", "isometric", "line-art", "low-poly", "modeling-compound", "neon-punk",
    "origami", "photographic", "pixel-art", "tile-texture",
]  # fmt: skip  # a list of words

_WORDS = 10_000
_SEEDS = 4_294_967_294
_BYTES = 10 * 2**20


@attrs.frozen
class Core(Immediate[Image]):
    """Draw a picture with Stable Image Core: fast and cheap."""

    prompt: str = argument(
        subject=True, max_length=_WORDS, help="what the picture shows", zh="画面描述"
    )
    aspect_ratio: Ratio = argument(default="1:1", help="width to height", zh="宽高比")
    negative_prompt: str | None = argument(
        default=None, max_length=_WORDS, help="what it must not show", zh="不应出现的内容"
    )
    style_preset: Style | None = argument(default=None, help="a style of the house", zh="预设风格")
    seed: int | None = argument(
        default=None, minimum=0, maximum=_SEEDS, help="0 is a random one", zh="随机种子，0 为随机"
    )
    output_format: Format = argument(default="png", help="the kind of file", zh="文件格式")


@attrs.frozen
class Ultra(Immediate[Image]):
    """Draw a picture with Stable Image Ultra: the best of the house."""

    prompt: str = argument(
        subject=True, max_length=_WORDS, help="what the picture shows", zh="画面描述"
    )
    aspect_ratio: Ratio = argument(default="1:1", help="width to height", zh="宽高比")
    negative_prompt: str | None = argument(
        default=None, max_length=_WORDS, help="what it must not show", zh="不应出现的内容"
    )
    seed: int | None = argument(
        default=None, minimum=0, maximum=_SEEDS, help="0 is a random one", zh="随机种子，0 为随机"
    )
    output_format: Format = argument(default="png", help="the kind of file", zh="文件格式")


@attrs.frozen
class SD3(Immediate[Image]):
    """Draw a picture with Stable Diffusion 3.5, from words alone or from a picture too."""

    name: ClassVar[str] = "sd3"
    limits: ClassVar = (
        Limit(
            "aspect_ratio",
            when={"picture": "*"},
            given=False,
            help="a picture keeps its own",
            zh="以图生图时沿用原图比例",
        ),
        Limit(
            "strength",
            when={"picture": "*"},
            given=True,
            help="how far to go from the picture",
            zh="以图生图须指定强度",
        ),
        Limit(
            "strength",
            when={"picture": "!*"},
            given=False,
            help="without a picture it means nothing",
            zh="没有原图时强度无意义",
        ),
    )

    prompt: str = argument(
        subject=True, max_length=_WORDS, help="what the picture shows", zh="画面描述"
    )
    model: Literal["sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium", "sd3.5-flash"] = argument(
        default="sd3.5-large", open=True, help="which model draws", zh="模型"
    )
    picture: Image | None = argument(
        default=None, max_bytes=_BYTES, help="a picture to begin with", zh="作为起点的图片"
    )
    strength: float | None = argument(
        default=None,
        minimum=0,
        maximum=1,
        help="0 keeps the picture, 1 forgets it",
        zh="0 保留原图，1 完全重画",
    )
    aspect_ratio: Ratio | None = argument(
        default=None, help="width to height (1:1)", zh="宽高比（默认 1:1）"
    )
    negative_prompt: str | None = argument(
        default=None, max_length=_WORDS, help="what it must not show", zh="不应出现的内容"
    )
    cfg_scale: float | None = argument(
        default=None,
        minimum=1,
        maximum=10,
        help="how closely to keep to the prompt",
        zh="对提示词的遵循程度",
    )
    seed: int | None = argument(
        default=None, minimum=0, maximum=_SEEDS, help="0 is a random one", zh="随机种子，0 为随机"
    )
    output_format: Literal["png", "jpeg"] = argument(
        default="png", help="the kind of file", zh="文件格式"
    )


@attrs.frozen
class Upscale(Immediate[Image]):
    """Make a picture four times as wide, fast and without inventing anything."""

    picture: Image = argument(subject=True, max_bytes=_BYTES, help="the picture", zh="图片")
    output_format: Format = argument(default="png", help="the kind of file", zh="文件格式")


@attrs.frozen
class UpscaleCreative(Task[Image]):
    """Make a small or broken picture large, and invent what it lacks: takes a minute or more."""

    picture: Image = argument(subject=True, max_bytes=_BYTES, help="the picture", zh="图片")
    prompt: str = argument(max_length=_WORDS, help="what the picture shows", zh="画面描述")
    negative_prompt: str | None = argument(
        default=None, max_length=_WORDS, help="what it must not show", zh="不应出现的内容"
    )
    creativity: float | None = argument(
        default=None,
        minimum=0.1,
        maximum=0.5,
        help="how much to invent (0.3)",
        zh="创造程度（默认 0.3）",
    )
    seed: int | None = argument(
        default=None, minimum=0, maximum=_SEEDS, help="0 is a random one", zh="随机种子，0 为随机"
    )
    output_format: Format = argument(default="png", help="the kind of file", zh="文件格式")


@attrs.frozen
class Inpaint(Immediate[Image]):
    """Draw a part of a picture anew: where the mask is white."""

    picture: Image = argument(subject=True, max_bytes=_BYTES, help="the picture", zh="图片")
    prompt: str = argument(max_length=_WORDS, help="what to draw there", zh="要画的内容")
    mask: Image | None = argument(
        default=None,
        max_bytes=_BYTES,
        help="white where to draw; else the picture's alpha says so",
        zh="白色处重画；不给则用图片的透明通道",
    )
    grow_mask: int | None = argument(
        default=None,
        minimum=0,
        maximum=20,
        help="pixels by which the mask grows (5)",
        zh="遮罩扩展的像素数（默认 5）",
    )
    negative_prompt: str | None = argument(
        default=None, max_length=_WORDS, help="what it must not show", zh="不应出现的内容"
    )
    seed: int | None = argument(
        default=None, minimum=0, maximum=_SEEDS, help="0 is a random one", zh="随机种子，0 为随机"
    )
    output_format: Format = argument(default="png", help="the kind of file", zh="文件格式")


@attrs.frozen
class SearchAndReplace(Immediate[Image]):
    """Replace a thing in a picture, which words find."""

    picture: Image = argument(subject=True, max_bytes=_BYTES, help="the picture", zh="图片")
    search_prompt: str = argument(max_length=_WORDS, help="what to look for", zh="要查找的内容")
    prompt: str = argument(max_length=_WORDS, help="what to draw instead", zh="替换成什么")
    output_format: Format = argument(default="png", help="the kind of file", zh="文件格式")


@attrs.frozen
class RemoveBackground(Immediate[Image]):
    """Cut out what a picture shows."""

    picture: Image = argument(subject=True, max_bytes=_BYTES, help="the picture", zh="图片")
    output_format: Literal["png", "webp"] = argument(
        default="png", help="the kind of file", zh="文件格式"
    )


@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `stability`, at an address and with a key of its own."""
    return [
        Service(
            name="stability",
            api=1,
            operations=(
                Core,
                Ultra,
                SD3,
                Upscale,
                UpscaleCreative,
                Inpaint,
                SearchAndReplace,
                RemoveBackground,
            ),
            implementation="omnidsl_stability.backend:Stability",
            summary="Stability AI: pictures from words, upscaled and edited",
            zh="Stability AI：文生图、放大与编辑",
            base_url="https://api.stability.ai",
            key_variable="STABILITY_API_KEY",
            usual_seconds=60.0,
            prices=read_prices(Path(__file__).with_name("prices.toml")),
        )
    ]
