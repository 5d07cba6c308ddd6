"""The operations that are answered without a task: what `omni check` knows of them."""

from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import Grid, Handle, Image, Immediate, argument


@attrs.frozen
class Upload(Immediate[str]):
    """Give pictures an address on the web, one a line."""

    zh: ClassVar = "上传图片并取得网址，每行一个"
    not_served_by: ClassVar = ("plus",)
    parts: ClassVar = {"addresses": list[str]}

    pictures: list[Image | Grid] = argument(
        subject=True, min_items=1, max_items=10, help="one to ten pictures", zh="一到十张图片"
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Seed(Immediate[str]):
    """Tell the seed that a finished task was drawn with; it costs nothing."""

    zh: ClassVar = "查询已完成任务所用的种子，不收费"
    free: ClassVar = True
    deterministic: ClassVar = True

    picture: Handle[Grid | Image] = argument(
        subject=True, help="a finished task", zh="已完成的任务"
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Fit(Immediate[Image]):
    """Make a picture small enough for a prompt, here and for nothing; one that is small enough stays as it is."""

    zh: ClassVar = "在本机把图片缩小到可作垫图的大小，不收费；足够小的保持原样"
    free: ClassVar = True
    deterministic: ClassVar = True

    picture: Image | Grid = argument(
        subject=True, help="a picture of any size", zh="任意大小的图片"
    )
    side: int | None = argument(
        default=None,
        minimum=64,
        maximum=4096,
        help="the longest side at most, in pixels",
        zh="最长边的上限（像素）",
    )


AT_ONCE = (Upload, Seed, Fit)
