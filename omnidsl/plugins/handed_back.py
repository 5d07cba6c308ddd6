"""What a plugin gives or raises, looked into: a wrong type deep in it would break what comes after, and not the plugin."""

import json
from collections.abc import Iterator, Mapping
from typing import get_args

from omnidsl.plugins.backend import Receipt, State, Status
from omnidsl.plugins.lost import Found
from omnidsl.plugins.media import File, Made
from omnidsl.plugins.outcomes import Failed, GatewayError, OutcomeError, Reply, RetryLater

_PLAIN: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "int": (int,),
    "number": (int, float),
    "bool": (bool,),
}

_STATES = frozenset(get_args(State))


def fault(found: object) -> str:
    """Return what is wrong within an answer, as `Made.text is no str: int`; empty for a sound one."""
    return next(_faults(found), "")


def wrong_parts(declared: Mapping[str, str], facts: Mapping[str, object]) -> list[str]:
    """Return the names of the parts of plain types whose facts are of another one.

    A fact that is not there is no part this time.
    """
    return [
        name
        for name, kind in declared.items()
        if facts.get(name) is not None and not _is_of(kind, facts[name])
    ]


def _is_of(kind: str, value: object) -> bool:
    item = kind.removeprefix("list[").removesuffix("]")
    if item not in _PLAIN:
        return True
    if kind == item:
        return type(value) in _PLAIN[item]
    return isinstance(value, list) and all(type(one) in _PLAIN[item] for one in value)


def _faults(found: object) -> Iterator[str]:
    match found:
        case Made():
            yield from _kind("Made.text", found.text, str, type(None))
            for one in found.files:
                yield from _faults_of_file(one)
            yield from _facts("Made.facts", found.facts)
        case Receipt():
            yield from _text("Receipt.task", found.task)
            if isinstance(found.task, str) and not found.task:
                yield "Receipt.task is empty"
            yield from _text("Receipt.account", found.account)
            yield from _facts("Receipt.facts", found.facts)
        case Status():
            if not isinstance(found.state, str) or found.state not in _STATES:
                yield f"Status.state is none of {', '.join(sorted(_STATES))}: {found.state!r:.60}"
            yield from _kind("Status.progress", found.progress, float, int, type(None))
            yield from _kind("Status.reason", found.reason, str)
            yield from _facts("Status.facts", found.facts)
        case Found():
            yield from _facts("Found.answer", found.answer)
        case OutcomeError() | GatewayError() | Failed():
            name = type(found).__name__
            yield from _kind(f"{name}.reason", found.reason, str)
            yield from _kind(f"{name}.message", found.message, str)
            if isinstance(found, Failed):
                yield from _facts(f"{name}.facts", found.facts)
            else:
                yield from _kind(f"{name}.reply", found.reply, Reply, type(None))
            if isinstance(found, RetryLater):
                yield from _kind(f"{name}.after", found.after, float, int, type(None))


def _faults_of_file(found: object) -> Iterator[str]:
    if not isinstance(found, File):
        yield f"Made.files holds no File: {type(found).__name__}"
        return
    yield from _kind("File.kind", found.kind, str)
    yield from _kind("File.url", found.url, str, type(None))
    yield from _kind("File.data", found.data, bytes, type(None))
    yield from _kind("File.part", found.part, str)
    if found.url is None and found.data is None:
        yield "File has neither `url` nor `data`"


def _text(name: str, found: object) -> Iterator[str]:
    """Yield what is wrong with a text that is written into a column of the ledger."""
    yield from _kind(name, found, str)
    try:
        str(found).encode()
    except UnicodeEncodeError:
        yield f"{name} has no form in UTF-8"


def _kind(name: str, found: object, *kinds: type) -> Iterator[str]:
    if not isinstance(found, kinds):
        yield f"{name} is no {kinds[0].__name__}: {type(found).__name__}"


def _facts(name: str, found: object) -> Iterator[str]:
    if not isinstance(found, Mapping):
        yield f"{name} is no mapping: {type(found).__name__}"
        return
    try:
        json.dumps(dict(found))
    except (TypeError, ValueError, RecursionError) as error:
        yield f"{name} is no JSON: {error}"
