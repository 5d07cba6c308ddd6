"""Recipes as text, checked and planned in a folder of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.planning.inspection import Inspection, inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.index import load
from omnidsl.settings.house import AS_SHIPPED

Inspect = Callable[..., Inspection]
Told = Callable[..., list[tuple[str, str]]]


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """What the installed plugins declare."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMNI_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        return load()


@pytest.fixture
def inspect(tmp_path: Path, catalogue: Catalogue) -> Inspect:
    """Check a recipe's text, dry run included; other files of the project by name."""

    def run(text: str, most_steps: int = 100_000, **files: str | bytes) -> Inspection:
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        main = tmp_path / "main.omni"
        main.write_text(text, "utf-8")
        found = inspect_source(
            Source(text, "main.omni"),
            main,
            root=tmp_path,
            catalogue=catalogue,
            rules=AS_SHIPPED,
            most_steps=most_steps,
        )
        found.dry_run()
        return found

    return run


@pytest.fixture
def told(inspect: Inspect) -> Told:
    """Return the findings of a recipe as pairs of code and the text they are about."""

    def run(text: str, **files: str | bytes) -> list[tuple[str, str]]:
        return [(one.code, about(one)) for one in inspect(text, **files).diagnostics]

    return run


def about(finding: Diagnostic) -> str:
    """Return the text that a finding is about."""
    return (
        finding.source[finding.span]
        if finding.source is not None and finding.span is not None
        else ""
    )
