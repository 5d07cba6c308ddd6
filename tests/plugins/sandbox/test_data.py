import re
from pathlib import Path

import pytest

import omnidsl_sandbox
from omnidsl_sandbox.buttons import catalogue
from omnidsl_sandbox.drawing.backdrops import BACKDROPS
from omnidsl_sandbox.drawing.lettering import _cjk_names
from omnidsl_sandbox.drawing.looks import _table
from omnidsl_sandbox.drawing.subjects import SUBJECTS
from omnidsl_sandbox.markers import Marker
from omnidsl_sandbox.presses import press
from omnidsl_sandbox.profiles import PROFILES, Songs, load_profile

SOURCES = sorted(Path(omnidsl_sandbox.__file__).parent.rglob("*.py"))


def refusals_in_code(sources: list[Path]) -> set[str]:
    text = "".join(path.read_text("utf-8") for path in sources)
    return set(re.findall(r'(?:Refused|refuse)\((?:gateway, request, )?\s*"([a-z-]+)"', text))


FRONT = {
    "asking.py",
    "audio.py",
    "chats.py",
    "completions.py",
    "contents.py",
    "conversation.py",
    "edits.py",
    "embeddings.py",
    "front.py",
    "images.py",
    "messages.py",
    "models.py",
    "orders.py",
    "replies.py",
}


SONGS = {"song_orders.py", "suno.py", "udio.py"}
EVERYBODY = {"application.py", "exchange.py"}


def test_every_refusal_of_the_gateway_has_its_words_and_every_word_its_refusal() -> None:
    own = [path for path in SOURCES if path.name not in SONGS]

    assert refusals_in_code(own) == set(load_profile("new-api").words["refusals"])


def test_every_refusal_of_a_song_has_its_words_and_every_word_its_refusal() -> None:
    own = [path for path in SOURCES if path.name in SONGS | EVERYBODY]

    assert refusals_in_code(own) == set(Songs().words["refusals"])


@pytest.mark.parametrize("profile", ["plus", "proxy"])
def test_a_server_of_midjourneys_has_words_for_what_it_refuses_and_no_others(profile: str) -> None:
    own = [path for path in SOURCES if path.name not in FRONT | SONGS]

    assert refusals_in_code(own) == set(load_profile(profile).words["refusals"])


@pytest.mark.parametrize("profile", PROFILES)
def test_every_refusal_can_be_answered(profile: str) -> None:
    speaker = load_profile(profile)
    names = ("method", "path", "reason", "model", "field", "prompt", "word")

    replies = [
        speaker.refusal(name, dict.fromkeys(names, "{x}"), "number")
        for name in speaker.words["refusals"]
    ]

    assert all(200 <= reply.status < 600 for reply in replies)


def test_every_motif_of_the_data_can_be_painted() -> None:
    assert {entry.name for entry in _table("backdrop")} == set(BACKDROPS)
    assert {entry.name for entry in _table("subject")} == set(SUBJECTS)


def test_every_palette_has_its_eight_colours() -> None:
    colours = [entry.colours for entry in _table("palette")]

    assert {8} == {len(row) for row in colours}
    assert all(re.fullmatch("#[0-9a-f]{6}", one) for row in colours for one in row)


def test_every_button_of_a_picture_but_the_bookmark_does_something() -> None:
    ids = [
        one.custom_id.format(index=1, job="u") for one in catalogue() if one.on != "descriptions"
    ]

    assert all(press(one).action for one in ids if "BOOKMARK" not in one)


def test_every_marker_is_documented() -> None:
    documented = (
        (Path(omnidsl_sandbox.__file__).parent / "markers.py").read_text("utf-8").split('"""')[1]
    )

    assert all(f"[[sandbox:{marker.value}]]" in documented for marker in Marker)


def test_the_fonts_are_file_names_that_stand_once() -> None:
    names = _cjk_names()

    assert all(re.fullmatch(r"[\w -]+\.(?:ttc|ttf|otf)", name) for name in names)
    assert len(names) == len(set(names)) > 0
