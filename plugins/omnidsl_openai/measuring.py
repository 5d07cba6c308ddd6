"""Vectors of texts, and the models on offer: what `omni check` knows of them (wire reference, section 4.4)."""

from typing import Any, ClassVar, Literal

import attrs

from omnidsl.plugins import Immediate, Limit, argument


@attrs.frozen
class Embed(Immediate[dict[str, Any]]):
    """Turn texts into vectors: `vectors` has one for each, in their order."""

    zh: ClassVar[str] = "将文字转成向量：`vectors` 依次给出每段文字的向量。"

    deterministic: ClassVar[bool] = True
    limits: ClassVar[tuple[Limit, ...]] = (
        Limit("dimensions", when={"model": "text-embedding-ada-*"}, given=False),
        Limit("dimensions", when={"model": "text-embedding-3-small*"}, maximum=1536),
        Limit("dimensions", when={"model": "text-embedding-3-large*"}, maximum=3072),
    )
    parts: ClassVar = {"length": int}

    text: str | list[str] = argument(
        subject=True,
        min_items=1,
        max_items=2048,
        help="one text, or up to 2048 in one request",
        zh="一段文字，或一次最多 2048 段",
    )
    model: Literal["text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002"] = (
        argument(
            default="text-embedding-3-small",
            open=True,
            help="a model of the gateway",
            zh="网关提供的模型",
        )
    )
    dimensions: int | None = argument(
        default=None,
        minimum=1,
        help="how many numbers a vector has, with text-embedding-3",
        zh="向量维数，仅 text-embedding-3",
    )


@attrs.frozen
class Models(Immediate[dict[str, Any]]):
    """List the gateway's models; asking is free."""

    zh: ClassVar[str] = "列出网关提供的模型；查询免费。"
    free: ClassVar[bool] = True

    parts: ClassVar = {"ids": list[str]}
