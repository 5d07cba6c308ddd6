"""`omni plugin new NAME`: a complete distribution with a service of its own, which passes its own tests at once."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.errors import OmniError
from omnidsl.language.catalogue import phrase, preferred_language

if TYPE_CHECKING:
    import argparse

TEMPLATES = Path(__file__).parent / "templates"

FILES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    "LICENSE": "LICENSE",
    ".gitignore": "gitignore",
    ".github/workflows/tests.yml": "workflow.yml",
    "@PACKAGE@/__init__.py": "declarations.py",
    "@PACKAGE@/backend.py": "backend.py",
    "@PACKAGE@/conformance.py": "conformance.py",
    "@PACKAGE@/prices.toml": "prices.toml",
    "@PACKAGE@/py.typed": "",
    "tests/test_conformance.py": "test_conformance.py",
    "tests/test_recipe.py": "test_recipe.py",
}
"""What is written, and the template that it is written from (empty: an empty file)."""

_PREFIX = "omnidsl-"
_LONGEST = 30
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_.]+[a-z0-9]+)*")


class UnusableNameError(OmniError, ValueError):
    """Raised when a plugin cannot be called so, or when there is something in its folder already."""


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the action."""
    words = phrase("plugin-new")
    parser = actions.add_parser("new", help=words, description=words)
    parser.add_argument("name", metavar="NAME", help=phrase("plugin-new-name"))
    parser.add_argument("--folder", metavar="FOLDER", help=phrase("plugin-new-folder"))


def run(arguments: "argparse.Namespace") -> int:
    """Write the distribution and return 0, or 2 where its name or its folder will not do; OSError where a disk will not."""
    try:
        service = service_name(arguments.name)
        folder = Path(arguments.folder or _distribution(service))
        _refuse_to_write_over(folder)
    except UnusableNameError as error:
        from omnidsl.reporting.terminal import printable

        sys.stderr.write(f"omni: {phrase('error')}: {printable(str(error))}\n")
        return 2
    write(folder, service)
    _tell(folder, service)
    return 0


def write(folder: Path, service: str) -> None:
    """Write the distribution into a folder; OSError where a file is there already, or the disk will not."""
    values = _values(service)
    for name, template in FILES.items():
        path = folder / _filled(name, values)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(_filled(_template(template), values) if template else "")


def service_name(name: str) -> str:
    """Return the service's name in recipes for what somebody calls a plugin; UnusableNameError says what is wrong.

    `Sketch-Book`, `omnidsl-sketch-book` and `sketch_book` are all `sketch_book`.
    """
    from keyword import iskeyword

    from omnidsl.language.keywords import KEYWORDS

    plain = name.strip().lower()
    if not _NAME.fullmatch(plain) or len(plain) > _LONGEST:
        raise UnusableNameError(phrase("plugin-name-bad").format(name=name[:_LONGEST]))
    service = re.sub(r"[-_.]+", "_", re.sub(r"[-_.]+", "-", plain).removeprefix(_PREFIX))
    if not _NAME.fullmatch(service) or service == "omnidsl":
        raise UnusableNameError(phrase("plugin-name-bad").format(name=name))
    if iskeyword(service) or service in KEYWORDS:
        raise UnusableNameError(phrase("plugin-name-keyword").format(name=service))
    if taken := _taken(service):
        raise UnusableNameError(phrase("plugin-name-taken").format(name=service, by=taken))
    return service


def _taken(service: str) -> str:
    """Return what an installed service, package or standard module of that name is called; empty where there is none."""
    from importlib.util import find_spec

    from omnidsl.plugins.index import load

    if service in sys.stdlib_module_names:
        return f"Python: {service}"
    services = load().services
    if service in services:
        return services[service].distribution
    package = f"omnidsl_{service}"
    return package if find_spec(package) is not None else ""


def _distribution(service: str) -> str:
    return _PREFIX + service.replace("_", "-")


def _refuse_to_write_over(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and _is_empty(folder))):
        raise UnusableNameError(phrase("plugin-folder-taken").format(folder=folder))


def _is_empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def _values(service: str) -> dict[str, str]:
    from omnidsl import __version__

    return {
        "SERVICE": service,
        "PACKAGE": f"omnidsl_{service}",
        "DISTRIBUTION": _distribution(service),
        "CLASS": "".join(part.capitalize() for part in service.split("_")),
        "VARIABLE": f"{service.upper()}_API_KEY",
        "VERSION": __version__,
        "YEAR": str(datetime.now(UTC).year),
    }


def _template(name: str) -> str:
    own = TEMPLATES / preferred_language() / f"{name}.template"
    file = own if own.exists() else TEMPLATES / "code" / f"{name}.template"
    return file.read_text("utf-8")


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"@([A-Z]+)@", lambda found: values.get(found[1], found[0]), text)


def _tell(folder: Path, service: str) -> None:
    from shlex import quote

    from omnidsl.reporting.terminal import columns, pad, printable

    steps = [
        (f"cd {printable(quote(str(folder)))}", ""),
        ('python -m pip install --editable ".[dev]"', phrase("plugin-new-install")),
        ("python -m pytest", phrase("plugin-new-test")),
        (f"omni plugin check {_distribution(service)}", phrase("plugin-new-check")),
    ]
    width = max(columns(step) for step, _ in steps)
    lines = [phrase("init-wrote"), *(f"  {_filled(name, _values(service))}" for name in FILES), ""]
    lines += [
        phrase("init-next"),
        *(f"  {pad(step, width)}  {words}".rstrip() for step, words in steps),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
