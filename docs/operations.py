"""What docs/operations.md and docs/operations.zh-CN.md say, made of the declarations of our own services."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from omnidsl import __version__
from omnidsl.language.catalogue import phrase
from omnidsl.plugins.catalogue import OperationView, ParameterView, ServiceView
from omnidsl.plugins.conditions import Condition
from omnidsl.plugins.declarations import Service
from omnidsl.plugins.describing import describe

FOLDER = Path(__file__).parent
DOCUMENTS = {"en": FOLDER / "operations.md", "zh": FOLDER / "operations.zh-CN.md"}
SERVICES = ("midjourney", "openai", "claude", "gemini", "suno", "udio")
_EITHER = {"en": " or ", "zh": " 或 "}
_OTHERS = {"en": "[简体中文](operations.zh-CN.md)", "zh": "[English](operations.md)"}


def document(language: str) -> str:
    """Return the whole document: each service with its operations, their arguments and limits."""
    parts = [f"# {phrase('operations-title', language)}", _OTHERS[language]]
    parts.append(phrase("operations-intro", language))
    for name in SERVICES:
        service = _view(name)
        about = service.zh if language == "zh" else service.summary
        page = f"[{name}](services/{name}.md)"
        parts += [f"## {name}", f"{about}{phrase('operations-page', language).format(page=page)}"]
        for one in service.operations.values():
            parts += _operation(one, language)
    return "\n\n".join(parts) + "\n"


def _view(name: str) -> ServiceView:
    (service,) = import_module(f"omnidsl_{name}").omnidsl_services()
    if not isinstance(service, Service):
        raise TypeError(name)
    return ServiceView(
        name, {"distribution": "omnidsl", "version": __version__, **describe(service)}
    )


def _operation(one: OperationView, language: str) -> Iterator[str]:
    yield f"### {one.full_name} → {one.result}"
    yield (one.zh if language == "zh" else "") or one.doc
    rows = [_parameter(parameter, language) for parameter in one.parameters.values()]
    heads = [phrase(f"operations-{column}", language) for column in ("argument", "type", "about")]
    yield "\n".join([f"| {' | '.join(heads)} |", "|---|---|---|", *rows])
    told = [_limit(row, language) for row in one.limits if row.limits]
    if told:
        yield "\n".join(f"- {row}" for row in told)
    if one.parts:
        parts = ", ".join(f"`{name}` ({kind})" for name, kind in one.parts.items())
        yield phrase("operations-parts", language).format(parts=parts)
    if one.free:
        yield phrase("operations-free", language)
    if one.not_served_by:
        kinds = ", ".join(f"`{kind}`" for kind in one.not_served_by)
        yield phrase("operations-not-served", language).format(kinds=kinds)


def _parameter(one: ParameterView, language: str) -> str:
    need = phrase("operations-subject", language) if one.subject else ""
    if one.required and not one.subject:
        need = phrase("operations-needed", language)
    elif isinstance(one.default, bool | int | float | str):
        shown = "true" if one.default is True else "false" if one.default is False else one.default
        need = f"= {shown}"
    about = [(one.zh if language == "zh" else "") or one.help, *_bounds(one)]
    return f"| `{one.name}` {need} | {one.type_text(_EITHER[language])} | {_cell('; '.join(filter(None, about)))} |"


def _bounds(one: ParameterView) -> Iterator[str]:
    if one.choices:
        yield ", ".join(f"`{choice}`" for choice in one.choices) + (" …" if one.open else "")
    low, high = one.minimum, one.maximum
    if low is not None or high is not None:
        yield f"{'' if low is None else f'{low:g}'}–{'' if high is None else f'{high:g}'}"
    if one.max_length is not None:
        yield f"≤ {one.max_length}"
    if one.max_items is not None:
        yield f"{one.min_items or 0}–{one.max_items}"
    if one.max_bytes is not None:
        yield f"≤ {one.max_bytes / (1 << 20):g} MB"


def _limit(one: Condition, language: str) -> str:
    when = ", ".join(_when(name, pattern, language) for name, pattern in one.when.items())
    if one.given is not None:
        allowed = phrase("operations-needed" if one.given else "operations-left-out", language)
    else:
        allowed = one.allowed()
    why = one.zh if language == "zh" else one.help
    return f"`{one.argument}`: {allowed} ({when})" + (f" – {why}" if why else "")


def _when(name: str, pattern: str, language: str) -> str:
    if pattern in ("*", "!*"):
        key = "operations-given" if pattern == "*" else "operations-not-given"
        return phrase(key, language).format(name=f"`{name}`")
    return f"`{name}` {'≠' if pattern.startswith('!') else '='} `{pattern.lstrip('!')}`"


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")
