"""Values for a pipeline's parameters, as the command line (texts) or Python (values) gives them."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from omnidsl.checking.project_files import ProjectFiles
from omnidsl.checking.report import Report
from omnidsl.checking.symbols import Module, Symbol
from omnidsl.checking.types import MEDIA, Type
from omnidsl.checking.values import Duration, ProjectFile, Ratio, Value
from omnidsl.language import syntax
from omnidsl.language.catalogue import quoted
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.pattern import pattern
from omnidsl.language.suggestions import nearest

_RATIO = pattern(r"([1-9]\d{0,4}):([1-9]\d{0,4})")
_DURATION = pattern(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def bind(
    pipeline: Symbol,
    types: Mapping[str, Type],
    given: Mapping[str, object],
    report: Report,
    *,
    root: Path,
) -> dict[str, Value]:
    """Return the given parameters as values of their types; what is unknown, missing or unfit is reported.

    Pictures and other media are paths from the current folder, of files below `root`.
    """
    node, module = pipeline.node, pipeline.module
    if not isinstance(node, syntax.Pipeline) or module is None:
        raise TypeError(pipeline)
    for name in given:
        if name not in types:
            report.add(
                "OM203",
                None,
                None,
                callee=pipeline.name,
                name=name,
                known=quoted(types),
                suggestions=nearest(name, types),
            )
    bound: dict[str, Value] = {}
    missing = []
    for one in node.parameters:
        name = one.name.text
        path = given.get(name)
        if types[name].name in MEDIA and isinstance(path, str | os.PathLike):
            file = _file(path, one, module, ProjectFiles(root, report))
            if file is not None:
                bound[name] = file
        elif name in given:
            value = convert(given[name], types[name])
            if value is None:
                type_ = types[name]
                wanted = " | ".join(f'"{one}"' for one in type_.choices) or type_
                close = nearest(str(given[name]), type_.choices)
                values = {"name": name, "wanted": wanted, "value": given[name]}
                report.take(
                    Diagnostic(
                        "OM227", one.span, source=module.source, values=values, suggestions=close
                    )
                )
            else:
                bound[name] = value
        elif one.default is None:
            missing.append(name)
    if missing:
        listed = ", ".join(f"`{one}`" for one in missing)
        ways = " ".join(f"{one}=…" for one in missing)
        report.add(
            "OM228", module.source, node.name.span, callee=pipeline.name, names=listed, ways=ways
        )
    return bound


def _file(
    path: "str | os.PathLike[str]", node: syntax.Declaration, module: Module, files: ProjectFiles
) -> ProjectFile | None:
    """Return a file of the project, or report that it is missing or outside."""
    try:
        written = os.path.relpath(os.fspath(path), module.folder)
    except ValueError:  # another drive
        written = os.fspath(path)
    found = files.find(Path(written).as_posix(), node.span, module)
    return ProjectFile(str(found)) if found is not None else None


def convert(given: object, wanted: Type) -> Value | None:
    """Return a value of the wanted type, or None where the given one is none."""
    value = _plain(given, wanted)
    if value is None or isinstance(value, bool):
        return value
    if wanted.choices and value not in wanted.choices:
        return None
    if isinstance(value, int | float) and wanted.low is not None and wanted.high is not None:
        return value if wanted.low <= value <= wanted.high else None
    return value


def _plain(given: object, wanted: Type) -> Value | None:  # one case a type
    if wanted.name == "list":
        items = _items(given)
        if items is None or wanted.item is None:
            return None
        converted = [convert(one, wanted.item) for one in items]
        kept = [one for one in converted if one is not None]
        return kept if len(kept) == len(converted) else None
    text = given if isinstance(given, str) else None
    match wanted.name:
        case "text":
            return text
        case "bool":
            if isinstance(given, bool):
                return given
            return {"true": True, "false": False}.get(text or "")
        case "int" | "number":
            return _number(given, whole=wanted.name == "int")
        case "ratio":
            if (
                isinstance(given, tuple)
                and len(given) == 2
                and all(isinstance(one, int) and one > 0 for one in given)
            ):
                return Ratio(*given)
            found = _RATIO.fullmatch(text or "")
            return Ratio(int(found[1]), int(found[2])) if found else None
        case "duration":
            if isinstance(given, int | float) and not isinstance(given, bool):
                return Duration(float(given))
            found = _DURATION.fullmatch(text or "")
            return Duration(float(found[1]) * _SECONDS[found[2]]) if found else None
    return None


def _items(given: object) -> list[object] | None:
    if isinstance(given, list | tuple):
        return list(given)
    if not isinstance(given, str):
        return None
    if given.lstrip().startswith("["):
        try:
            read: object = json.loads(given)
        except ValueError:
            return None
        return read if isinstance(read, list) else None
    return [one.strip() for one in given.split(",")]


def _number(given: object, *, whole: bool) -> int | float | None:
    if isinstance(given, bool):
        return None
    if isinstance(given, int) or (isinstance(given, float) and not whole):
        return given
    if not isinstance(given, str):
        return None
    try:
        return int(given) if whole or re.fullmatch(r"[+-]?\d+", given) else _finite(float(given))
    except ValueError:
        return None


def _finite(value: float) -> float:
    if value != value or value in (
        float("inf"),
        float("-inf"),
    ):  # NaN is the one that differs from itself
        raise ValueError(value)
    return value
