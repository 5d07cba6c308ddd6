"""Midjourney behind an OmniAI-style gateway: what `omni check` knows of it."""

from pathlib import Path
from typing import Literal

import attrs

from omnidsl.plugins import (
    Grid,
    Image,
    PromptJob,
    Service,
    Task,
    argument,
    hookimpl,
    read_prices,
)
from omnidsl_midjourney.presses import PRESSES


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
            operations=(Imagine, *PRESSES, Describe),
            implementation="omnidsl_midjourney.backend:Midjourney",
            summary="pictures from prompts, by Midjourney and niji",
            zh="Midjourney 与 niji：由提示词生成图片",
            usual_seconds=45.0,
            prices=read_prices(Path(__file__).with_name("prices.toml")),
        )
    ]
