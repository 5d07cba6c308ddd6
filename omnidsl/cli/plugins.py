"""`omni plugins`: the installed services, their operations and arguments, and the plugins that are broken."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.cli import finding, plugging, plugin_list
from omnidsl.language.catalogue import phrase, preferred_language
from omnidsl.reporting.terminal import columns, pad, printable

if TYPE_CHECKING:
    from omnidsl.plugins.catalogue import (
        Catalogue,
        OperationView,
        ParameterView,
        ServiceView,
        SettingView,
    )

FORMAT_VERSION = "1.2"
"""Of the JSON form; the second number grows when something is added, the first when anything else changes."""


_TYPES = {"flag": "bool", "count": "int", "number": "number", "text": "text"}


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-plugins")
    parser = subparsers.add_parser("plugins", help=words, description=words)
    parser.add_argument("--json", action="store_true", help=phrase("plugins-json"))
    plugging.add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is installed to stdout and what is wrong with plugins to stderr; return 1 for errors, else 0."""
    from omnidsl.settings import load

    settings, faults = load(Path.cwd())
    finding.show(faults, to_stderr=True)
    if finding.status(faults):
        return finding.USAGE
    catalogue = plugging.catalogue(settings, arguments)
    print(_as_json(catalogue) if arguments.json else _as_text(catalogue))
    return _report_problems(catalogue)


def _report_problems(catalogue: "Catalogue") -> int:
    if not catalogue.problems:
        return 0
    from omnidsl.reporting.formats.full import render_full
    from omnidsl.reporting.terminal import wants_colour

    found = [one.diagnostic() for one in catalogue.problems]
    sys.stdout.flush()
    sys.stderr.write(render_full(found, colour=wants_colour(sys.stderr)))
    return int(any(one.severity == "error" for one in found))


def _as_text(catalogue: "Catalogue") -> str:
    services = ["\n".join(_service_lines(one)) for one in catalogue.services.values()]
    parts = [plugin_list.as_text(catalogue), *(services or [phrase("plugins-none")])]
    return "\n\n".join(filter(None, parts))


def _service_lines(service: "ServiceView") -> Iterator[str]:
    summary = _in_language(service.summary, service.zh)
    yield printable(service.name + (f" — {summary}" if summary else ""))
    yield printable(f"  {phrase('plugins-from')} {service.distribution} {service.version}")
    for operation in service.operations.values():
        yield ""
        yield printable(f"  {operation.full_name} -> {operation.result}")
        if about := _in_language(operation.doc, operation.zh):
            yield printable(f"    {about}")
        if operation.free:
            yield f"    {phrase('plugins-free')}"
        if operation.not_served_by:
            kinds = ", ".join(operation.not_served_by)
            yield f"    {phrase('plugins-not-served').format(kinds=kinds)}"
        yield from _parameter_lines(operation)
    if service.settings:
        yield ""
        yield printable(f"  [services.{service.name}]")
        yield from _lines(
            (
                one.name,
                _TYPES[one.kind],
                _set(one.default),
                _in_language(one.help, one.zh),
                _choices(one.choices),
            )
            for one in service.settings.values()
        )


def _parameter_lines(operation: "OperationView") -> Iterator[str]:
    """Yield one aligned row a parameter, and its limits below its help."""
    return _lines(
        (
            one.name,
            one.type_text(phrase("plugins-either")),
            _need(one),
            _in_language(one.help, one.zh),
            _limits(one),
        )
        for one in operation.parameters.values()
    )


def _lines(given: "Iterable[tuple[str, str, str, str, str]]") -> Iterator[str]:
    """Yield aligned rows: a name, its type, whether it is needed or what it is, help, and limits below that."""
    rows = list(given)
    widths = (
        [max(columns(printable(row[cell])) for row in rows) for cell in range(3)] if rows else []
    )
    for row in rows:
        cells = (pad(printable(row[cell]), width) for cell, width in enumerate(widths))
        before = "    " + "  ".join(cells) + "  "
        texts = [text for text in (printable(row[3]), printable(row[4])) if text] or [""]
        yield (before + texts[0]).rstrip()
        yield from (" " * columns(before) + text for text in texts[1:])


def _need(parameter: "ParameterView") -> str:
    if parameter.subject:
        return phrase("plugins-subject")
    if parameter.required:
        return phrase("plugins-required")
    return _set(parameter.default)


def _set(default: bool | float | str | None) -> str:  # noqa: FBT001  # a value, not a switch
    return phrase("plugins-optional") if default is None else f"= {_literal(default)}"


def _choices(choices: tuple[str, ...]) -> str:
    return phrase("plugins-choices").format(choices=", ".join(choices)) if choices else ""


def _literal(value: bool | float | str) -> str:  # noqa: FBT001  # a value, not a switch
    """Return a default as a recipe would write it."""
    if isinstance(value, str):
        return f'"{value}"'
    return ("false", "true")[value] if isinstance(value, bool) else f"{value:g}"


def _limits(parameter: "ParameterView") -> str:
    """Return the choices and bounds in words; empty where there are none."""
    limits = []
    if parameter.choices:
        listed = ", ".join(parameter.choices)
        limits.append(
            phrase("plugins-open-choices" if parameter.open else "plugins-choices").format(
                choices=listed
            )
        )
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        limits.append(phrase("plugins-between").format(low=f"{low:g}", high=f"{high:g}"))
    elif low is not None:
        limits.append(phrase("plugins-at-least").format(low=f"{low:g}"))
    elif high is not None:
        limits.append(phrase("plugins-at-most").format(high=f"{high:g}"))
    if parameter.max_length is not None:
        limits.append(phrase("plugins-max-length").format(count=parameter.max_length))
    if parameter.max_items is not None:
        limits.append(phrase("plugins-max-items").format(count=parameter.max_items))
    return phrase("plugins-and").join(limits)


def _in_language(english: str, chinese: str) -> str:
    return chinese if preferred_language() == "zh" and chinese else english


def _as_json(catalogue: "Catalogue") -> str:
    """Return one JSON document; every key is always there, null where nothing is declared."""
    import json

    from omnidsl.plugins import API

    services = [
        {
            "name": one.name,
            "summary": _in_language(one.summary, one.zh),
            "distribution": one.distribution,
            "version": one.version,
            "operations": [_operation_json(operation) for operation in one.operations.values()],
            "settings": [_setting_json(setting) for setting in one.settings.values()],
        }
        for one in catalogue.services.values()
    ]
    problems = [
        {
            "code": one.code,
            "distribution": one.distribution,
            "hook": one.hook,
            "problem": one.problem,
        }
        for one in catalogue.problems
    ]
    return json.dumps(
        {
            "format_version": FORMAT_VERSION,
            "api": API,
            "services": services,
            "plugins": plugin_list.as_json(catalogue),
            "problems": problems,
        },
        indent=2,
    )


def _operation_json(operation: "OperationView") -> dict[str, object]:
    return {
        "name": operation.full_name,
        "kind": operation.kind,
        "result": operation.result,
        "doc": _in_language(operation.doc, operation.zh),
        "deterministic": operation.deterministic,
        "on_ambiguous": operation.on_ambiguous,
        "free": operation.free,
        "not_served_by": list(operation.not_served_by),
        "parameters": [_parameter_json(one) for one in operation.parameters.values()],
    }


def _setting_json(setting: "SettingView") -> dict[str, object]:
    return {
        "name": setting.name,
        "type": _TYPES[setting.kind],
        "default": setting.default,
        "choices": list(setting.choices),
        "help": _in_language(setting.help, setting.zh),
    }


def _parameter_json(parameter: "ParameterView") -> dict[str, object]:
    return {
        "name": parameter.name,
        "type": parameter.type_text(),
        "accepts": list(parameter.accepts),
        "many": parameter.many,
        "handle": parameter.handle,
        "subject": parameter.subject,
        "required": parameter.required,
        "default": parameter.default,
        "choices": list(parameter.choices),
        "open": parameter.open,
        "of": parameter.of or None,
        "needed": parameter.needed,
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "max_length": parameter.max_length,
        "max_items": parameter.max_items,
        "help": _in_language(parameter.help, parameter.zh),
    }
