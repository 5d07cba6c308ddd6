"""The pictures of the documents show what the commands do now. Made again by `docs/recordings/record.py`."""

import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from PIL import Image

from docs.recordings.record import COMMANDS, LANGUAGES, record, studio
from tests.docs.documents import ROOT

FOLDER = ROOT / "docs" / "recordings"
RECORDINGS = sorted(FOLDER.glob("*.svg"))
_TEXT = re.compile(r'<text class="end-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')
_CHANGING = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}|\d+\.\d")


def shown(svg: str) -> list[str]:
    """Return the lines of a recording's last screen, without blanks."""
    lines: dict[float, str] = {}
    for _, y, text in sorted(_TEXT.findall(svg), key=lambda one: (float(one[1]), float(one[0]))):
        lines[float(y)] = lines.get(float(y), "") + re.sub(r"\s", "", unescape(text))
    return [one for one in lines.values() if one]


def plain(line: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m|\s", "", line)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda one: one.name)
def test_a_recording_names_no_machine_and_needs_no_network(recording: Path) -> None:
    text = recording.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")

    found = re.findall(r"https?:|url\((?!#)|@import|/(?:tmp|home|root|Users|work)/", text)

    assert [] == found


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recording_shows_what_its_command_prints(
    name: str, language: str, tmp_path: Path
) -> None:
    studio(tmp_path)

    *_, (_, screen) = record(COMMANDS[name], language, tmp_path)

    printed = Counter(_CHANGING.sub("#", line) for line in map(plain, screen) if line)
    recording = (FOLDER / f"{name}{LANGUAGES[language]}.svg").read_text("utf-8")
    assert printed == Counter(_CHANGING.sub("#", line) for line in shown(recording))


def test_the_picture_is_small_and_says_that_it_is_simulated() -> None:
    picture = FOLDER / "cyberpunk.png"

    with Image.open(picture) as read:
        title = read.info["Title"]

    assert (True, "SIMULATED") == (picture.stat().st_size <= 60_000, title)
