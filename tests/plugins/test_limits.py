"""Limits of arguments that depend on others: in the index, in checking, and at the last gate."""

from typing import Any, ClassVar

import attrs
import pytest

from omnidsl.plugins import ArgumentError, DeclarationError, Immediate, Limit, Service, argument
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.conditions import Condition, applying
from omnidsl.plugins.describing import describe


@attrs.frozen
class Sing(Immediate[str]):
    """Sing."""

    limits: ClassVar[tuple[Limit, ...]] = (
        Limit("words", when={"voice": "old-*"}, max_length=3),
        Limit("words", when={"voice": "!old-*"}, max_length=5),
        Limit("at", when={"after": "*"}, given=True),
        Limit("at", when={"after": "!*"}, given=False),
        Limit("speed", when={"loud": "true"}, minimum=1, maximum=2),
        Limit("voice", when={"speed": "4"}, choices=("new-a", "new-b")),
        Limit("count", when={"count": "*"}, choices=("1", "2", "4")),
    )
    words: str = argument(subject=True)
    voice: str = argument(default="old-a")
    after: str | None = argument(default=None)
    at: float | None = argument(default=None)
    speed: float = argument(default=1.0)
    loud: bool = argument(default=False)
    count: int = argument(default=1)


def view() -> Catalogue:
    service = Service(name="song", operations=(Sing,), implementation="x:Y")
    row = {"distribution": "d", "version": "1", **describe(service)}
    return Catalogue.from_json({"services": {"song": row}, "problems": []})


CASES = [
    ({"words": "abc"}, None),
    ({"words": "abcd"}, "words"),
    ({"words": "abcd", "voice": "new-a"}, None),
    ({"words": "abcdef", "voice": "new-a"}, "words"),
    ({"words": "a", "after": "x"}, "at"),
    ({"words": "a", "after": "x", "at": 0.0}, None),
    ({"words": "a", "at": 1.0}, "at"),
    ({"words": "a", "speed": 3.0}, None),
    ({"words": "a", "speed": 3.0, "loud": True}, "speed"),
    ({"words": "a", "speed": 2.0, "loud": True}, None),
    ({"words": "a", "speed": 4.0}, "voice"),
    ({"words": "a", "speed": 4.0, "voice": "new-b"}, None),
    ({"words": "a", "count": 4}, None),
    ({"words": "a", "count": 3}, "count"),
]


@pytest.mark.parametrize(("arguments", "refused"), CASES, ids=str)
def test_the_last_gate_refuses_what_does_not_go_together(
    arguments: dict[str, Any], refused: str | None
) -> None:
    if refused is None:
        Sing(**arguments)
        return
    with pytest.raises(ArgumentError) as caught:
        Sing(**arguments)
    assert refused == caught.value.parameter


@pytest.mark.parametrize(("arguments", "refused"), CASES, ids=str)
def test_checking_finds_the_same(arguments: dict[str, Any], refused: str | None) -> None:
    from omnidsl.checking.limits import conflicts

    operation = view().services["song"].operations["sing"]

    found = [limit.argument for limit, _ in conflicts(operation, arguments)]

    assert ([] if refused is None else [refused]) == found


def test_what_is_not_known_yet_decides_nothing() -> None:
    rows = [
        Condition({"argument": "size", "when": {"model": "a*"}, "choices": ["1"]}),
        Condition({"argument": "size", "when": {}, "choices": ["2"]}),
        Condition({"argument": "style", "when": {"model": "*"}, "given": False}),
        Condition({"argument": "tone", "when": {"model": "!*"}, "given": False}),
    ]

    assert ["style"] == [one.argument for one in applying(rows, {"model": None})]


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit("wrods", when={}, max_length=3), "there is no argument `wrods`"),
        (Limit("words", when={"vioce": "*"}, max_length=3), "there is no argument `vioce`"),
        (Limit("voice", when={"loud": "true"}, given=False), "`voice` has a default"),
        ("words", "must be a Limit, not str"),
    ],
)
def test_a_limit_that_cannot_hold_is_a_wrong_declaration(limit: Limit, words: str) -> None:
    @attrs.frozen
    class Wrong(Sing):
        """Sing."""

        limits: ClassVar[tuple[Limit, ...]] = (limit,)

    Wrong.__orig_bases__ = Sing.__orig_bases__  # type: ignore[attr-defined]  # what it makes stands on the base
    with pytest.raises(DeclarationError, match=words):
        describe(Service(name="song", operations=(Wrong,), implementation="x:Y"))


def test_media_parts_are_lists() -> None:
    from omnidsl.plugins import Image

    @attrs.frozen
    class Wrong(Immediate[str]):
        """Sing."""

        parts: ClassVar = {"cover": Image}
        words: str = argument(subject=True)

    with pytest.raises(DeclarationError, match="media are a list"):
        describe(Service(name="song", operations=(Wrong,), implementation="x:Y"))
