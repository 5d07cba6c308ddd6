"""Midjourney behind an OmniAI-style gateway: what `omni check` knows of it."""

from pathlib import Path

from omnidsl.plugins import Service, hookimpl, read_prices
from omnidsl_midjourney.at_once import AT_ONCE
from omnidsl_midjourney.presses import PRESSES
from omnidsl_midjourney.submissions import SUBMISSIONS


@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `midjourney`."""
    return [
        Service(
            name="midjourney",
            operations=(*SUBMISSIONS, *PRESSES, *AT_ONCE),
            implementation="omnidsl_midjourney.backend:Midjourney",
            summary="pictures from prompts, by Midjourney and niji",
            zh="Midjourney 与 niji：由提示词生成图片",
            usual_seconds=45.0,
            prices=read_prices(Path(__file__).with_name("prices.toml")),
        )
    ]
