"""OpenAI's limits: the declared ones are found by `omni check`, kept by the last gate, and are those of the sandbox."""

import re
from pathlib import Path
from typing import Any

import attrs
import filetype
import pytest

from omnidsl import Gateway, load
from omnidsl.plugins import ArgumentError, Artifact, Audio, Image
from omnidsl.plugins.arguments import operation_name
from omnidsl_openai import omnidsl_services
from omnidsl_sandbox import Sandbox
from tests.plugins.openai_cases import TABLES, Row, project, written


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("project"))


def made_by_hand(call: str, folder: Path) -> object:
    """Return the operation of a call as the runner makes it, past every check."""

    def file(name: str) -> Artifact:
        path = folder / name
        cls = Audio if path.suffix in (".wav", ".mp3", ".aac") else Image
        return cls(path, "0" * 64, path.stat().st_size, str(filetype.guess_mime(path)))

    class Operations:
        def __getattr__(self, name: str) -> Any:
            (cls,) = (
                one for one in omnidsl_services()[0].operations if operation_name(one) == name
            )

            def make(*given: object, **named: object) -> object:
                fields: Any = attrs.fields(cls)  # type: ignore[arg-type]  # an operation is an attrs class
                names = [one.name for one in fields]
                return cls(**dict(zip(names, given, strict=False)), **named)

            return make

    python = re.sub(r"\b(\w{1,20}): ", r"\1=", call)
    return eval(python, {"openai": Operations(), "file": file})  # noqa: S307  # rows of our own file


def codes(call: str, folder: Path, *, several: bool) -> list[str]:
    path = folder / "limit.omni"
    name = "x-${index}" if several else "x"
    path.write_text(f'pipeline main {{\n    x = {call}\n    save x as "{name}"\n}}\n', "utf-8")
    return [one.code for one in load(path).check()]


LIMITS = TABLES["limit"]
KNOWN = [row for row in LIMITS if "code" in row]


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row["fits"])
def test_a_call_at_its_bounds_is_clean_and_passes_the_last_gate(row: Row, folder: Path) -> None:
    call = written(row["fits"])

    assert [] == codes(call, folder, several=row.get("several", False))
    assert made_by_hand(call, folder)


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row["breaks"])
def test_what_is_beyond_a_bound_is_found_by_check_and_by_the_last_gate(
    row: Row, folder: Path
) -> None:
    call = written(row["breaks"])

    assert [row["code"]] == codes(call, folder, several=row.get("several", False))
    with pytest.raises(ArgumentError):
        made_by_hand(call, folder)


ELSEWHERE = ("flux", "another-tts", "most.wav")
"""Models that the sandbox does not have, and a file that takes a while."""


def test_calls_at_their_bounds_are_served_by_the_sandbox(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = [one["fits"] for one in LIMITS if not any(name in one["fits"] for name in ELSEWHERE)]
    lines = "".join(f"    x{number} = {written(one)}\n" for number, one in enumerate(calls))
    path = folder / "served.omni"
    path.write_text(f"pipeline main {{\n{lines}}}\n", "utf-8")
    monkeypatch.setenv("OMNI_STATE_DIR", str(tmp_path / "state"))

    with Sandbox(artifact="fixed:1k") as sandbox:
        done = load(path).run(gateway=Gateway.at(sandbox.url, key="sk-any"), output=tmp_path)
        books = sandbox.books()

    assert (0, ()) == (done.status, done.failures)
    assert (len(calls), 0) == (books.submissions, books.duplicates)
