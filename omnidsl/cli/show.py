"""`omni show FILE`: where a saved file comes from."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from omnidsl.language.catalogue import phrase
from omnidsl.reporting.terminal import columns, pad, printable

if TYPE_CHECKING:
    from omnidsl.plugins.media import JSON
    from omnidsl.running.origins import Origin

USAGE = 2


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    words = phrase("command-show")
    parser = subparsers.add_parser("show", help=words, description=words)
    parser.add_argument("file", metavar="FILE", type=Path, help=phrase("help-show-file"))
    parser.add_argument("--json", action="store_true", help=phrase("help-show-json"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what is known of the file and return 0; 1 where nothing is, 2 where it cannot be read."""
    origin = find(arguments.file)
    if isinstance(origin, int):
        return origin
    if arguments.json:
        print(json.dumps(as_json(origin), ensure_ascii=False, indent=2))
        return 0
    rows = list(_rows(origin))
    width = max(columns(name) for name, _ in rows)
    print(printable(f"{origin.path} ({origin.media_type}, {shown_size(origin.size)})"))
    for name, value in rows:
        print(f"  {pad(name, width)}  {printable(value)}")
    return 0


def find(path: Path) -> "Origin | int":
    """Return where a file comes from, else the exit status; what is wrong has been said."""
    from omnidsl.cli.plugging import catalogue
    from omnidsl.embedding import states_near
    from omnidsl.planning.costs import Prices
    from omnidsl.running.origins import find_origin
    from omnidsl.settings import load

    here, there = Path.cwd(), Path(path).absolute().parent
    states = dict.fromkeys(
        one.absolute() for folder in (here, there) for one in states_near(folder)
    )
    try:
        origin = find_origin(path, states, Prices(catalogue(load(here)[0])))
    except FileNotFoundError:
        print(f"omni: {printable(phrase('show-missing').format(path=path))}", file=sys.stderr)
        return USAGE
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        said = phrase("show-unreadable").format(path=path, words=words)
        print(f"omni: {printable(said)}", file=sys.stderr)
        return USAGE
    if origin is None:
        print(f"omni: {printable(phrase('show-unknown').format(path=path))}", file=sys.stderr)
        return 1
    return origin


def as_json(origin: "Origin") -> "dict[str, JSON]":
    """Return what is known of a file: its provenance, and beside it who tells and whether that is to be believed."""
    return {
        "path": str(origin.path),
        "sha256": origin.sha256,
        "size": origin.size,
        "media_type": origin.media_type,
        "told_by": origin.teller,
        "changed": origin.changed,
        "known_to_ledger": origin.known,
        "original_stored": origin.stored,
        "provenance": dict(origin.document),
    }


def _rows(origin: "Origin") -> Iterator[tuple[str, str]]:
    found = origin.document
    step = _mapping(found, "step")
    yield from _places(found, step)
    if step:
        made = f"{_text(step.get('operation'))} @ {_text(step.get('gateway'))}"
        task = step.get("task")
        made += phrase("show-task").format(task=_text(task)) if task else ""
        made += phrase("show-simulated") if step.get("simulated") is True else ""
        yield phrase("show-made"), made
        if "prompt" in step:
            yield phrase("show-prompt"), _text(step["prompt"])
        for name in ("parameters", "arguments"):
            if (one := _mapping(step, name)) and not (name == "arguments" and "prompt" in step):
                yield phrase(f"show-{name}"), _pairs(one)
        for name in ("seed", "model"):
            if name in step:
                yield phrase(f"show-{name}"), _text(step[name])
        if cost := _cost(_mapping(step, "cost")):
            yield phrase("show-cost"), cost
    if parents := list(_parents(found.get("parents"))):
        yield phrase("show-parents"), "; ".join(parents)
    version, saved = _text(found.get("omnidsl", "?")), _text(found.get("saved", "?"))
    words = phrase("show-run-value")
    yield phrase("show-run"), words.format(run=_text(found["run"]), saved=saved, version=version)
    if attempt := step.get("attempt"):
        yield phrase("show-purchase"), _text(attempt)
    kept = "show-original-kept" if origin.stored else "show-original-gone"
    sha256 = _text(_mapping(found, "original").get("sha256"))
    yield phrase("show-original"), phrase(kept).format(sha256=sha256)
    told = phrase(f"show-teller-{origin.teller}")
    if origin.changed:
        told += phrase("show-changed")
    elif origin.teller != "ledger":
        told += phrase("show-known" if origin.known else "show-not-known")
    yield phrase("show-teller"), told


def _parents(found: "JSON") -> Iterator[str]:
    for one in found if isinstance(found, list) else ():
        if isinstance(one, dict):
            task = one.get("task")
            more = phrase("show-task").format(task=_text(task)) if task else ""
            yield f"{_text(one.get('id'))}{more}"


def _places(found: "Mapping[str, JSON]", step: "Mapping[str, JSON]") -> Iterator[tuple[str, str]]:
    """Yield where it stands in which recipe, and what that was given."""
    recipe, pipeline = _text(_mapping(found, "recipe").get("path")), _text(found["pipeline"])
    if step:
        words = phrase("show-step-value")
        name, line = _text(step.get("id")), _text(step.get("line"))
        yield phrase("show-step"), words.format(step=name, recipe=recipe, line=line, pipeline=pipeline)  # fmt: skip  # one call
    else:
        words = phrase("show-recipe-value")
        yield phrase("show-recipe"), words.format(recipe=recipe, pipeline=pipeline)
    if bindings := _mapping(found, "bindings"):
        yield phrase("show-bindings"), _pairs(bindings)


def _mapping(found: "Mapping[str, JSON]", name: str) -> "Mapping[str, JSON]":
    one = found.get(name)
    return one if isinstance(one, dict) else {}


def _text(value: "JSON") -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _pairs(values: "Mapping[str, JSON]") -> str:
    return ", ".join(f"{name}: {_text(one)}" for name, one in values.items())


def _cost(cost: "Mapping[str, JSON]") -> str:
    from omnidsl.planning.money import span

    match cost:
        case {"micros": int(micros), "currency": str(currency)} if micros >= 0:
            shown = f"{currency} {span(micros, micros)}"
            estimated = cost.get("estimated") is True
            return phrase("show-cost-estimated").format(cost=shown) if estimated else shown
    return ""


def shown_size(size: int) -> str:
    """Return a number of bytes as people read it."""
    for unit, factor in (("GB", 2**30), ("MB", 2**20), ("KB", 2**10)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"
