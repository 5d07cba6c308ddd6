"""The limits of songs, as declared and as enforced: at the bound it passes, beyond it fails, in checking and before sending."""

import json
from pathlib import Path
from typing import Any

import pytest

from omnidsl import load
from omnidsl.plugins import ArgumentError
from omnidsl_suno import ExtendClip, Lyrics, Music
from omnidsl_udio import ExtendClip as ExtendUdio
from omnidsl_udio import Music as MusicByUdio

OLDER = ("chirp-v3-0", "chirp-v3-5", "chirp-v4")
NEWER = ("chirp-v4-5", "chirp-auk", "chirp-bluejay", "chirp-v5", "chirp-crow", "chirp-fenix", "?")
SUNG = {"lyrics": "la"}
CLIP = {"clip_id": "c", "task_id": "t", "at": 1.0}
SONG = {"prompt": "a waltz"}


def words(count: int) -> str:
    return "x" * count


Case = tuple[type, dict[str, Any], dict[str, Any], str]
"""An operation, arguments that it takes, others that make them too much, and what is refused then."""

BOUNDS: list[Case] = [
    (Music, {"prompt": words(400)}, {"prompt": words(401)}, "prompt"),
    (Music, {"prompt": words(3000), "title": "x"}, {"prompt": words(3001)}, "prompt"),
    (Music, {"prompt": words(5000), "tags": "x", "model": "chirp-auk"}, {"prompt": words(5001)}, "prompt"),
    (Music, {"prompt": words(401), "negative_tags": "x"}, {"negative_tags": None}, "prompt"),
    (Music, {**SUNG, "title": words(80)}, {"title": words(81)}, "title"),
    *((Music, {"lyrics": words(3000), "model": one}, {"lyrics": words(3001)}, "lyrics") for one in OLDER),
    *((Music, {"lyrics": words(5000), "model": one}, {"lyrics": words(5001)}, "lyrics") for one in NEWER),
    *((Music, {**SUNG, "tags": words(200), "model": one}, {"tags": words(201)}, "tags") for one in OLDER),
    *((Music, {**SUNG, "tags": words(1000), "model": one}, {"tags": words(1001)}, "tags") for one in NEWER),
    (Music, {**SUNG, "negative_tags": words(200)}, {"negative_tags": words(201)}, "negative_tags"),
    (Music, {"instrumental": True, "tags": words(200)}, {"tags": words(201)}, "tags"),
    (Music, {"instrumental": True, "tags": "x"}, {"tags": None}, "tags"),
    (Music, {"prompt": "x"}, {"prompt": None}, "lyrics"),
    (Music, {"prompt": "x"}, {"lyrics": "x"}, "lyrics"),
    (Music, {"prompt": "x", "instrumental": True}, {"lyrics": "x"}, "lyrics"),
    (ExtendClip, {**CLIP, "at": 0.0}, {"at": -0.1}, "at"),
    (ExtendClip, {**CLIP, "lyrics": words(3000)}, {"lyrics": words(3001)}, "lyrics"),
    (ExtendClip, {**CLIP, "title": words(80)}, {"title": words(81)}, "title"),
    (Lyrics, {"prompt": words(5000)}, {"prompt": words(5001)}, "prompt"),
    (MusicByUdio, {**SONG, "lyrics_type": "user", "lyrics": "x"}, {"lyrics": None}, "lyrics"),
    (MusicByUdio, {**SONG, "lyrics_type": "generate"}, {"lyrics": "x"}, "lyrics"),
    (MusicByUdio, {**SONG, "lyrics_type": "instrumental"}, {"lyrics": "x"}, "lyrics"),
    (MusicByUdio, {**SONG, "seed": -1}, {"seed": -2}, "seed"),
    (ExtendUdio, {**SONG, "clip_id": "c", "context": 1}, {"context": 0}, "context"),
    *(
        (MusicByUdio, {**SONG, one: bound}, {one: bound + step}, one)
        for one in (
            "section_start", "section_end", "lyrics_start", "lyrics_end", "prompt_strength",
            "lyrics_strength", "clarity", "quality",
        )
        for bound, step in ((0.0, -0.01), (1.0, 0.01))
    ),
]  # fmt: skip


def recipe(operation: type, arguments: dict[str, Any]) -> str:
    from omnidsl.plugins.arguments import operation_name

    service = operation.__module__.removeprefix("omnidsl_")
    given = ", ".join(
        f"{name}: {json.dumps(value)}" for name, value in arguments.items() if value is not None
    )
    called = f"{service}.{operation_name(operation)}({given})"
    name = "words.txt" if operation is Lyrics else "song-${index}.mp3"
    return f'pipeline main {{\n    made = {called}\n    save made as "{name}"\n}}\n'


@pytest.mark.parametrize(("operation", "within", "more", "refused"), BOUNDS)
def test_the_last_gate_keeps_what_is_declared(
    operation: type, within: dict[str, Any], more: dict[str, Any], refused: str
) -> None:
    operation(**within)

    with pytest.raises(ArgumentError) as caught:
        operation(**{**within, **more})
    assert refused == caught.value.parameter


@pytest.mark.parametrize(("operation", "within", "more", "refused"), BOUNDS)
def test_checking_finds_the_same_before_anything_runs(
    operation: type,
    within: dict[str, Any],
    more: dict[str, Any],
    refused: str,
    tmp_path: Path,
) -> None:
    file = tmp_path / "song.omni"
    file.write_text(recipe(operation, within), "utf-8")
    assert [] == load(file).check()

    file.write_text(recipe(operation, {**within, **more}), "utf-8")
    found = load(file).check()

    assert [refused] == [
        str(one.values.get("name") or one.values["names"]).strip("`") for one in found
    ]


def test_the_song_that_is_gone_on_with_is_a_task_of_an_earlier_step(tmp_path: Path) -> None:
    file = tmp_path / "song.omni"
    file.write_text(
        'pipeline main {\n    made = "a song" -> suno.extend(at: 3)\n'
        '    save made as "song-${index}.mp3"\n}\n',
        "utf-8",
    )

    assert ["OM221"] == [one.code for one in load(file).check()]


@pytest.mark.parametrize("service", ["suno", "udio"])
@pytest.mark.parametrize(("clip", "codes"), [(0, ["OM207"]), (1, []), (2, []), (3, ["OM207"])])
def test_a_song_has_two_versions_to_go_on_with(
    tmp_path: Path, service: str, clip: int, codes: list[str]
) -> None:
    more = "at: 10" if service == "suno" else 'prompt: "on"'
    (tmp_path / "on.omni").write_text(
        f'pipeline main {{\n    song = {service}.music("a waltz")\n'
        f"    made = song -> extend(clip: {clip}, {more})\n"
        '    save made as "on-${index}.mp3"\n}\n'
    )

    assert codes == [one.code for one in load(tmp_path / "on.omni").check()]
