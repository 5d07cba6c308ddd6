"""The page of a code: what is wrong, why it matters, how to mend it, and two examples that are run as tests.

Pages stand apart from the catalogue, one file a family under `codes/pages/`, since a finding needs no page. The head of
`codes/pages/OM0.toml` explains their form.
"""

from functools import cache
from pathlib import Path

from omnidsl.language.catalogue import LANGUAGES, preferred_language
from omnidsl.language.data import read_data

KINDS = ("recipe", "prompt", "settings", "command", "plugin")
"""What an example can be; the first is the default."""

PARTS = ("what", "why", "fix")
"""The texts of a page in each language."""

FOLDER = Path(__file__).parent / "codes" / "pages"


class Blob:
    """A file of an example that is better described than shown: its bytes."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __repr__(self) -> str:
        return f"Blob({len(self.content)})"


class Page:
    """One code's page. `files` are further files of both examples, by path; a folder's path ends with `/`."""

    __slots__ = ("_texts", "bad", "code", "files", "good", "kind")

    def __init__(self, code: str, row: dict[str, object]) -> None:
        self.code = code
        self.kind = str(row.get("kind", KINDS[0]))
        self.bad = str(row["bad"]).strip("\n")
        self.good = str(row["good"]).strip("\n")
        files = row.get("files", {})
        self.files: dict[str, str | Blob] = {
            path: _content(given)
            for path, given in (files.items() if isinstance(files, dict) else ())
        }
        self._texts = {language: row[language] for language in LANGUAGES if language in row}

    def text(self, part: str, language: str | None = None) -> str:
        """Return `what`, `why` or `fix` in a language; empty where the page lacks it (held by a test)."""
        texts = self._texts.get(language or preferred_language())
        return str(texts.get(part, "")).strip() if isinstance(texts, dict) else ""


def _content(given: object) -> "str | Blob":
    """Return a file's text or bytes from its form in the data."""
    if not isinstance(given, dict):
        return str(given)
    if "hex" in given:
        start = bytes.fromhex(str(given["hex"]))
        return Blob(start.ljust(int(given.get("size", 0)), b"\0"))
    times = range(int(given["times"]))
    texts = [str(given.get("head", ""))]
    texts += [
        str(given["again"]).replace("{n}", str(n)).replace("{next}", str(n + 1)) for n in times
    ]
    texts += [str(given.get("then", "")) for _ in times]
    return Blob("".join(texts).encode())


@cache
def _family(name: str) -> dict[str, Page]:
    file = FOLDER / f"{name}.toml"
    if not file.is_file():
        return {}
    return {code: Page(code, row) for code, row in read_data(file).items()}


def page(code: str) -> Page | None:
    """Return a code's page; None for a code without one (a defect, held by a test)."""
    return _family(code[:3]).get(code)


def families() -> list[str]:
    """Return the families that have pages, as `OM3`, sorted."""
    return sorted(file.stem for file in FOLDER.glob("OM?.toml"))


def pages() -> list[Page]:
    """Return every page, by code."""
    return sorted(
        (one for name in families() for one in _family(name).values()), key=lambda one: one.code
    )
