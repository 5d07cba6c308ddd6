"""Services from Python without a recipe: the same ledger, keys, limits and errors as a run's."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnidsl import AsyncSession, Gateway, Prompt, Session, load
from omnidsl.embedding import NoGatewayError
from omnidsl.prompts import InvalidPrompt
from omnidsl.recipe import EventLoopError
from omnidsl.running import StepError
from omnidsl.session import CallError, UnknownServiceError
from omnidsl.testing import Answer, ScriptedGateway
from omnidsl_sandbox import Sandbox


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMNI_BASE_URL", "OMNI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMNI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("OMNI_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(duration=0.05) as server:
        yield server


def at(sandbox: Sandbox) -> Gateway:
    return Gateway.sandbox(sandbox.url)


def test_calls_follow_on_each_other_and_are_bought_once_for_ever(sandbox: Sandbox) -> None:
    async def work() -> list[tuple[str, bool]]:
        async with AsyncSession(gateway=at(sandbox)) as session:
            grid = await session.midjourney.imagine("a red fox in snow --ar 3:2")
            fox = await session.midjourney.upscale(grid, index=2)
            words = await session.openai.chat("two words for a fox", model="gpt-4o")
        assert session.ended is not None
        assert 0 == session.ended.status
        return [(one.type, one.reused) for one in (grid, fox, words)]

    first, second = asyncio.run(work()), asyncio.run(work())

    assert [("grid", False), ("image", False), ("text", False)] == first
    assert [("grid", True), ("image", True), ("text", True)] == second
    assert (3, 0) == (sandbox.books().submissions, sandbox.books().duplicates)


def test_a_service_is_asked_at_its_own_gateway_and_one_without_any_says_so(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "omni.toml").write_text(
        f'[services.openai]\nbase_url = "{sandbox.url}"\nname = "talk"\nkey = "TALK_KEY"\n'
    )
    monkeypatch.setenv("TALK_KEY", "sk-talk-0123456789")

    with Session() as session:
        answer = session.openai.chat("two words for a fox", model="gpt-4o")
        with pytest.raises(StepError) as caught:
            session.midjourney.imagine("a red fox")

    assert ("talk", "elsewhere") == (answer.gateway, caught.value.reason)
    assert 1 == sandbox.books().submissions


def test_what_a_recipe_has_bought_a_session_has_too(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "fox.omni").write_text("prompt fox { a red fox --ar 3:2 }\n", "utf-8")
    load(tmp_path / "fox.omni").run(gateway=at(sandbox))

    with Session(gateway=at(sandbox)) as session:
        again = session.midjourney.imagine("a red fox --ar 3:2")

    assert again.reused
    assert 1 == sandbox.books().submissions


def test_equal_calls_of_one_session_are_independent(sandbox: Sandbox) -> None:
    async def work() -> list[str]:
        async with AsyncSession(gateway=at(sandbox)) as session:
            made = await asyncio.gather(*(session.midjourney.imagine("a fox") for _ in range(3)))
        return sorted(one.step for one in made)

    first = asyncio.run(work())

    assert first == asyncio.run(work())
    assert 3 == len(set(first)) == sandbox.books().submissions


def test_a_session_without_a_loop_gives_results_and_files_of_its_own(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with Session(gateway=at(sandbox)) as session:
        picture = session.openai.image("a harbor", size="1024x1792")
        assert picture.path is not None
        text = session.midjourney.describe(picture)
        from_path = session.midjourney.describe(picture.path)
        number = session.openai.chat.using(expects="int(1..4)")("which one?")

    assert text.text
    assert from_path.text
    assert number.value in (1, 2, 3, 4)
    assert session.ended is not None


def test_what_is_wrong_with_a_call_is_told_before_anything_is_sent(sandbox: Sandbox) -> None:
    with Session(gateway=at(sandbox)) as session:
        with pytest.raises(UnknownServiceError, match="did you mean `midjourney`"):
            session.midjorney.imagine("a fox")
        with pytest.raises(
            UnknownServiceError, match=r"`midjourney` has no operation `.*`; did you mean `imagine`"
        ):
            session.midjourney.imagin("a fox")
        with pytest.raises(
            CallError, match=r"`midjourney.imagine` has no argument `.*`; did you mean `mode`"
        ):
            session.midjourney.imagine("a fox", moed="fast")
        with pytest.raises(CallError, match="needs `prompt`"):
            session.midjourney.imagine()
        with pytest.raises(CallError, match="given twice"):
            session.midjourney.imagine("a fox", prompt="a fox")
        with pytest.raises(CallError, match="makes 2 jobs"):
            session.midjourney.imagine("a {red, blue} fox")
        with pytest.raises(CallError, match="cannot hold"):
            session.midjourney.imagine(object())
        with pytest.raises(InvalidPrompt):
            session.midjourney.imagine("a fox --q 17")
        with pytest.raises(StepError, match="mode"):
            session.midjourney.imagine(Prompt("a fox"), mode="slow")
        with pytest.raises(StepError, match="size"):
            session.openai.image("a harbor", model="dall-e-3", size="512x512")

    assert 0 == sandbox.books().submissions


def test_a_call_that_fails_says_why_and_the_next_one_works(sandbox: Sandbox) -> None:
    with Session(gateway=at(sandbox)) as session:
        with pytest.raises(StepError) as caught:
            session.midjourney.imagine("a fox [[sandbox:fail]]")
        assert session.openai.chat("a fox").text

    assert "task-failed" == caught.value.reason
    assert session.ended is not None
    assert 1 == session.ended.status


def test_an_error_in_the_block_comes_out_and_purchases_are_kept(sandbox: Sandbox) -> None:
    def work() -> None:
        with Session(gateway=at(sandbox)) as session:
            session.midjourney.imagine("a fox")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    with Session(gateway=at(sandbox)) as session:
        assert session.midjourney.imagine("a fox").reused


def test_a_limit_on_money_holds_for_a_session(sandbox: Sandbox) -> None:
    with (
        Session(gateway=at(sandbox), max_cost=0.01) as session,
        pytest.raises(StepError) as caught,
    ):
        session.midjourney.imagine("a fox", mode="fast")

    assert "over-budget" == caught.value.reason
    assert 0 == sandbox.books().submissions


def test_without_a_gateway_it_does_not_begin() -> None:
    with pytest.raises(NoGatewayError), Session():
        pytest.fail("it began")


def test_inside_a_loop_the_other_one_is_named(sandbox: Sandbox) -> None:
    async def work() -> None:
        with Session(gateway=at(sandbox)):
            pytest.fail("it began")

    with pytest.raises(EventLoopError, match="AsyncSession"):
        asyncio.run(work())


def test_after_the_block_nothing_is_sent(sandbox: Sandbox) -> None:
    async def work() -> None:
        async with AsyncSession(gateway=at(sandbox)) as session:
            pass
        with pytest.raises(StepError) as caught:
            await session.midjourney.imagine("a fox")
        assert "session-over" == caught.value.reason

    asyncio.run(work())


def test_services_and_operations_are_listed_for_who_types(sandbox: Sandbox) -> None:
    session = Session(gateway=at(sandbox))

    assert {"midjourney", "openai"} <= set(dir(session))
    assert "imagine" in dir(session.midjourney)


def test_a_refusal_of_the_gateway_is_told_in_its_words() -> None:
    answers = iter([Answer.of({"error": {"message": "bad"}}, 400)])
    with ScriptedGateway(lambda _: next(answers)) as gateway:
        where = Gateway.at(gateway.url, key="sk-test-0123456789")
        with Session(gateway=where) as session, pytest.raises(StepError) as caught:
            session.openai.chat("hello")

    assert "invalid-request" == caught.value.reason


def test_ctrl_c_ends_a_call_and_what_is_bought_is_there_for_the_next_session(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    program = """
import sys
from omnidsl import Gateway, Session
with Session(gateway=Gateway.sandbox(sys.argv[1])) as session:
    print("begins", flush=True)
    print(session.midjourney.imagine("a slow fox").reused, flush=True)
"""
    environment = child_environment | {"OMNI_STATE_DIR": str(tmp_path / "state")}
    with Sandbox(duration=30) as server:
        command = [sys.executable, "-c", program, server.url]
        with subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as child:
            while not server.books().submissions:
                time.sleep(0.05)
            child.send_signal(signal.SIGINT)
            time.sleep(0.5)
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=20)
        again = server.books()

    assert b"begins" == out.strip()
    assert 0 != child.returncode
    assert b"KeyboardInterrupt" in err or b"session is over" in err, err.decode()
    assert (1, 0) == (again.submissions, again.duplicates)


@pytest.mark.parametrize("name", ["CallError", "HeldError", "InvalidPrompt", "StepError"])
def test_what_a_session_raises_is_imported_from_where_it_is(name: str) -> None:
    import omnidsl

    assert name in omnidsl.__all__
    assert issubclass(getattr(omnidsl, name), omnidsl.OmniError)
