"""A project of its own for each example, and `--update`, which writes expectations anew."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnidsl.language.catalogue import preferred_language


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update`; it is there when this folder is named on the command line."""
    parser.addoption(
        "--update", action="store_true", help="write tests/cases/**/*.expected as things are now"
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be written instead of compared."""
    return bool(request.config.getoption("--update", default=False))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty project, which is the current folder; English, and no settings of the user's."""
    folder = tmp_path / "project"
    (folder / ".omni").mkdir(parents=True)
    monkeypatch.chdir(folder)
    for name in ("OMNI_BASE_URL", "OMNI_API_KEY", "OMNI_OUTPUT_FORMAT", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMNI_LANG", "en")
    monkeypatch.setenv("NO_COLOR", "1")
    preferred_language.cache_clear()
    yield folder
    preferred_language.cache_clear()
    for name, module in [*sys.modules.items()]:  # plugins of this project
        if str(getattr(module, "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


@pytest.fixture(autouse=True, scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Declarations are read once for all cases, into a cache of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMNI_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield
