"""What docs/rules.md and docs/rules.zh-CN.md say, made of the pages of the codes; `make docs` writes them."""

from collections.abc import Iterator
from pathlib import Path

from omnidsl.language.catalogue import entry, phrase
from omnidsl.language.pages import families, pages
from omnidsl.reporting.pages import escaped, message, render_markdown

FOLDER = Path(__file__).parent
DOCUMENTS = {"en": FOLDER / "rules.md", "zh": FOLDER / "rules.zh-CN.md"}
_OTHERS = {"en": "[简体中文](rules.zh-CN.md)", "zh": "[English](rules.md)"}


def document(language: str) -> str:
    """Return the whole document: an index by family, then every page."""
    parts = [f"# {phrase('explain-index', language)}", _OTHERS[language]]
    parts += [phrase("explain-intro", language), *_index(language)]
    for name in families():
        if own := [one for one in pages() if one.code.startswith(name)]:
            parts.append(f"## {_title(name, language)}")
            parts += [render_markdown(one, level=3, language=language).rstrip("\n") for one in own]
    return "\n\n".join(parts) + "\n"


def _index(language: str) -> Iterator[str]:
    columns = [
        phrase(f"explain-{one}", language) for one in ("code", "name", "severity", "message")
    ]
    head = [f"| {' | '.join(columns)} |", "|---|---|---|---|"]
    for name in families():
        rows = []
        for one in (one for one in pages() if one.code.startswith(name)):
            about = entry(one.code)
            link = f"[{one.code}](#{one.code.lower()}-{about.name})"
            told = escaped(message(about, language)).replace(
                "|", "\\|"
            )  # it ends a cell even in code
            rows.append(f"| {link} | {about.name} | {phrase(about.severity, language)} | {told} |")
        if rows:
            yield f"**{_title(name, language)}**"
            yield "\n".join(head + rows)


def _title(family: str, language: str) -> str:
    return f"{family}xx · {phrase(f'family-{family}', language)}"
