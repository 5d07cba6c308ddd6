"""The plugins that `omni plugins` lists: where each comes from, which hooks it has, and why some take no part."""

from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.plugins.installed import EntryPoint

_WIDE, _NARROWEST = 160, 40
"""Columns of the table: where nobody's window limits them, and at least."""


def as_text(catalogue: "Catalogue") -> str:
    """Return a table of all plugins; empty where there is none."""
    from omnidsl.plugins import API
    from omnidsl.reporting.tables import table, window

    faulty = {one.distribution for one in catalogue.problems}
    rows = [(*_about(one), ", ".join(_brought(one, faulty))) for one in catalogue.points]
    rows += [(*_about(one), phrase(f"plugins-{why}")) for one, why in catalogue.left]
    rows += [(one, one, "", phrase("plugins-untrusted")) for one in _untrusted(catalogue)]
    if not rows:
        return ""
    heads = [phrase(f"plugins-head-{one}") for one in ("name", "from", "version", "brings")]
    width = window(without=_WIDE, least=_NARROWEST)
    title = phrase("plugins-title").format(api=API)
    return "\n".join([title, "", *table(heads, rows, width)])


def as_json(catalogue: "Catalogue") -> "list[dict[str, object]]":
    """Return the plugins as JSON; `left_out` is why one takes no part, else null."""
    chosen = [{**_json(one), "left_out": None} for one in catalogue.points]
    left = [{**_json(one), "left_out": why} for one, why in catalogue.left]
    empty: dict[str, object] = {"module": None, "version": "", "folder": None, "hooks": []}
    rest: list[dict[str, object]] = [
        {"name": one, "distribution": one, **empty, "left_out": "untrusted"}
        for one in _untrusted(catalogue)
    ]
    return [*chosen, *left, *rest]


def _about(one: "EntryPoint") -> tuple[str, str, str]:
    return one.name, one.distribution, one.version


def _hooks(one: "EntryPoint") -> "Iterator[str]":
    yield from (name.removeprefix("omnidsl_").replace("_", "-") for name in one.hooks)


def _brought(one: "EntryPoint", faulty: set[str]) -> "Iterator[str]":
    yield from _hooks(one)
    if one.distribution in faulty:
        yield phrase("plugins-faulty")


def _json(one: "EntryPoint") -> "dict[str, object]":
    return {
        "name": one.name,
        "module": one.module,
        "distribution": one.distribution,
        "version": one.version,
        "folder": one.folder or None,
        "hooks": list(one.hooks),
    }


def _untrusted(catalogue: "Catalogue") -> list[str]:
    return [one.values["folder"] for one in catalogue.problems if one.code == "OM919"]
