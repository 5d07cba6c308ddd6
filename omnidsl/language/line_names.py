"""Lines of a prompt block that are no vocabulary: their names, in English and Chinese."""

LINES = {
    "text": ("text", "文本", "正文"),
    "image": ("image", "图片", "圖片", "垫图", "墊圖"),
    "drop": ("drop", "去掉", "删除", "刪除"),
}

_LINE_OF = {written: name for name, names in LINES.items() for written in names}


def line_name(written: str) -> str:
    """Return `text`, `image` or `drop` for one of their names, and any other name as it is."""
    folded = written.casefold()
    return _LINE_OF.get(folded, folded)


ROLES = {
    "system": ("system", "系统", "系統"),
    "user": ("user", "用户", "用戶", "使用者"),
    "assistant": ("assistant", "助手", "助理"),
}
"""Who speaks in a conversation, in English and Chinese."""


def role_name(written: str) -> str | None:
    """Return `system`, `user` or `assistant` for one of their names, and None for any other."""
    folded = written.casefold()
    return next((name for name, names in ROLES.items() if folded in names), None)
