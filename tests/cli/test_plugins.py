"""`omni plugins`: what is installed, for people and for programs, and what is broken."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from omnidsl.reporting.terminal import columns

if TYPE_CHECKING:
    import subprocess

Omni = Callable[..., "subprocess.CompletedProcess[str]"]
Install = Callable[..., Path]

STUDIO = '''
from typing import Literal
import attrs
from omnidsl.plugins import Audio, Immediate, Service, Task, argument, hookimpl

@attrs.frozen
class Song(Task[Audio]):
    """Sing a song."""
    words: str = argument(subject=True, max_length=500, help="what is sung", zh="歌词")
    key: Literal["major", "minor"] = argument(default="major", help="the key", zh="调")
    tempo: int = argument(minimum=40, maximum=200, help="beats a minute", zh="每分钟拍数")
    voices: list[str] = argument(default=(), max_items=4)
    loud: bool = argument(default=False)

@attrs.frozen
class Echo(Immediate[str]):
    """Say it again."""
    text: str = argument(subject=True)

@hookimpl
def omnidsl_services():
    return [Service(name="studio", operations=(Song, Echo), implementation="studio:Studio",
                    summary="songs", zh="歌曲")]
'''


@pytest.fixture
def studio(install: Install) -> str:
    return str(install("studio", STUDIO, distribution="studio_plugin", version="2.5"))


def section(output: str, service: str) -> str:
    start = output.index(f"{service} — ")
    end = output.find(
        "\n\n" + next((line for line in output[start:].splitlines()[1:] if " — " in line), "\0"),
        start,
    )
    return output[start : end if end > 0 else None].rstrip()


def test_a_service_is_listed_with_its_operations_and_arguments(omni: Omni, studio: str) -> None:
    expected = """\
studio — songs
  from studio_plugin 2.5

  studio.song -> audio
    Sing a song.
    words   text        subject    what is sung
                                   at most 500 characters
    key     text        = "major"  the key
                                   one of: major, minor
    tempo   int         required   beats a minute
                                   40 to 200
    voices  list[text]  optional   at most 4 items
    loud    bool        = false

  studio.echo -> text
    Say it again.
    text  text  subject"""

    result = omni("plugins", PYTHONPATH=studio)

    assert (result.returncode, result.stderr) == (0, "")
    assert expected == section(result.stdout, "studio")


def test_the_list_speaks_chinese_and_stays_aligned(omni: Omni, studio: str) -> None:
    result = omni("plugins", PYTHONPATH=studio, OMNI_LANG="zh")

    listed = section(result.stdout, "studio")
    assert listed.startswith("studio — 歌曲\n  来自 studio_plugin 2.5\n")
    helps = [
        (line, word)
        for line in listed.splitlines()
        for word in ("歌词", "每分钟拍数")
        if word in line
    ]
    assert len({columns(line.split(word)[0]) for line, word in helps}) == 1


def test_first_party_services_are_listed(omni: Omni) -> None:
    result = omni("plugins")

    assert "midjourney.imagine -> grid" in result.stdout
    assert "openai.chat -> text" in result.stdout


def test_json_holds_every_declaration_and_every_key(omni: Omni, studio: str) -> None:
    expected = {
        "name": "tempo",
        "type": "int",
        "accepts": ["int"],
        "many": False,
        "handle": False,
        "subject": False,
        "required": True,
        "default": None,
        "choices": [],
        "open": False,
        "of": None,
        "needed": False,
        "minimum": 40,
        "maximum": 200,
        "max_length": None,
        "max_items": None,
        "help": "beats a minute",
    }

    document = json.loads(omni("plugins", "--json", PYTHONPATH=studio).stdout)

    (service,) = (one for one in document["services"] if one["name"] == "studio")
    assert (document["format_version"], service["distribution"], service["version"]) == (
        "1.2",
        "studio_plugin",
        "2.5",
    )
    song, echo = service["operations"]
    assert (song["name"], song["kind"], song["result"]) == ("studio.song", "task", "audio")
    assert (echo["name"], echo["kind"], echo["result"]) == ("studio.echo", "immediate", "text")
    assert expected in song["parameters"]


def test_a_broken_plugin_is_reported_beside_the_others_and_fails_the_command(
    omni: Omni, install: Install, studio: str
) -> None:
    install("broken", "raise RuntimeError('no \\x1b licence')", distribution="broken_plugin")

    result = omni("plugins", PYTHONPATH=studio)

    assert result.returncode == 1
    assert "studio.song" in result.stdout
    (row,) = (one for one in result.stdout.splitlines() if one.startswith(" broken "))
    assert row.endswith("has a fault, see below")
    assert result.stderr.startswith(
        "error[OM901] broken-plugin: plugin `broken_plugin` cannot be used: "
        "import broken: RuntimeError: no ␛ licence\n"
    )


def test_a_broken_plugin_is_told_where_a_list_of_prompts_is_checked(
    omni: Omni, install: Install, tmp_path: Path
) -> None:
    site = str(install("broken", "raise RuntimeError('no licence')", distribution="broken_plugin"))
    (tmp_path / "folder" / "cats.txt").write_text("a cat --v 6.1\n")

    result = omni("prompt", "check", "cats.txt", PYTHONPATH=site)

    assert (2, True) == (result.returncode, result.stdout.startswith("error[OM901] broken-plugin"))


def test_json_of_a_broken_plugin_is_one_document_with_its_problem(
    omni: Omni, install: Install
) -> None:
    site = str(install("broken", "raise RuntimeError('no licence')", distribution="broken_plugin"))
    expected = [
        {
            "code": "OM901",
            "distribution": "broken_plugin",
            "hook": "import broken",
            "problem": "RuntimeError: no licence",
        }
    ]

    result = omni("plugins", "--json", PYTHONPATH=site)

    assert (result.returncode, expected) == (1, json.loads(result.stdout)["problems"])


def test_hostile_declarations_cannot_steer_the_terminal(omni: Omni, install: Install) -> None:
    hostile = (
        STUDIO.replace('"songs"', '"so\\x1b[2Jngs"')
        .replace("Sing a song.", "Sing\\x1b[31m")
        .replace('"what is sung"', '"\\x1b[1m"')
    )
    site = str(install("studio", hostile))

    result = omni("plugins", PYTHONPATH=site)

    assert "studio.song" in result.stdout
    assert "\x1b" not in result.stdout
