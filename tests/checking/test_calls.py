"""Calls: which argument goes where, and how values of lists are mapped."""

from collections.abc import Callable

import pytest

from omnidsl.checking.arguments import Slot
from omnidsl.checking.types import Type, list_of
from omnidsl.language.catalogue import OwnWords
from omnidsl.language.source import Source
from omnidsl.planning.inspection import inspect_source
from omnidsl.plugins.catalogue import Catalogue, ParameterView, ServiceView
from omnidsl.settings.house import AS_SHIPPED
from tests.checking.conftest import about

STUDIO = {
    "distribution": "studio", "version": "1", "summary": "", "zh": "", "implementation": "s:S", "usual_seconds": 1, "settling_seconds": 1,
    "operations": {
        "tick": {"doc": "", "kind": "immediate", "result": "text", "deterministic": False, "on_ambiguous": "hold",
                 "parameters": [{"name": "n", "accepts": ["int"], "default": 1}]},
        "mix": {"doc": "", "kind": "immediate", "result": "text", "deterministic": False, "on_ambiguous": "hold",
                "parameters": [{"name": "parts", "accepts": ["text"], "many": True, "subject": True, "required": True,
                                "max_items": 3}]},
        "say": {"doc": "", "kind": "immediate", "result": "text", "deterministic": False, "on_ambiguous": "hold",
                "parameters": [{"name": "words", "accepts": ["text"], "subject": True, "required": True, "max_length": 5},
                               {"name": "form", "accepts": ["text"], "choices": ["loud", "soft"], "default": "soft"}]},
        "show": {"doc": "", "kind": "immediate", "result": "text", "deterministic": False, "on_ambiguous": "hold",
                 "parameters": [{"name": "form", "accepts": ["text"], "choices": ["wide", "soft"], "default": "soft"}]},
        "glue": {"doc": "", "kind": "immediate", "result": "text", "deterministic": False, "on_ambiguous": "hold",
                 "parameters": [{"name": "parts", "accepts": ["text"], "many": True, "single": True, "subject": True,
                                 "required": True, "max_items": 3}]},
    },
}  # fmt: skip  # data

Told = Callable[[str], list[tuple[str, str]]]


@pytest.fixture
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    root = tmp_path_factory.mktemp("project")
    catalogue = Catalogue([ServiceView("studio", STUDIO)])

    def run(body: str) -> list[tuple[str, str]]:
        text = f"pipeline p {{\n    {body}\n}}\n"
        found = inspect_source(Source(text), None, root=root, catalogue=catalogue, rules=AS_SHIPPED)
        found.dry_run()
        return [(one.code, about(one)) for one in found.diagnostics]

    return run


def test_an_operation_without_a_subject_takes_nothing_from_the_left(told: Told) -> None:
    assert [("OM212", '"x"')] == told('a = "x" -> studio.tick')


def test_a_list_goes_whole_into_a_parameter_that_takes_lists(told: Told) -> None:
    assert [] == told('a = ["x", "y"] -> studio.mix')


def test_a_list_that_is_too_long_is_told(told: Told) -> None:
    assert [("OM208", '["a", "b", "c", "d"]')] == told('a = ["a", "b", "c", "d"] -> studio.mix')


def test_a_list_and_one_alone_go_into_a_parameter_that_takes_either(told: Told) -> None:
    assert [] == told('a = ["x", "y"] -> studio.glue\n save a as "a.txt"')
    assert [] == told('a = "x" -> studio.glue\n save a as "a.txt"')
    assert [("OM221", "1")] == told('a = studio.glue(1)\n save a as "a.txt"')


def test_types_of_which_one_will_do_are_told_in_the_reader_s_language() -> None:
    parameter = ParameterView({"name": "recording", "accepts": ["audio", "video"]})
    wanted = Slot("recording", None, required=True, parameter=parameter).wanted()

    assert isinstance(wanted, OwnWords)
    assert ("audio or video", "audio 或 video") == (wanted.text("en"), wanted.text("zh"))


@pytest.mark.parametrize(("form", "codes"), [("loud", []), ("wide", []), ("odd", ["OM206"])])
def test_choices_as_a_type_are_those_of_every_operation_with_an_argument_of_the_name(
    told: Told, form: str, codes: list[str]
) -> None:
    text = f'a = studio.tick()\n save a as "a.txt"\n}}\npipeline q(f: studio.form = "{form}") {{\n'

    found = told(f'{text} b = studio.tick()\n save b as "b.txt"')

    assert codes == [code for code, _ in found]


def test_a_list_is_mapped_over_a_parameter_that_takes_one(told: Told) -> None:
    assert [] == told('a = ["x", "y"] -> studio.say\n    save a as "a-${index}.txt"')


def test_a_mapped_result_is_a_list(told: Told) -> None:
    assert [("OM610", '"a.txt"')] == told('a = ["x", "y"] -> studio.say\n    save a as "a.txt"')


def test_the_subject_can_stand_as_first_argument(told: Told) -> None:
    assert [] == told('a = studio.say("hi")')


def test_a_text_that_is_too_long_is_told(told: Told) -> None:
    assert [("OM208", '"much too long"')] == told('a = studio.say("much too long")')


def test_a_bare_operation_is_looked_up_where_its_subject_was_made(told: Told) -> None:
    assert [] == told('a = studio.say("hi") -> say')


def test_a_list_and_a_scalar_are_different_types() -> None:
    assert (True, False) == (
        list_of(Type("int")).fits(list_of(Type("number"))),
        Type("int").fits(list_of(Type("int"))),
    )
