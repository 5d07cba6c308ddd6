"""Manners: typed results, no secrets, no standing in the way, the same from Python as from the command line."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from omnidsl.plugins.index import load
from omnidsl.plugins.probes import Probe
from omnidsl.running.events import Notice
from omnidsl.running.results import Result, RunResult
from omnidsl.session import AsyncSession, Session
from omnidsl.testing.cases import Attached, Sample
from omnidsl.testing.laws.base import Law, Rehearse
from omnidsl.testing.rehearsal import Rehearsal, backend_class
from omnidsl.testing.samples import MADE, view_of
from omnidsl.testing.watch import Watch

_KINDS = {"image": "image", "grid": "image", "audio": "audio", "video": "video"}


class Behaving(Law):
    """Laws of manners."""

    def test_a_sample_is_sound_and_makes_what_it_declares(
        self, sample: Sample, rehearse: Rehearse
    ) -> None:
        """`omni check` finds nothing in the sample, and its result and the parts of it are of the declared types."""
        there = rehearse(sample)
        faults = there.check()
        assert not faults, f"`omni check` finds: {faults[0].message('en')}"
        result = there.run()
        assert result.status == 0, f"it fails: {_words(result)}"
        made = result.results[MADE]
        declared = there.view.result.removeprefix("list[").removesuffix("]")
        kind = _KINDS.get(declared)
        if kind is None:
            assert made.text is not None, f"it declares {declared} and makes no text"
        else:
            assert made.files, f"it declares {declared} and makes no file"
            kinds = {one.media_type.partition("/")[0] for one in made.files}
            assert kinds == {kind}, f"it declares {declared} and makes {', '.join(sorted(kinds))}"
        # The runner leaves them out, and says so.
        told = [one for one in there.bench.events if isinstance(one, Notice)]
        wrong = [str(one.values["part"]) for one in told if one.reason == "wrong-part"]
        assert not wrong, f"parts that are not of the type that is declared: {', '.join(wrong)}"
        if sample.files is not None:
            assert len(made.files) == sample.files, f"it makes {len(made.files)} files"

    def test_no_key_is_seen_anywhere(
        self, sample: Sample, rehearse: Rehearse, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """The key travels in headers alone: it is in no file, no ledger, no event, no result, nothing printed."""
        there = rehearse(sample)
        result = there.run()
        said = capfd.readouterr()
        found = there.leaks(repr(result), said.out, said.err)
        assert not found, f"the key can be seen in: {', '.join(found)}"

    def test_the_event_loop_is_never_blocked(self, sample: Sample, rehearse: Rehearse) -> None:
        """Nothing of the plugin keeps the loop from turning for as long as a second: other steps work there too."""
        there = rehearse(sample)
        package = backend_class(load(), self.cases.service).__module__.partition(".")[0]
        with Watch(package) as watch:
            there.run()
        assert not watch.stood, f"the loop stood still in {watch.stood}: use `await` or a thread"

    def test_a_probe_is_free_and_told_in_words_of_ours(self, rehearse: Rehearse) -> None:
        """What `omni doctor` asks costs nothing, and the gateway in good order answers."""
        there = rehearse(self.cases.samples[0])
        found = there.ask(lambda context: there.backend().probe(context))
        assert not there.till.asked, f"it asks for what costs money: {there.till.asked[0].path}"
        if found is None:
            return  # nothing was asked, and `omni doctor` says so
        assert isinstance(found, Probe), f"it gives {type(found).__name__}, not a Probe"
        assert found.state == "answers", f"it takes the gateway for {found.state!r}: {found.words}"

    def test_nothing_is_printed(
        self, sample: Sample, rehearse: Rehearse, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """The plugin writes nothing to stdout, which belongs to results."""
        there = rehearse(sample)
        capfd.readouterr()
        there.run()
        said = capfd.readouterr()
        named = f"[{self.cases.service}] "  # so the runner hands it on
        lines = [one for one in said.err.splitlines() if one.startswith(named)]
        printed = said.out or "\n".join(lines)
        assert not printed, f"it prints {printed[:80]!r}"

    def test_python_runs_it_with_and_without_an_event_loop(
        self, sample: Sample, rehearse: Rehearse
    ) -> None:
        """`recipe.run` and `await recipe.run_async` make the same; the second one finds it paid for."""
        there = rehearse(sample)
        gateway = there.bench.gateway
        plain = there.recipe().run(gateway=gateway)
        awaited = asyncio.run(there.recipe().run_async(gateway=gateway))
        assert (plain.status, awaited.status) == (0, 0), _words(plain) + _words(awaited)
        texts = [one.results[MADE].text for one in (plain, awaited)]
        files = [[file.sha256 for file in one.results[MADE].files] for one in (plain, awaited)]
        assert texts[0] == texts[1], "they make different texts"
        assert files[0] == files[1], "they make different files"
        assert len(there.till.asked) == there.sales, "the second one paid again"

    def test_a_session_calls_it_with_and_without_an_event_loop(
        self, plain: Sample, rehearse: Rehearse
    ) -> None:
        """`Session` and `AsyncSession` make the same without a recipe; the second one finds it paid for."""
        there = rehearse(plain)
        with Session(gateway=there.bench.gateway, folder=there.folder) as session:
            first = _called(session, plain, there)

        async def awaited() -> Result:
            place = there.bench.gateway
            async with AsyncSession(gateway=place, folder=there.folder) as session:
                return await _awaited(session, plain, there)

        second = asyncio.run(awaited())
        assert first.text == second.text, "they make different texts"
        files = [[file.sha256 for file in one.files] for one in (first, second)]
        assert files[0] == files[1], "they make different files"
        assert len(there.till.asked) == there.sales, "the second one paid again"


def _called(session: Session, sample: Sample, there: Rehearsal) -> Result:
    """Call a sample, those before it first."""
    values, call = _arguments(sample, there), _operation(session, sample, there)
    for name, value in values.items():
        if isinstance(value, Sample):
            values[name] = _called(session, value, there)
    made: Result = call(**values)
    return made


async def _awaited(session: AsyncSession, sample: Sample, there: Rehearsal) -> Result:
    """Do the same where there is an event loop."""
    values, call = _arguments(sample, there), _operation(session, sample, there)
    for name, value in values.items():
        if isinstance(value, Sample):
            values[name] = await _awaited(session, value, there)
    made: Result = await call(**values)
    return made


def _arguments(sample: Sample, there: Rehearsal) -> dict[str, object]:
    """Return a sample's arguments as a program gives them: files by their paths."""
    return {name: _given(value, there) for name, value in sample.arguments.items()}


def _given(value: object, there: Rehearsal) -> object:
    if isinstance(value, Attached):
        return there.folder / value.name
    return [_given(one, there) for one in value] if isinstance(value, list) else value


def _operation(session: object, sample: Sample, there: Rehearsal) -> Callable[..., Any]:
    view = view_of(sample, there.cases.service, there.catalogue)
    call: Callable[..., Any] = getattr(getattr(session, view.service), view.name)
    return call


def _words(result: RunResult) -> str:
    said = [one.message for one in result.failures] + [one.message for one in result.held]
    return "; ".join(said)
