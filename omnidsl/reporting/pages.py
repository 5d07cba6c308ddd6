"""Pages of codes for people (`text`, `markdown`) and for programs (`json`), in the reader's language."""

import re
from collections.abc import Iterable, Iterator

from omnidsl.language.catalogue import Entry, entry, phrase
from omnidsl.language.pages import PARTS, Blob, Page
from omnidsl.reporting.terminal import pad, printable
from omnidsl.reporting.wrapping import wrap

FORMAT_VERSION = "1.0"
"""Of the JSON form; the second number grows when something is added, the first when anything else changes."""

_SEVERITIES = {"error": "1;31", "warning": "1;33", "info": "1;36"}
_SEVERITY_WIDTH = len("warning")
_HEADING, _WRONG, _RIGHT, _CODE = "1", "1;31", "1;32", "36"
_FENCES = {
    "recipe": "omni",
    "prompt": "text",
    "settings": "toml",
    "command": "sh",
    "plugin": "python",
}


def render_text(page: Page, *, colour: bool, width: int = 80, language: str | None = None) -> str:
    """Return a page for a terminal of `width` columns; lines of examples are never broken."""
    about = entry(page.code)

    def paint(style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if colour and text else text

    def prose(part: str) -> Iterator[str]:
        for line in wrap(page.text(part, language), width - 2):
            shown = re.sub(r"`[^`]+`", lambda one: paint(_CODE, one[0]), line)
            yield f"  {shown}".rstrip()

    def example(style: str, label: str, text: str) -> Iterator[str]:
        yield paint(style, label)
        yield from (f"    {_visible(line)}".rstrip() for line in text.split("\n"))
        yield ""

    severity = paint(_SEVERITIES[about.severity], phrase(about.severity, language))
    lines = [f"{paint(_HEADING, f'{page.code} {about.name}')} · {severity}", ""]
    lines += [*prose("what"), "", paint(_HEADING, phrase("explain-why", language))]
    lines += [*prose("why"), ""]
    lines += example(_WRONG, phrase("explain-bad", language), page.bad)
    lines += example(_RIGHT, phrase("explain-good", language), page.good)
    for path, content in page.files.items():
        heading = f"{phrase('explain-file', language)} {_title(path, content, language)}"
        if isinstance(content, str) and content:
            lines += example(_HEADING, heading, content.strip("\n"))
        else:
            lines += [paint(_HEADING, heading), ""]
    lines += [paint(_HEADING, phrase("explain-fix", language)), *prose("fix")]
    return "\n".join(lines) + "\n"


def render_list(pages: Iterable[Page], *, colour: bool, language: str | None = None) -> str:
    """Return one line a code, by family: code, severity, name."""
    lines: list[str] = []
    family = ""
    for page in pages:
        about = entry(page.code)
        if page.code[:3] != family:
            family = page.code[:3]
            title = f"{family}xx · {phrase(f'family-{family}', language)}"
            lines += ["", f"\x1b[{_HEADING}m{title}\x1b[0m" if colour else title]
        severity = pad(phrase(about.severity, language), _SEVERITY_WIDTH)
        shown = f"\x1b[{_SEVERITIES[about.severity]}m{severity}\x1b[0m" if colour else severity
        lines.append(f"  {page.code}  {shown}  {about.name}")
    return "\n".join([*lines[1:], ""])


def render_markdown(page: Page, *, level: int = 1, language: str | None = None) -> str:
    """Return a page as Markdown, below a heading of `level`."""
    about = entry(page.code)
    fence = _FENCES[page.kind]
    lines = [
        f"{'#' * level} {page.code} {about.name}",
        "",
        f"*{phrase(about.severity, language)}* · {escaped(message(about, language))}",
        "",
        page.text("what", language),
        "",
        f"**{phrase('explain-why', language)}**",
        "",
        page.text("why", language),
    ]
    for label, text in (("explain-bad", page.bad), ("explain-good", page.good)):
        lines += ["", f"**{phrase(label, language)}**", "", *_fenced(fence, text)]
    for path, content in page.files.items():
        lines += [
            "",
            f"{phrase('explain-file', language)} {_title(f'`{path}`', content, language)}",
        ]
        if isinstance(content, str) and content:
            kind = "omni" if path.endswith(".omni") else "text"
            lines += ["", *_fenced(kind, content.strip("\n"))]
    lines += ["", f"**{phrase('explain-fix', language)}**", "", page.text("fix", language)]
    return "\n".join(lines) + "\n"


def render_json(pages: Iterable[Page], *, language: str | None = None) -> str:
    """Return one JSON document: `format_version` and `codes`."""
    import json

    items = [_as_json(one, language) for one in pages]
    return json.dumps(
        {"format_version": FORMAT_VERSION, "codes": items}, indent=2, ensure_ascii=False
    )


def message(about: Entry, language: str | None = None) -> str:
    """Return a code's message with `…` where a finding has its values."""
    text = re.sub(r"\{\w+\}", "…", about.text("message", language))
    return text.replace("{{", "{").replace("}}", "}")


def escaped(text: str) -> str:
    """Return a text whose signs mean nothing to Markdown outside of code."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([\\*_<>\[\]#])", r"\\\1", one) for one in parts[::2]]
    return "`".join(parts)


def _visible(line: str) -> str:
    """Return a line of an example with what nobody could see in it made visible, as terminals must have it anyway."""
    return printable(line).replace("\xa0", "\\u{a0}")


def _fenced(fence: str, text: str) -> list[str]:
    bars = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return [f"{bars}{fence}", *map(_visible, text.split("\n")), bars]


def _title(path: str, content: "str | Blob", language: str | None) -> str:
    if isinstance(content, str):
        return path
    return phrase("explain-blob", language).format(path=path, size=_size(len(content.content)))


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count} B"


def _as_json(page: Page, language: str | None) -> dict[str, object]:
    about = entry(page.code)
    return {
        "code": page.code,
        "name": about.name,
        "severity": about.severity,
        "message": message(about, language),
        **{part: page.text(part, language) for part in PARTS},
        "kind": page.kind,
        "bad": page.bad,
        "good": page.good,
        "files": {
            path: content if isinstance(content, str) else None
            for path, content in page.files.items()
        },
    }
