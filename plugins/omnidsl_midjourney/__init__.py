"""Midjourney behind an OmniAI-style gateway: what `omni check` knows of it."""

from pathlib import Path
from typing import Literal

import attrs

from omnidsl.plugins import (
    Grid,
    Handle,
    Image,
    PromptJob,
    Service,
    Task,
    argument,
    hookimpl,
    read_prices,
)


@attrs.frozen
class Imagine(Task[Grid]):
    """Draw a grid of four pictures from a prompt."""

    prompt: PromptJob = argument(
        subject=True,
        help="the prompt, with up to five reference pictures",
        zh="提示词，可带最多五张垫图",
    )
    mode: Literal["relax", "fast", "turbo"] = argument(
        default="fast", help="the queue, and with it price and speed", zh="队列，决定价格与速度"
    )
    bot: Literal["midjourney", "niji"] = argument(
        default="midjourney", help="which bot draws", zh="由哪个机器人绘制"
    )


@attrs.frozen
class Upscale(Task[Image]):
    """Take one picture of a grid at full size."""

    grid: Handle[Grid] = argument(subject=True, help="a finished grid", zh="已完成的四宫格")
    index: int = argument(
        minimum=1,
        maximum=4,
        help="1 top left, 2 top right, 3 bottom left, 4 bottom right",
        zh="1 左上，2 右上，3 左下，4 右下",
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Vary(Task[Grid]):
    """Draw four relatives of one picture: of a grid's, by its index, or of a single one, subtle or strong."""

    picture: Handle[Grid | Image] = argument(
        subject=True, help="a grid or a single picture", zh="四宫格或单张图片"
    )
    index: int | None = argument(
        default=None,
        of="grid",
        needed=True,
        minimum=1,
        maximum=4,
        help="which picture of a grid: 1 top left, 2 top right, 3 bottom left, 4 bottom right",
        zh="四宫格中的哪一张：1 左上，2 右上，3 左下，4 右下",
    )
    strength: Literal["subtle", "strong"] | None = argument(
        default=None,
        of="image",
        help="of a single picture: how far (strong)",
        zh="单张图片的变化幅度（默认 strong）",
    )
    prompt: PromptJob | None = argument(
        default=None,
        help="another prompt, where the account is in remix mode",
        zh="新的提示词，账号须处于 remix 模式",
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Reroll(Task[Grid]):
    """Draw a grid's prompt again."""

    grid: Handle[Grid] = argument(subject=True, help="a finished grid", zh="已完成的四宫格")
    prompt: PromptJob | None = argument(
        default=None,
        help="another prompt, where the account is in remix mode",
        zh="新的提示词，账号须处于 remix 模式",
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Pan(Task[Grid]):
    """Go on with a single picture in one direction."""

    picture: Handle[Image] = argument(subject=True, help="an upscaled picture", zh="放大后的图片")
    direction: Literal["left", "right", "up", "down"] = argument(help="where to", zh="方向")
    prompt: PromptJob | None = argument(
        default=None,
        help="another prompt, where the account is in remix mode",
        zh="新的提示词，账号须处于 remix 模式",
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Zoom(Task[Grid]):
    """Zoom out of a single picture: draw what lies around it."""

    picture: Handle[Image] = argument(subject=True, help="an upscaled picture", zh="放大后的图片")
    factor: float = argument(
        default=2.0,
        minimum=1,
        maximum=2,
        help="how much more to show, 1 to 2",
        zh="缩小倍数，1 到 2",
    )
    prompt: PromptJob | None = argument(
        default=None, help="another prompt for what is around it", zh="用于周围画面的新提示词"
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Describe(Task[str]):
    """Describe a picture: four prompts that might have made it, one a line."""

    picture: Image | Grid = argument(
        subject=True, help="a picture, or a grid as a whole", zh="一张图片，或整张四宫格"
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")
    bot: Literal["midjourney", "niji"] = argument(
        default="midjourney", help="which bot looks", zh="由哪个机器人识图"
    )


@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `midjourney`."""
    return [
        Service(
            name="midjourney",
            operations=(Imagine, Upscale, Vary, Reroll, Pan, Zoom, Describe),
            implementation="omnidsl_midjourney.backend:Midjourney",
            summary="pictures from prompts, by Midjourney and niji",
            zh="Midjourney 与 niji：由提示词生成图片",
            usual_seconds=45.0,
            prices=read_prices(Path(__file__).with_name("prices.toml")),
        )
    ]
