"""Anthropic's models behind the gateway: what `omni check` knows of them."""

from pathlib import Path
from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import (
    Immediate,
    Limit,
    Messages,
    Service,
    ServiceSetting,
    argument,
    hookimpl,
    read_prices,
)

_STEADY = (
    "claude-opus-4-7*",
    "claude-opus-4-8*",
    "claude-opus-5*",
    "claude-sonnet-5*",
    "claude-haiku-5*",
    "claude-fable-*",
    "claude-mythos-*",
)
"""Models after Claude Opus 4.6, which refuse every temperature but 1 (Anthropic's specification)."""


@attrs.frozen
class Chat(Immediate[str]):
    """Answer a conversation; pictures may be part of it."""

    zh: ClassVar[str] = "回答对话，对话中可以有图片。"

    limits: ClassVar[tuple[Limit, ...]] = tuple(
        Limit(
            "temperature",
            when={"model": model},
            minimum=1,
            help="models after Claude Opus 4.6 take no other temperature",
            zh="Claude Opus 4.6 之后的模型不接受其他温度值",
        )
        for model in _STEADY
    )

    messages: str | Messages = argument(
        subject=True,
        help="a text, or a `chat` block with its turns and pictures",
        zh="一段文字，或含图片的 `chat` 对话块",
    )
    model: Literal[
        "claude-sonnet-5",
        "claude-opus-5",
        "claude-haiku-4-5",
        "claude-opus-4-8",
        "claude-sonnet-4-6",
        "claude-sonnet-4-5",
    ] = argument(
        default="claude-sonnet-5", open=True, help="a model of the gateway", zh="网关提供的模型"
    )
    system: str | None = argument(
        default=None,
        help="instructions that stand before the conversation",
        zh="置于对话之前的指令",
    )
    temperature: float | None = argument(
        default=None,
        minimum=0,
        maximum=1,
        help="0 is steady, 1 is wild; newer models take 1 alone",
        zh="0 稳定，1 发散；较新的模型只接受 1",
    )
    max_tokens: int | None = argument(
        default=None, minimum=1, help="the longest answer, in tokens", zh="回答的最大长度（token）"
    )


@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `claude`."""
    return [
        Service(
            name="claude",
            operations=(Chat,),
            implementation="omnidsl_claude.backend:Claude",
            summary="chat about words and pictures, by Anthropic's models",
            zh="Anthropic 的 Claude 模型：可看图的对话",
            usual_seconds=5.0,
            prices=read_prices(Path(__file__).with_name("prices.toml")),
            settings=(
                ServiceSetting(
                    "native",
                    bool,
                    default=False,
                    help="speak Anthropic's own protocol (/v1/messages) with the gateway",
                    zh="以 Anthropic 原生协议（/v1/messages）与网关通信",
                ),
            ),
        )
    ]
