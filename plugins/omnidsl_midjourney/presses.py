"""The operations that press a button of a finished task: what `omni check` knows of them."""

from typing import ClassVar, Literal

import attrs

from omnidsl.plugins import Grid, Handle, Image, PromptJob, Task, Video, argument

_REMIX = "another prompt, where the account is in remix mode"
_REMIX_ZH = "新的提示词，账号须处于 remix 模式"


@attrs.frozen
class Upscale(Task[Image]):
    """Take one picture of a grid at full size, or a single picture at twice or four times its size."""

    zh: ClassVar = "取四宫格中的一张原尺寸图片，或把单张图片放大到两倍或四倍"

    grid: Handle[Grid | Image] = argument(
        subject=True, help="a finished grid, or a single picture", zh="已完成的四宫格，或单张图片"
    )
    index: int | None = argument(
        default=None,
        of="grid",
        needed=True,
        minimum=1,
        maximum=4,
        help="1 top left, 2 top right, 3 bottom left, 4 bottom right",
        zh="1 左上，2 右上，3 左下，4 右下",
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")
    style: Literal["subtle", "creative", "2x", "4x"] | None = argument(
        default=None,
        of="image",
        needed=True,
        help="of a single picture: subtle or creative (versions 6 and later), 2x or 4x (version 5)",
        zh="单张图片的放大方式：subtle 或 creative（版本 6 及以后），2x 或 4x（版本 5）",
    )


@attrs.frozen
class Vary(Task[Grid]):
    """Draw four relatives of one picture: of a grid's, by its index, or of a single one, subtle or strong."""

    zh: ClassVar = "为一张图片再画四个变体：四宫格中的一张（按序号），或单张图片（轻微或强烈）"

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
    prompt: PromptJob | None = argument(default=None, help=_REMIX, zh=_REMIX_ZH)
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class VaryRegion(Task[Grid]):
    """Paint a region of a single picture again (Vary Region)."""

    zh: ClassVar = "重绘单张图片中的一个区域（Vary Region）"

    picture: Handle[Image] = argument(subject=True, help="an upscaled picture", zh="放大后的图片")
    mask: Image = argument(
        help="a PNG: white is painted again, black stays; as large as the picture",
        zh="PNG 蒙版：白色重绘，黑色保留；尺寸与图片相同",
    )
    prompt: PromptJob = argument(help="what to paint there", zh="重绘内容的提示词")
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Reroll(Task[Grid]):
    """Draw a grid's prompt again."""

    zh: ClassVar = "用同一提示词重新绘制一张四宫格"

    grid: Handle[Grid] = argument(subject=True, help="a finished grid", zh="已完成的四宫格")
    prompt: PromptJob | None = argument(default=None, help=_REMIX, zh=_REMIX_ZH)
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Pan(Task[Grid]):
    """Go on with a single picture in one direction."""

    zh: ClassVar = "让单张图片向一个方向延伸"

    picture: Handle[Image] = argument(subject=True, help="an upscaled picture", zh="放大后的图片")
    direction: Literal["left", "right", "up", "down"] = argument(help="where to", zh="方向")
    prompt: PromptJob | None = argument(default=None, help=_REMIX, zh=_REMIX_ZH)
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Zoom(Task[Grid]):
    """Zoom out of a single picture: draw what lies around it."""

    zh: ClassVar = "拉远单张图片的视角，画出周围的内容"

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
class Square(Task[Grid]):
    """Draw on beside a single picture until it is square (Make Square)."""

    zh: ClassVar = "向两侧补画，使单张图片成为正方形（Make Square）"

    picture: Handle[Image] = argument(subject=True, help="an upscaled picture", zh="放大后的图片")
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Animate(Task[Video]):
    """Set a single picture in motion: several videos, the first of them and all."""

    zh: ClassVar = "让单张图片动起来：一次得到多段视频，结果为第一段"
    not_served_by: ClassVar = ("new-api",)
    parts: ClassVar = {"videos": list[Video]}

    picture: Handle[Image] = argument(subject=True, help="an upscaled picture", zh="放大后的图片")
    motion: Literal["low", "high"] = argument(default="low", help="how much moves", zh="运动幅度")
    prompt: PromptJob | None = argument(default=None, help=_REMIX, zh=_REMIX_ZH)
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class Extend(Task[Video]):
    """Go on with a video where it ends: several videos, the first of them and all."""

    zh: ClassVar = "从视频结尾处继续：一次得到多段视频，结果为第一段"
    not_served_by: ClassVar = ("new-api",)
    parts: ClassVar = {"videos": list[Video]}

    video: Handle[Video] = argument(
        subject=True, help="one video that `upscale_video` made", zh="由 `upscale_video` 得到的视频"
    )
    motion: Literal["low", "high"] = argument(default="low", help="how much moves", zh="运动幅度")
    prompt: PromptJob | None = argument(default=None, help=_REMIX, zh=_REMIX_ZH)
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class UpscaleVideo(Task[Video]):
    """Take one of the videos that a task made at full size."""

    zh: ClassVar = "从任务的多段视频中取一段完整尺寸的视频"
    not_served_by: ClassVar = ("new-api",)

    video: Handle[Video] = argument(
        subject=True, help="what `animate` or `extend` made", zh="`animate` 或 `extend` 的结果"
    )
    index: int = argument(
        minimum=1, maximum=4, help="which of its videos, from 1", zh="第几个视频，从 1 开始"
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class ImagineDescribed(Task[Grid]):
    """Draw one of the prompts that `describe` gave (1️⃣ to 4️⃣)."""

    zh: ClassVar = "用 `describe` 给出的某条提示词绘图（1️⃣ 到 4️⃣）"
    not_served_by: ClassVar = ("new-api",)

    texts: Handle[str] = argument(subject=True, help="what `describe` gave", zh="`describe` 的结果")
    index: int = argument(
        minimum=1, maximum=4, help="which prompt, from 1", zh="第几条提示词，从 1 开始"
    )
    prompt: PromptJob | None = argument(
        default=None, help="instead of its own words", zh="代替原有文字的提示词"
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class ImagineShortened(Task[Grid]):
    """Draw one of the prompts that `shorten` gave (1️⃣ to 5️⃣)."""

    zh: ClassVar = "用 `shorten` 给出的某条提示词绘图（1️⃣ 到 5️⃣）"
    not_served_by: ClassVar = ("new-api", "proxy")

    texts: Handle[str] = argument(subject=True, help="what `shorten` gave", zh="`shorten` 的结果")
    index: int = argument(
        minimum=1, maximum=5, help="which prompt, from 1", zh="第几条提示词，从 1 开始"
    )
    prompt: PromptJob | None = argument(
        default=None, help="instead of its own words", zh="代替原有文字的提示词"
    )
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


# What has no operation of its own: one a type of result, since a recipe's types are known before it runs.

_ID = "the button's id, a part of it that fits one button, its label or its emoji"
_ID_ZH = "按钮的 customId（或只对应一个按钮的片段）、文字或表情"
_ANSWER = "the answer, where the button asks for a prompt"
_ANSWER_ZH = "按钮要求提示词时的回答"


@attrs.frozen
class Action(Task[Image]):
    """Press a button that has no operation of its own and makes one picture."""

    zh: ClassVar = "按下没有对应操作的按钮，得到一张图片"

    parent: Handle[Grid | Image | Video | str] = argument(
        subject=True, help="a finished task", zh="已完成的任务"
    )
    custom_id: str = argument(max_length=300, help=_ID, zh=_ID_ZH)
    prompt: PromptJob | None = argument(default=None, help=_ANSWER, zh=_ANSWER_ZH)
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class ActionGrid(Task[Grid]):
    """Press a button that has no operation of its own and makes a grid."""

    zh: ClassVar = "按下没有对应操作的按钮，得到一张四宫格"

    parent: Handle[Grid | Image | Video | str] = argument(
        subject=True, help="a finished task", zh="已完成的任务"
    )
    custom_id: str = argument(max_length=300, help=_ID, zh=_ID_ZH)
    prompt: PromptJob | None = argument(default=None, help=_ANSWER, zh=_ANSWER_ZH)
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class ActionText(Task[str]):
    """Press a button that has no operation of its own and gives texts, one a line."""

    zh: ClassVar = "按下没有对应操作的按钮，得到多行文本"

    parent: Handle[Grid | Image | Video | str] = argument(
        subject=True, help="a finished task", zh="已完成的任务"
    )
    custom_id: str = argument(max_length=300, help=_ID, zh=_ID_ZH)
    prompt: PromptJob | None = argument(default=None, help=_ANSWER, zh=_ANSWER_ZH)
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


@attrs.frozen
class ActionVideo(Task[Video]):
    """Press a button that has no operation of its own and makes videos."""

    zh: ClassVar = "按下没有对应操作的按钮，得到视频"
    parts: ClassVar = {"videos": list[Video]}

    parent: Handle[Grid | Image | Video | str] = argument(
        subject=True, help="a finished task", zh="已完成的任务"
    )
    custom_id: str = argument(max_length=300, help=_ID, zh=_ID_ZH)
    prompt: PromptJob | None = argument(default=None, help=_ANSWER, zh=_ANSWER_ZH)
    mode: Literal["relax", "fast", "turbo"] = argument(default="fast", help="the queue", zh="队列")


PRESSES = (
    Upscale,
    Vary,
    VaryRegion,
    Reroll,
    Pan,
    Zoom,
    Square,
    Animate,
    Extend,
    UpscaleVideo,
    ImagineDescribed,
    ImagineShortened,
    Action,
    ActionGrid,
    ActionText,
    ActionVideo,
)
