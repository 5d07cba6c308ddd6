"""OpenAI's models behind the gateway: what `omni check` knows of them."""

from pathlib import Path
from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import Immediate, Messages, Service, argument, hookimpl, read_prices
from omnidsl_openai.drawing import Draw, Edit, Images
from omnidsl_openai.listening import Speech, Transcribe, Translate
from omnidsl_openai.measuring import Embed, Models


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
        "gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4-vision-preview", "gpt-3.5-turbo"
    ] = argument(
        default="gpt-4o-mini", open=True, help="a model of the gateway", zh="网关提供的模型"
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
    """Bring the service `openai`."""
    return [
        Service(
            name="openai",
            operations=(Chat, Draw, Images, Edit, Speech, Transcribe, Translate, Embed, Models),
            implementation="omnidsl_openai.backend:OpenAI",
            summary="chats, pictures, speech, transcripts and vectors, by OpenAI's models",
            zh="OpenAI 模型：可看图的对话、绘图与编辑、语音合成与识别、向量",
            usual_seconds=5.0,
            prices=read_prices(Path(__file__).with_name("prices.toml")),
        )
    ]
