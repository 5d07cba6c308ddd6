"""The operations that start a task from words and pictures: what `omni check` knows of them."""

from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import Grid, Handle, Image, Limit, PromptJob, Task, Video, argument

_QUEUE, _QUEUE_ZH = "the queue", "队列"
_BOT, _BOT_ZH = "which bot draws", "由哪个机器人绘制"


def _address(argument: str) -> Limit:
    """Return the limit of an argument that takes pictures, and of texts nothing but addresses."""
    return Limit(
        argument,
        when={argument: "!http*"},
        choices=("https://…",),
        help='a text is an address; a file is written as `file("…")`',
        zh='文字只能是网址；文件请写作 `file("…")`',
    )


@attrs.frozen
class Imagine(Task[Grid]):
    """Draw a grid of four pictures from a prompt."""

    zh: ClassVar = "由提示词绘制四宫格"

    prompt: PromptJob = argument(
        subject=True,
        help="the prompt, with up to five reference pictures",
        zh="提示词，可带最多五张垫图",
    )
    mode: Literal["relax", "fast", "turbo"] = argument(
        default="fast", help="the queue, and with it price and speed", zh="队列，决定价格与速度"
    )
    bot: Literal["midjourney", "niji"] = argument(default="midjourney", help=_BOT, zh=_BOT_ZH)


@attrs.frozen
class Describe(Task[str]):
    """Describe a picture: four prompts that might have made it, one a line."""

    zh: ClassVar = "识图：给出四条可能生成该图片的提示词，每行一条"
    parts: ClassVar = {"descriptions": list[str]}
    limits: ClassVar = (_address("picture"),)

    picture: Image | Grid | str = argument(
        subject=True,
        help="a picture, a grid as a whole, or an address for servers that take one",
        zh="一张图片、整张四宫格，或（服务器支持时）图片网址",
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help=_QUEUE, zh=_QUEUE_ZH)
    bot: Literal["midjourney", "niji"] = argument(
        default="midjourney", help="which bot looks", zh="由哪个机器人识图"
    )


@attrs.frozen
class Shorten(Task[str]):
    """Shorten a prompt: five prompts that say the same with less, one a line."""

    zh: ClassVar = "缩短提示词：五条更短而意思相同的提示词，每行一条"
    parts: ClassVar = {"prompts": list[str], "tokens": dict}

    prompt: PromptJob | str = argument(subject=True, help="the long prompt", zh="较长的提示词")
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help=_QUEUE, zh=_QUEUE_ZH)
    bot: Literal["midjourney", "niji"] = argument(
        default="midjourney", help="which bot reads", zh="由哪个机器人分析"
    )


@attrs.frozen
class Blend(Task[Grid]):
    """Draw a grid out of two to five pictures."""

    zh: ClassVar = "把二到五张图片融合为四宫格"

    pictures: list[Image | Grid] = argument(
        subject=True, min_items=2, max_items=5, help="two to five pictures", zh="两到五张图片"
    )
    dimensions: Literal["portrait", "square", "landscape"] = argument(
        default="square", help="2:3, 1:1 or 3:2", zh="2:3、1:1 或 3:2"
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help=_QUEUE, zh=_QUEUE_ZH)
    bot: Literal["midjourney", "niji"] = argument(default="midjourney", help=_BOT, zh=_BOT_ZH)


@attrs.frozen
class SwapFace(Task[Image]):
    """Put the face of one picture into another."""

    zh: ClassVar = "把一张图片中的面部换到另一张图片上"
    limits: ClassVar = (_address("target"), _address("source"))

    target: Image | str = argument(
        subject=True,
        help="the picture that gets the face, or its address for servers that take one",
        zh="要换脸的图片，或（服务器支持时）其网址",
    )
    source: Image | str = argument(
        help="the picture that the face is taken from; not the same one",
        zh="提供面部的图片，不可与前者相同",
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help=_QUEUE, zh=_QUEUE_ZH)


@attrs.frozen
class Edits(Task[Grid]):
    """Draw a picture again as a prompt says."""

    zh: ClassVar = "按提示词重新绘制图片"
    not_served_by: ClassVar = ("new-api", "plus")
    limits: ClassVar = (_address("picture"),)

    picture: Image | Grid | str = argument(
        subject=True, help="the picture, or its address", zh="图片或其网址"
    )
    prompt: PromptJob | str = argument(help="what to make of it", zh="修改要求")
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help=_QUEUE, zh=_QUEUE_ZH)
    bot: Literal["midjourney", "niji"] = argument(default="midjourney", help=_BOT, zh=_BOT_ZH)


_EITHER = "a video begins with a picture or goes on from another video"
_EITHER_ZH = "视频要么以图片开头，要么延续另一段视频"


@attrs.frozen
class MakeVideo(Task[Video]):
    """Make videos that begin with a picture, or that go on from another task's; the first of them is the result."""

    zh: ClassVar = "以一张图片开头制作视频，或延续另一任务的视频；结果为其中第一段"
    name: ClassVar = "video"
    not_served_by: ClassVar = ("new-api", "plus")
    parts: ClassVar = {"videos": list[Video]}
    limits: ClassVar = (
        Limit("picture", when={"extend": "*"}, given=False, help=_EITHER, zh=_EITHER_ZH),
        Limit("picture", when={"extend": "!*"}, given=True, help=_EITHER, zh=_EITHER_ZH),
        Limit("index", when={"extend": "*"}, given=True, help="which video", zh="哪一段视频"),
        Limit("index", when={"extend": "!*"}, given=False, help="it chooses what to extend", zh="仅用于延续视频"),
        Limit("end", when={"extend": "*"}, given=False, help=_EITHER, zh=_EITHER_ZH),
        _address("end"),
        Limit("batch", when={"batch": "*"}, choices=("1", "2", "4"), help="one, two or four", zh="只能是 1、2 或 4"),
    )  # fmt: skip

    picture: Image | str | None = argument(
        default=None, subject=True, help="the first frame, or its address", zh="首帧图片或其网址"
    )
    prompt: PromptJob | str | None = argument(default=None, help="what happens", zh="视频内容")
    motion: Literal["low", "high"] = argument(default="low", help="how much moves", zh="运动幅度")
    end: Image | str | None = argument(
        default=None, help="the last frame, or its address", zh="尾帧图片或其网址"
    )
    loop: bool = argument(default=False, help="ends as it begins", zh="首尾相接")
    resolution: Literal["480p", "720p"] = argument(
        default="480p", help="lines of the video", zh="清晰度"
    )
    batch: int = argument(
        default=4, minimum=1, maximum=4, help="how many: 1, 2 or 4", zh="数量：1、2 或 4"
    )
    extend: Handle[Video] | None = argument(
        default=None, help="the task to go on from", zh="要延续的视频任务"
    )
    index: int | None = argument(
        default=None, minimum=1, maximum=4, help="which of its videos, from 1", zh="第几段，从 1 开始"
    )  # fmt: skip
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help=_QUEUE, zh=_QUEUE_ZH)


SUBMISSIONS = (Imagine, Describe, Shorten, Blend, SwapFace, Edits, MakeVideo)
