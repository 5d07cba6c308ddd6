"""What must hold for any text whatever: one function a law, which raises where it does not."""

import json
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.engine import Unexpected
from omnidsl.language.formatting import TooDeepError, formatted
from omnidsl.language.parser import parse
from omnidsl.language.source import Source
from omnidsl.planning.inspection import inspect_source
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.index import load
from omnidsl.prompts import Prompt, interpolate
from omnidsl.prompts import parse as parse_prompt
from omnidsl.reporting.formats import FORMATS, Look, render
from omnidsl.settings.house import AS_SHIPPED


def parser(text: str) -> None:
    """A recipe is a tree, or there is an error that says why it is none; every finding lies in the text."""
    source = Source(text)
    tree, findings = parse(source)
    assert tree is not None or any(one.severity == "error" for one in findings)
    _hold(findings, source)


def checker(text: str) -> None:
    """A recipe is checked and planned, and every finding can be shown to everybody."""
    folder, catalogue = _surroundings()
    inspection = inspect_source(
        Source(text), folder / "main.omni", root=folder, catalogue=catalogue, rules=AS_SHIPPED
    )
    inspection.dry_run()
    found = inspection.diagnostics
    assert inspection.recipe is not None or found
    for form in FORMATS:
        for language in ("en", "zh"):
            report = "".join(render(form, found, Look(language=language)))
            assert not found or report
            assert "\x1b" not in report


def formatter(text: str) -> None:
    """What follows the grammar has one form, which says the same; what does not is left to the parser's findings."""
    try:
        once = formatted(text)
    except Unexpected:
        assert any(one.severity == "error" for one in parse(Source(text))[1])
        return
    except TooDeepError:
        return
    assert once == formatted(once)
    if not parse(Source(text))[1]:
        assert parse(Source(once))[1] == []


def interpolation(text: str) -> None:
    """What stands in `${…}` is a name or a finding; as a value it is data, and changes nothing else of a prompt."""
    for recipe in (f'let a = "b ${{{text}}} c"\n', f"prompt a {{\n    b ${{{text}}} c\n}}\n"):
        parser(recipe)
    for parts in (["a ", " cat --ar 4:3"], ["a {x", "x, blue} cat::2 b"]):
        assert _shape(interpolate(parts, ["x"])) == _shape(interpolate(parts, [text or "x"]))


def prompt(text: str) -> None:
    """A prompt is read, is JSON, and its canonical spelling is canonical."""
    read = parse_prompt(text)
    json.dumps(read.as_json())
    for one in read.diagnostics:
        assert one.span is None or 0 <= one.span.start <= one.span.end <= len(text)
        assert one.message("en")
        assert one.message("zh")
    if read.valid and read.permutations == 1:
        assert read.canonical == parse_prompt(read.canonical).canonical
        str(Prompt.parse(text))


def _hold(findings: Iterable[Diagnostic], source: Source) -> None:
    for one in findings:
        assert one.message("en")
        assert one.message("zh")
        assert one.source is source
        assert one.span is not None
        assert 0 <= one.span.start <= one.span.end <= len(source.text)


def _shape(text: str) -> tuple[object, ...]:
    read = parse_prompt(text)
    jobs = [
        (job.images, [one.weight for one in job.segments], dict(job.parameters))
        for job in read.jobs
    ]
    return read.permutations, jobs


@cache
def _surroundings() -> tuple[Path, Catalogue]:
    """Return an empty project, and what the installed plugins declare."""
    return Path(tempfile.mkdtemp(prefix="omni-fuzz-")), load()
