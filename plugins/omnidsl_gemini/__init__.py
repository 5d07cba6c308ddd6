"""Google's models behind the gateway: what `omni check` knows of them."""

from pathlib import Path
from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import (
    Immediate,
    Messages,
    Service,
    ServiceSetting,
    argument,
    hookimpl,
    read_prices,
)


@attrs.frozen
class Chat(Immediate[str]):
    """Answer a conversation; pictures may be part of it."""

    zh: ClassVar[str] = "回答对话，对话中可以有图片。"

    messages: str | Messages = argument(
        subject=True,
        help="a text, or a `chat` block with its turns and pictures",
        zh="一段文字，或含图片的 `chat` 对话块",
    )
    model: Literal[
        "gemini-3.8-flash",
        "gemini-3.5-flash",
        "gemini-3.1-pro-preview",
        "gemini-3.1-flash-lite",
        "gemini-2.5-pro",
        "gemini-2.5-flash",
        "gemini-2.5-flash-lite",
    ] = argument(
        default="gemini-3.8-flash", open=True, help="a model of the gateway", zh="网关提供的模型"
    )
    system: str | None = argument(
        default=None,
        help="instructions that stand before the conversation",
        zh="置于对话之前的指令",
    )
    temperature: float | None = argument(
        default=None, minimum=0, maximum=2, help="0 is steady, 2 is wild", zh="0 稳定，2 发散"
    )
    max_tokens: int | None = argument(
        default=None, minimum=1, help="the longest answer, in tokens", zh="回答的最大长度（token）"
    )


@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `gemini`."""
    return [
        Service(
            name="gemini",
            operations=(Chat,),
            implementation="omnidsl_gemini.backend:Gemini",
            summary="chat about words and pictures, by Google's models",
            zh="Google 的 Gemini 模型：可看图的对话",
            usual_seconds=5.0,
            prices=read_prices(Path(__file__).with_name("prices.toml")),
            settings=(
                ServiceSetting(
                    "native",
                    bool,
                    default=False,
                    help="speak Google's own protocol (generateContent) with the gateway",
                    zh="以 Google 原生协议（generateContent）与网关通信",
                ),
            ),
        )
    ]
