"""What a plugin author may declare, what becomes of it, and what is said of what is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.plugins import (
    ArgumentError,
    Audio,
    DeclarationError,
    Grid,
    Handle,
    Image,
    Immediate,
    Message,
    Messages,
    Operation,
    PromptJob,
    Service,
    Task,
    Video,
    argument,
)
from omnidsl.plugins.annotations import Accepts, accepted
from omnidsl.plugins.arguments import operation_name
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.declarations import result_type
from omnidsl.plugins.describing import describe

PICTURE = Image(Path("x.png"), "0" * 64, 1, "image/png")
GRID = Grid(Path("x.png"), "0" * 64, 1, "image/png")
HANDLE: Handle[Grid] = Handle("sandbox", "default", "1", "step", 1)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (str, Accepts(("text",))),
        (int, Accepts(("int",))),
        (float, Accepts(("number",))),
        (bool, Accepts(("bool",))),
        (PromptJob, Accepts(("prompt",))),
        (Messages, Accepts(("messages",))),
        (Image, Accepts(("image",))),
        (Grid, Accepts(("grid",))),
        (Audio, Accepts(("audio",))),
        (Video, Accepts(("video",))),
        (dict, Accepts(("json",))),
        (dict[str, int], Accepts(("json",))),
        (Literal["a", "b"], Accepts(("text",), choices=("a", "b"))),
        (Handle[Grid], Accepts(("grid",), handle=True)),
        (list[str], Accepts(("text",), many=True)),
        (tuple[Image, ...], Accepts(("image",), many=True)),
        (list[Handle[Image]], Accepts(("image",), many=True, handle=True)),
        (str | None, Accepts(("text",), optional=True)),
        (Image | Grid, Accepts(("image", "grid"))),
        (str | list[str], Accepts(("text",), many=True, single=True)),
        (Literal["a"] | None, Accepts(("text",), choices=("a",), optional=True)),
    ],
)
def test_an_annotation_is_read_in_the_words_of_the_language(
    annotation: object, expected: Accepts
) -> None:
    assert expected == accepted(annotation)


@pytest.mark.parametrize(
    "annotation", [bytes, object, Any, list, set[str], Callable, type, Path, None]
)
def test_an_annotation_without_a_word_is_refused(annotation: object) -> None:
    with pytest.raises(TypeError, match="the language has no type for"):
        accepted(annotation)


@attrs.frozen
class CoverSong(Task[list[Audio]]):
    """Sing a song anew.

    Further lines are for authors.
    """

    song: Audio = argument(subject=True, help="the song", zh="歌曲")
    style: Literal["jazz", "folk"] = argument(default="jazz")
    model: Literal["v3"] = argument(default="v3", open=True)
    tempo: int | None = argument(default=None, minimum=40, maximum=200)
    tags: list[str] = argument(default=(), max_items=3)
    title: str = argument(default="", max_length=5)
    loud: bool = argument(default=False)
    gain: float = argument(default=1.0)
    extra: dict[str, int] = argument(default=None)


@attrs.frozen
class Press(Immediate[str]):
    """Press a button."""

    name = "press_button"
    deterministic = True
    on_ambiguous = "resubmit"

    picture: Handle[Grid] = argument(subject=True)
    sources: Image | Grid = argument(default=None)


def service(*operations: type[Operation[Any]], **more: Any) -> Service:
    return Service(
        name="studio", operations=operations, implementation="studio.backend:Studio", **more
    )


def song(**more: Any) -> CoverSong:
    return CoverSong(song=Audio(Path("x.mp3"), "0" * 64, 1, "audio/mpeg"), **more)


def test_a_service_is_described_as_json() -> None:
    expected = {
        "summary": "songs",
        "zh": "歌曲",
        "implementation": "studio.backend:Studio",
        "usual_seconds": 9.0,
        "prices": [],
        "settling_seconds": 30.0,
        "settings": [],
        "operations": {
            "cover_song": {
                "doc": "Sing a song anew.",
                "kind": "task",
                "result": "list[audio]",
                "deterministic": False,
                "on_ambiguous": "hold",
                "parameters": [
                    {
                        "name": "song",
                        "accepts": ["audio"],
                        "required": True,
                        "subject": True,
                        "help": "the song",
                        "zh": "歌曲",
                    },
                    {
                        "name": "style",
                        "accepts": ["text"],
                        "default": "jazz",
                        "choices": ["jazz", "folk"],
                    },
                    {
                        "name": "model",
                        "accepts": ["text"],
                        "default": "v3",
                        "choices": ["v3"],
                        "open": True,
                    },
                    {"name": "tempo", "accepts": ["int"], "minimum": 40, "maximum": 200},
                    {"name": "tags", "accepts": ["text"], "many": True, "max_items": 3},
                    {"name": "title", "accepts": ["text"], "default": "", "max_length": 5},
                    {"name": "loud", "accepts": ["bool"], "default": False},
                    {"name": "gain", "accepts": ["number"], "default": 1.0},
                    {"name": "extra", "accepts": ["json"]},
                ],
            },
            "press_button": {
                "doc": "Press a button.",
                "kind": "immediate",
                "result": "text",
                "deterministic": True,
                "on_ambiguous": "resubmit",
                "parameters": [
                    {
                        "name": "picture",
                        "accepts": ["grid"],
                        "required": True,
                        "handle": True,
                        "subject": True,
                    },
                    {"name": "sources", "accepts": ["image", "grid"]},
                ],
            },
        },
    }

    assert expected == describe(
        service(CoverSong, Press, summary="songs", zh="歌曲", usual_seconds=9.0)
    )


def test_checking_sees_what_was_declared() -> None:
    row = {"distribution": "studio", "version": "1.0", **describe(service(CoverSong, Press))}
    catalogue = Catalogue.from_json({"services": {"studio": row}, "problems": []})

    operation = catalogue.find("studio.cover_song")

    assert operation is not None
    assert operation.subject is operation.parameters["song"]
    assert [operation.parameters[name].type_text() for name in ("song", "style", "tags")] == [
        "audio",
        "text",
        "list[text]",
    ]
    assert [one.full_name for one in catalogue.operations()] == [
        "studio.cover_song",
        "studio.press_button",
    ]


@pytest.mark.parametrize(
    "name", ["studio.none", "none.cover_song", "studio", "", "studio.cover_song.x"]
)
def test_what_was_not_declared_is_not_found(name: str) -> None:
    row = {"distribution": "studio", "version": "1.0", **describe(service(CoverSong))}

    assert Catalogue.from_json({"services": {"studio": row}, "problems": []}).find(name) is None


@pytest.mark.parametrize(
    ("operation", "expected"),
    [(CoverSong, "cover_song"), (Press, "press_button"), (type("TTS", (), {}), "tts")],
)
def test_an_operation_is_named_by_itself_or_by_its_class(operation: type, expected: str) -> None:
    assert expected == operation_name(operation)


class Plain(Task[Image]):
    """No attrs class."""


@attrs.frozen
class Unmade(Operation[Image]):
    """Neither a task nor immediate."""


@attrs.frozen
class Undeclared(Task[Image]):
    """A field without `argument`."""

    x: int = 1


@attrs.frozen
class Untyped(Task[Image]):
    """A field of a type that the language lacks."""

    x: bytes = argument()


@attrs.frozen
class Unknown(Task[Image]):
    """An annotation that names nothing."""

    x: "Nowhere" = argument()  # type: ignore[name-defined]  # noqa: F821  # the mistake under test


@attrs.frozen
class Homeless(Task[Image]):
    """An argument for a subject that there is none of."""

    picture: Handle[Grid | Image] = argument(subject=True)
    x: int | None = argument(default=None, of="video")


@attrs.frozen
class Needy(Task[Image]):
    """An argument that is needed beside nothing in particular."""

    picture: Handle[Grid | Image] = argument(subject=True)
    x: int | None = argument(default=None, needed=True)


@pytest.mark.parametrize(
    ("operation", "where", "problem"),
    [
        (Plain, "studio.plain", "an operation must be an attrs class"),
        (Unmade, "studio.unmade", "derives from `Task"),
        (Undeclared, "studio.undeclared.x", "declare it with `argument"),
        (Untyped, "studio.untyped.x", "the language has no type for"),
        (Unknown, "studio.unknown", "an annotation names something unknown"),
        (Homeless, "studio.homeless.x", "a type of the subject (grid, image)"),
        (Needy, "studio.needy.x", "`needed` wants one"),
    ],
)
def test_a_wrong_declaration_is_named_by_its_path(
    operation: type[Operation[Any]], where: str, problem: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        describe(service(operation))

    assert (where, True) == (caught.value.where, problem in caught.value.problem)


@pytest.mark.parametrize(
    ("name", "implementation"), [("Studio", "a:B"), ("my studio", "a:B"), ("studio", "a.B")]
)
def test_a_service_cannot_have_an_impossible_name_or_implementation(
    name: str, implementation: str
) -> None:
    with pytest.raises(ValueError, match="must match regex"):
        Service(name=name, operations=(), implementation=implementation)


def test_what_an_operation_makes_is_read_from_its_base() -> None:
    assert Accepts(("audio",), many=True) == result_type(CoverSong)


@pytest.mark.parametrize(
    "arguments",
    [
        {"style": "folk"},
        {"model": "v9"},
        {"tempo": 40},
        {"tempo": 200},
        {"tempo": None},
        {"tags": ["a", "b", "c"]},
        {"tags": ()},
        {"title": "12345"},
        {"loud": True},
        {"gain": 2},
        {"gain": 2.5},
        {"extra": {"a": 1}},
    ],
)
def test_a_value_within_the_declaration_is_taken(arguments: dict[str, object]) -> None:
    (name,) = arguments

    assert arguments[name] == getattr(song(**arguments), name)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"style": "rock"}, "one of `jazz`, `folk`"),
        ({"style": 1}, "`text`"),
        ({"model": 3}, "`text`"),
        ({"tempo": 39}, "at least 40"),
        ({"tempo": 201}, "at most 200"),
        ({"tempo": 1.5}, "`int`"),
        ({"tempo": True}, "`int`"),
        ({"tempo": "60"}, "`int`"),
        ({"tags": ["a", 1]}, "a list of `text`"),
        ({"tags": list("abcd")}, "a list of at most 3"),
        ({"title": "123456"}, "at most 5 characters long"),
        ({"title": None}, "`text`"),
        ({"loud": 1}, "`bool`"),
        ({"gain": "1"}, "`number`"),
        ({"gain": False}, "`number`"),
    ],
)
def test_a_value_beyond_the_declaration_is_refused_with_what_was_expected(
    arguments: dict[str, object], expected: str
) -> None:
    (name,) = arguments

    with pytest.raises(ArgumentError) as caught:
        song(**arguments)

    assert ("cover_song", name, expected) == (
        caught.value.operation,
        caught.value.parameter,
        caught.value.expected,
    )


@pytest.mark.parametrize("picture", [GRID, "grid", None])
def test_a_handle_is_no_file_and_no_text(picture: object) -> None:
    with pytest.raises(ArgumentError):
        Press(picture=picture)  # type: ignore[arg-type]  # what a type checker would refuse, too


@pytest.mark.parametrize("sources", [PICTURE, GRID])
def test_an_argument_of_two_types_takes_both(sources: Image | Grid) -> None:
    assert sources == Press(picture=HANDLE, sources=sources).sources


def test_a_grid_is_no_image() -> None:
    @attrs.frozen
    class Frame(Task[Image]):
        """Frame a picture."""

        picture: Image = argument()

    with pytest.raises(ArgumentError, match="must be `image`"):
        Frame(picture=GRID)  # type: ignore[arg-type]  # what a type checker would refuse, too


def test_a_refusal_names_operation_argument_and_value() -> None:
    with pytest.raises(ArgumentError, match="`cover_song`: `tempo` must be at least 40, not 39"):
        song(tempo=39)


@given(tempo=st.integers())
def test_bounds_are_inclusive(tempo: int) -> None:
    try:
        taken = song(tempo=tempo).tempo == tempo
    except ArgumentError:
        taken = False

    assert taken == (40 <= tempo <= 200)


def test_a_conversation_is_taken_where_messages_are_declared() -> None:
    @attrs.frozen
    class Chat(Immediate[str]):
        """Answer."""

        messages: str | Messages = argument(subject=True)

    turns = Messages((Message("user", ("hello", PICTURE)),))

    assert (turns, "hello") == (Chat(messages=turns).messages, Chat(messages="hello").messages)
