"""`omni check --show-settings`: every setting with the value that holds and where it comes from, in the form of TOML."""

import os
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase
from omnidsl.settings.declaration import SETTINGS, Default, Setting

if TYPE_CHECKING:
    import argparse

    from omnidsl.settings import Settings

_LISTS = frozenset({"extend-exclude", "lint.extend-select", "lint.ignore"})
"""Settings that a flag adds to; every other one it replaces."""


def table(settings: "Settings", arguments: "argparse.Namespace") -> str:
    """Return the settings that hold with these flags, one a line."""
    flags = _flags(arguments)
    lines = [f"# {phrase('settings-of').format(root=_shown(str(settings.root)))}"]
    return "\n".join([*lines, *(_line(one, settings, flags.get(one.name)) for one in SETTINGS)])


def _flags(arguments: "argparse.Namespace") -> dict[str, tuple[str, Default]]:
    """Return what flags say, by the name of the setting that they go over."""
    from omnidsl.cli.selecting import per_file_ignores

    by_pattern = {key: list(codes) for key, codes in per_file_ignores(arguments).items()}
    said: dict[str, tuple[str, Default]] = {
        "rules": ("--rules", arguments.rules),
        "default-version": ("--default-version", arguments.default_version),
        "exclude": ("--exclude", arguments.exclude),
        "extend-exclude": ("--extend-exclude", arguments.extend_exclude),
        "respect-gitignore": ("--no-respect-gitignore", None),
        "force-exclude": ("--force-exclude", arguments.force_exclude or None),
        "lint.select": ("--select", arguments.select),
        "lint.extend-select": ("--extend-select", arguments.extend_select),
        "lint.ignore": ("--ignore", arguments.ignore),
        "lint.per-file-ignores": ("--per-file-ignores", by_pattern or None),
        "lint.fail-on": ("--fail-on", arguments.fail_on),
    }
    if arguments.no_respect_gitignore:
        said["respect-gitignore"] = ("--no-respect-gitignore", False)
    return {name: one for name, one in said.items() if one[1] is not None}


def _line(setting: Setting, settings: "Settings", flag: tuple[str, Default] | None) -> str:
    name, given = setting.name, settings.values.given
    value, origins = setting.default, [phrase("settings-default")]
    if name in given:
        value, origins = given[name], [_shown(str(settings.file))]
    if name.startswith("gateway."):
        holds = getattr(settings, name.replace(".", "_"))
        if holds != value:
            value, origins = holds, ["OMNI_BASE_URL"]
    if flag is not None:
        before = value if name in given and _adds(name) else None
        origins = [flag[0], *(origins if before is not None else [])]
        value = _both(flag[1], before)
    origin = ", ".join(origins)
    if value is None:
        return f"# {name}: {phrase('settings-unset')}"
    return f"{name} = {_toml(value)}  # {origin}"


def _adds(name: str) -> bool:
    return name in _LISTS or name == "lint.per-file-ignores"


def _both(first: Default, second: Default) -> Default:
    if isinstance(first, list) and isinstance(second, list):
        return [*first, *second]
    if isinstance(first, dict) and isinstance(second, dict):
        joined: dict[str, list[str]] = {}
        for key in (*second, *first):
            lists = (first.get(key, []), second.get(key, []))
            joined[key] = [item for one in lists if isinstance(one, list) for item in one]
        return joined
    return first


def _toml(value: object) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{_quoted(key)} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """Return a text as TOML writes it; what cannot be seen is escaped, so that no terminal is steered."""
    signs = (
        f"\\{one}" if one in '"\\' else one if one.isprintable() else f"\\U{ord(one):08X}"
        for one in text
    )
    return f'"{"".join(signs)}"'


def _shown(path: str) -> str:
    from omnidsl.reporting.terminal import printable

    try:
        near = os.path.relpath(path)
    except ValueError:  # another drive
        near = path
    return printable(path if near.startswith("..") else near)
