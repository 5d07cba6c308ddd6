"""OpenAI's chat and pictures behind the gateway: what `omni check` knows of them."""

from pathlib import Path
from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import (
    Image,
    Immediate,
    Limit,
    Messages,
    Service,
    argument,
    hookimpl,
    read_prices,
)


@attrs.frozen
class Chat(Immediate[str]):
    """Answer a conversation; pictures may be part of it."""

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


@attrs.frozen
class Draw(Immediate[Image]):
    """Draw one picture from a text."""

    name: ClassVar[str] = "image"
    limits: ClassVar[tuple[Limit, ...]] = (
        Limit("prompt", when={"model": "dall-e-2*"}, max_length=1000),
        Limit("prompt", when={"model": "dall-e-3*"}, max_length=4000),
        Limit("size", when={"model": "dall-e-2*"}, choices=("256x256", "512x512", "1024x1024")),
        Limit("size", when={"model": "dall-e-3*"}, choices=("1024x1024", "1792x1024", "1024x1792")),
        Limit("style", when={"model": "gpt-image*"}, given=False),
        Limit("style", when={"model": "dall-e-2*"}, given=False),
        Limit("background", when={"model": "dall-e*"}, given=False),
    )

    prompt: str = argument(
        subject=True,
        max_length=32000,
        help="what the picture shows: 1000 characters for dall-e-2, 4000 for dall-e-3",
        zh="画面描述：dall-e-2 最多 1000 字符，dall-e-3 最多 4000 字符",
    )
    model: Literal["dall-e-3", "dall-e-2", "gpt-image-1", "gpt-image-1-mini"] = argument(
        default="dall-e-3", open=True, help="a model of the gateway", zh="网关提供的模型"
    )
    size: Literal[
        "auto",
        "256x256",
        "512x512",
        "1024x1024",
        "1792x1024",
        "1024x1792",
        "1536x1024",
        "1024x1536",
    ] = argument(
        default="1024x1024", open=True, help="width x height, in pixels", zh="宽 x 高（像素）"
    )
    quality: Literal["standard", "hd", "auto", "low", "medium", "high"] | None = argument(
        default=None,
        help="standard or hd with dall-e-3, low to high with gpt-image",
        zh="dall-e-3 用 standard 或 hd，gpt-image 用 low 到 high",
    )
    style: Literal["vivid", "natural"] | None = argument(
        default=None, help="with dall-e-3", zh="仅 dall-e-3"
    )
    background: Literal["auto", "transparent", "opaque"] | None = argument(
        default=None, help="with gpt-image", zh="仅 gpt-image"
    )


@hookimpl
def omnidsl_services() -> list[Service]:
    """Bring the service `openai`."""
    return [
        Service(
            name="openai",
            operations=(Chat, Draw),
            implementation="omnidsl_openai.backend:OpenAI",
            summary="chat about words and pictures, and pictures from words, by OpenAI's models",
            zh="OpenAI 模型：可看图的对话，以及文生图",
            usual_seconds=5.0,
            prices=read_prices(Path(__file__).with_name("prices.toml")),
        )
    ]
