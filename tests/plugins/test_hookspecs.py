# ruff: noqa: ARG002  # a hook has arguments that a small plugin does not need
"""Every hook is documented and exercised; one that is added without a test fails here."""

import inspect
from collections.abc import Generator, Mapping
from pathlib import Path
from types import FunctionType

import attrs
import pytest

from omnidsl.plugins import (
    Call,
    Function,
    Immediate,
    NamedEngine,
    Price,
    PromptRule,
    Service,
    ServiceSetting,
    argument,
    hookimpl,
    hookspecs,
)
from omnidsl.plugins.arguments import operation_name
from omnidsl.plugins.building import build
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.installed import EntryPoint
from omnidsl.plugins.manager import Plugins
from omnidsl.prompts import Category, Term

HOOKS = {
    name: hook
    for name, hook in vars(hookspecs).items()
    if isinstance(hook, FunctionType) and hook.__module__ == hookspecs.__name__
}


@attrs.frozen
class Echo(Immediate[str]):
    """Say it again."""

    text: str = argument(subject=True)


CALL = Call(attempt_id="a", operation=Echo(text="x"), step="s")


class Heard:
    """A plugin that implements every hook and remembers what it heard."""

    def __init__(self) -> None:
        self.events: list[object] = []

    @hookimpl
    def omnidsl_services(self) -> list[Service]:
        return [Service(name="echo", operations=(Echo,), implementation="echo:Echo")]

    @hookimpl
    def omnidsl_vocabulary(self) -> list[Category]:
        return [Category("medium", [Term("medium", "gouache painting", simplified="水粉画")])]

    @hookimpl
    def omnidsl_prompt_rules(self) -> list[PromptRule]:
        return [PromptRule(name="no-rivals", banned=("acme",))]

    @hookimpl
    def omnidsl_functions(self) -> list[Function]:
        return [Function(name="echo.twice", implementation="echo:twice", arguments={"text": str})]

    @hookimpl
    def omnidsl_engines(self) -> list[NamedEngine]:
        return [NamedEngine(name="two-rooms", implementation="echo:Rooms")]

    @hookimpl
    def omnidsl_settings(self) -> list[ServiceSetting]:
        return [ServiceSetting("loud", bool, default=False)]

    @hookimpl
    def omnidsl_prices(self) -> list[Price]:
        return [Price(operation="openai.chat", parts={"each": [1, 1]})]

    @hookimpl
    def omnidsl_before_submit(
        self, call: Call, settings: Mapping[str, Mapping[str, object]]
    ) -> str | None:
        return "too dear" if call.step == "s" and not settings else None

    @hookimpl
    def omnidsl_event(self, event: dict[str, object]) -> None:
        self.events.append(event)


@pytest.fixture
def plugins() -> Plugins:
    plugins = Plugins([], {})
    plugins.manager.register(Heard())
    return plugins


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_in_a_sentence_what_it_is_for(name: str) -> None:
    doc = inspect.getdoc(HOOKS[name]) or ""

    assert len(doc.split()) >= 5
    assert doc.splitlines()[0].endswith(".")


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_begins_with_our_name(name: str) -> None:
    assert name.startswith("omnidsl_")


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_exercised_here_and_by_the_plugin_of_this_file(name: str) -> None:
    tests = Path(__file__).read_text("utf-8")

    assert f"hook.{name}(" in tests
    assert callable(getattr(Heard, name))


def test_services_are_asked_of_every_plugin(plugins: Plugins) -> None:
    (services,) = plugins.manager.hook.omnidsl_services()

    assert [one.name for one in services] == ["echo"]


def test_terms_are_asked_of_every_plugin(plugins: Plugins) -> None:
    (categories,) = plugins.manager.hook.omnidsl_vocabulary()

    assert [one.name for one in categories] == ["medium"]


def test_rules_are_asked_of_every_plugin(plugins: Plugins) -> None:
    (rules,) = plugins.manager.hook.omnidsl_prompt_rules()

    assert ["no-rivals"] == [one.name for one in rules]


def test_functions_are_asked_of_every_plugin(plugins: Plugins) -> None:
    (functions,) = plugins.manager.hook.omnidsl_functions()

    assert ["echo.twice"] == [one.name for one in functions]


def test_engines_are_asked_of_every_plugin(plugins: Plugins) -> None:
    (engines,) = plugins.manager.hook.omnidsl_engines()

    assert ["two-rooms"] == [one.name for one in engines]


def test_settings_are_asked_of_every_plugin(plugins: Plugins) -> None:
    (settings,) = plugins.manager.hook.omnidsl_settings()

    assert ["loud"] == [one.name for one in settings]


def test_prices_are_asked_of_every_plugin(plugins: Plugins) -> None:
    (prices,) = plugins.manager.hook.omnidsl_prices()

    assert ["openai.chat"] == [one.operation for one in prices]


class Ordered:
    """A plugin that says who it is when it is its turn."""

    def __init__(self, name: str, heard: list[str]) -> None:
        self.name = name
        self.heard = heard


class Plain(Ordered):
    @hookimpl
    def omnidsl_event(self, event: dict[str, object]) -> None:
        self.heard.append(self.name)


class First(Ordered):
    @hookimpl(tryfirst=True)
    def omnidsl_event(self, event: dict[str, object]) -> None:
        self.heard.append(self.name)


class Last(Ordered):
    @hookimpl(trylast=True)
    def omnidsl_event(self, event: dict[str, object]) -> None:
        self.heard.append(self.name)


class Around(Ordered):
    @hookimpl(wrapper=True)
    def omnidsl_event(self, event: dict[str, object]) -> Generator[None, object, object]:
        self.heard.append(f"before {self.name}")
        found = yield
        self.heard.append(f"after {self.name}")
        return found


def test_the_order_of_plugins_is_pluggys_own() -> None:
    heard: list[str] = []
    plugins = Plugins([], {})
    for one in (
        Last("last", heard),
        Plain("plain", heard),
        First("first", heard),
        Around("all", heard),
    ):
        plugins.manager.register(one)

    plugins.manager.hook.omnidsl_event(event={}, settings={})

    assert ["before all", "first", "plain", "last", "after all"] == heard


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_a_section_with_an_example_that_runs(name: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text("utf-8")
    sections = [one for one in page.split("\n## ")[1:] if f"`{name}`" in one.split("\n")[0]]

    assert len(sections) == 1, f"write a section about `{name}` into docs/hooks.md"
    assert f"def {name}(" in sections[0]
    assert "```console" in sections[0]


def test_a_veto_is_a_reason(plugins: Plugins) -> None:
    assert plugins.manager.hook.omnidsl_before_submit(call=CALL, settings={}) == ["too dear"]


def test_a_call_that_nobody_vetoes_has_no_reasons(plugins: Plugins) -> None:
    assert plugins.manager.hook.omnidsl_before_submit(call=CALL, settings={"echo": {}}) == []


def test_an_event_is_heard_by_every_plugin(plugins: Plugins) -> None:
    second = Heard()
    plugins.manager.register(second)

    plugins.manager.hook.omnidsl_event(event={"event": "StepDone"}, settings={})

    assert second.events == [{"event": "StepDone"}]


def test_live_plugins_know_the_operations_that_the_index_lists() -> None:
    points = [EntryPoint("openai", "omnidsl_openai", "omnidsl", "0.1.0")]
    catalogue = Catalogue.from_json(build(points))

    plugins = Plugins(points, catalogue.services)

    listed = [one.name for one in catalogue.operations()]
    assert listed == [
        operation_name(plugins.operation(one.full_name)) for one in catalogue.operations()
    ]
    assert "chat" in listed


def test_a_live_plugin_whose_hook_raises_costs_no_other_plugin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "raising_plugin.py").write_text(
        "from omnidsl.plugins import hookimpl\n@hookimpl\ndef omnidsl_services():\n    raise RuntimeError('no')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        EntryPoint("openai", "omnidsl_openai", "omnidsl", "0.1.0"),
        EntryPoint("raising", "raising_plugin", "raising", "1.0"),
    ]
    catalogue = Catalogue.from_json(build(points))

    plugins = Plugins(points, catalogue.services)

    assert plugins.operation("openai.chat").__name__ == "Chat"
