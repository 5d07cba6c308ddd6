"""What a plugin does while a run works costs its own step or a notice, has its name on it, and never the run or the output."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest

from omnidsl.testing import Answer, Request, ScriptedGateway

Install = Callable[..., Path]

PLUGIN = """
import asyncio, os, signal, sys, threading, time
import attrs
from omnidsl.plugins import *

@attrs.frozen
class Say(Immediate[str]):
    text: str = argument(subject=True)

@attrs.frozen
class Draw(Task[str]):
    text: str = argument(subject=True)

@hookimpl
def omnidsl_services():
    both = dict(operations=(Say, Draw), usual_seconds=0.1)
    return [Service(name=name, implementation=f"studio:{name.title()}", **both) for name in NAMES]
"""
BACKEND = """
class NAME(Backend):
    async def call(self, call, context):
        reply = await context.pay("/say", {"text": call.operation.text})
        CALL
        return Made(text="said")

    async def submit(self, call, context):
        reply = await context.pay("/draw", {"text": call.operation.text})
        SUBMIT
        return Receipt("t-1", context.account)

    async def poll(self, receipts, context):
        POLL
        return {one.task: Status("done") for one in receipts}

    async def collect(self, receipt, status, context):
        COLLECT
        return Made(text="drawn")

    async def find(self, call, lost, context):
        FIND
        return Unknown()
"""
RECIPE = """
pipeline main {
    said = "x" -> studio.say
    other = "y" -> openai.chat
    save said as "said.txt"
    save other as "other.txt"
}
"""


def backend(name: str, **bodies: str) -> str:
    source = BACKEND.replace("NAME", name.title())
    for place in ("CALL", "SUBMIT", "POLL", "COLLECT", "FIND"):
        source = source.replace(place, bodies.get(place.lower(), "pass"))
    return source


def plugin(hooks: str = "", **bodies: str) -> str:
    return PLUGIN.replace("NAMES", "['studio']") + backend("studio", **bodies) + hooks


def answer(request: Request) -> Answer:
    if request.path == "/v1/chat/completions":
        message = {"role": "assistant", "content": "hello"}
        return Answer.of(
            {
                "id": "c",
                "object": "chat.completion",
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            }
        )
    return (
        Answer(502, b"<html>", {"content-type": "text/html"})
        if request.path == "/lost"
        else Answer.of({"id": "t-1"})
    )


@attrs.frozen
class Ran:
    """What a run gave: its status, its events from stdout, and stderr."""

    status: int
    events: list[dict[str, Any]]
    errors: str

    def reasons(self, event: str) -> list[str]:
        return [one.get("reason", "") for one in self.events if one["event"] == event]

    def told(self) -> str:
        return json.dumps(self.events)


Run = Callable[..., Ran]


@pytest.fixture
def run(install: Install, tmp_path: Path, child_environment: dict[str, str]) -> Run:
    """Run a recipe with a plugin as a child of its own, `--json`; every line of stdout must be an event."""

    def perform(source: str, recipe: str = RECIPE) -> Ran:
        site = install("studio", source)
        folder = tmp_path / "project"
        folder.mkdir()
        (folder / "omni.toml").touch()
        (folder / "one.omni").write_text(recipe, "utf-8")
        program = "import sys; del sys.path[0]; from omnidsl.__main__ import main; sys.exit(main())"
        with ScriptedGateway(answer) as server:
            finished = subprocess.run(
                [sys.executable, "-c", program, "run", "one.omni", "--json", "--yes"],
                capture_output=True,
                encoding="utf-8",
                env=child_environment
                | {
                    "PYTHONPATH": str(site),
                    "OMNI_BASE_URL": server.url,
                    "OMNI_API_KEY": "sk-test-0123456789",
                },
                cwd=folder,
                timeout=60,
            )
        events = [json.loads(line) for line in finished.stdout.splitlines()]
        assert "Traceback" not in finished.stderr, finished.stderr
        return Ran(finished.returncode, events, finished.stderr)

    return perform


def test_a_plugin_that_keeps_its_contract_is_not_spoken_of(run: Run) -> None:
    ran = run(plugin())

    assert (0, []) == (ran.status, ran.reasons("notice")), ran.errors


BREAKING = {
    "raises": ("say", {"call": "raise KeyError('x')"}, "KeyError: 'x'"),
    "leaves": ("say", {"call": "sys.exit(3)"}, "SystemExit: 3"),
    "recurses": ("say", {"call": "def f(): f()\n        f()"}, "RecursionError"),
    "text": ("say", {"call": "return 'said'"}, "`call` must give Made, and gave str"),
    "submitless": ("draw", {"submit": "1 / 0"}, "ZeroDivisionError"),
    "nothing": ("draw", {"submit": "return None"}, "`submit` must give Receipt, and gave NoneType"),
    "pollless": ("draw", {"poll": "raise LookupError('x')"}, "LookupError"),
    "pollout": ("draw", {"poll": "sys.exit(3)"}, "SystemExit: 3"),
    "polllist": ("draw", {"poll": "return []"}, "`poll` must give Mapping, and gave list"),
    "pollwords": ("draw", {"poll": "return {'t-1': 'done'}"}, "`poll` must give Status, and gave str"),
    "collectless": ("draw", {"collect": "raise OSError('x')"}, "OSError"),
    "collectbytes": ("draw", {"collect": "return b''"}, "`collect` must give Made, and gave bytes"),
    "findtext": ("say", {"find": "return 'gone'"}, "`find` must give Unknown, and gave str"),
    "number": ("say", {"call": "return Made(text=5)"}, "in what `call` gave, Made.text is no str: int"),
    "factlist": ("say", {"call": "return Made(text='x', facts=[1])"}, "Made.facts is no mapping: list"),
    "factset": ("say", {"call": "return Made(text='x', facts={'a': {1}})"}, "Made.facts is no JSON"),
    "factself": ("say", {"call": "d = {}; d['d'] = d\n        return Made(text='x', facts=d)"}, "Made.facts is no JSON"),
    "factlong": ("say", {"call": "return Made(text='x', facts={'d': 10**5000})"}, "Made.facts is no JSON"),
    "filewords": ("say", {"call": "return Made(files=(File('image', data='x'),))"}, "File.data is no bytes: str"),
    "fileurl": ("say", {"call": "return Made(files=(File('image', url=5),))"}, "File.url is no str: int"),
    "receiptless": ("draw", {"submit": "return Receipt(None)"}, "in what `submit` gave, Receipt.task is no str: NoneType"),
    "receiptblank": ("draw", {"submit": "return Receipt('')"}, "Receipt.task is empty"),
    "receiptlone": ("draw", {"submit": "return Receipt('\\ud800')"}, "Receipt.task has no form in UTF-8"),
    "stateless": ("draw", {"poll": "return {'t-1': Status('finished!')}"}, "Status.state is none of cancelled"),
    "statewords": ("draw", {"poll": "return {'t-1': Status('running', 'half')}"}, "Status.progress is no float: str"),
    "failedfacts": ("say", {"call": "raise Failed('empty-answer', 'w', [1])"}, "in what was raised, Failed.facts is no mapping: list"),
    "unsure": ("say", {"call": "raise Ambiguous(5, 'w')"}, "in what was raised, Ambiguous.reason is no str: int"),
    "cancels": ("say", {"call": "raise asyncio.CancelledError"}, "CancelledError"),
    "cancelstask": ("draw", {"submit": "raise asyncio.CancelledError"}, "CancelledError"),
    "closes": ("draw", {"collect": "raise GeneratorExit"}, "GeneratorExit"),
    "bare": ("say", {"call": "raise BaseException('x')"}, "BaseException: x"),
    "table": ("say", {}, "`replies` is a tuple of ReplyRule"),
}  # fmt: skip  # a case a line


def test_what_breaks_in_a_backend_costs_its_own_step_by_name(run: Run) -> None:
    source, steps = PLUGIN.replace("NAMES", repr(list(BREAKING))), []
    for name, (operation, bodies, _) in BREAKING.items():
        own = backend(name, **bodies)
        if name == "findtext":
            own = own.replace('"/say"', '"/lost"')
        if name == "table":
            own = own.replace("(Backend):", "(Backend):\n    replies = [7]")
        source += own
        steps.append(
            f'    to_{name} = "{name}" -> {name}.{operation}\n    save to_{name} as "{name}.txt"\n'
        )

    ran = run(
        source,
        RECIPE.replace("studio.say", "openai.chat").rstrip("}\n") + "\n" + "".join(steps) + "}\n",
    )

    failed = {one["node"]: one for one in ran.events if one["event"] == "step-failed"}
    told = {name: json.dumps(one, ensure_ascii=False) for name, one in failed.items()}
    assert (1, {f"to_{name}" for name in BREAKING}) == (ran.status, set(failed)), ran.errors
    for name, (_, _, problem) in BREAKING.items():
        assert ("plugin", True, True) == (
            failed[f"to_{name}"]["reason"],
            problem in told[f"to_{name}"],
            f"`{name}`" in told[f"to_{name}"],
        ), told[f"to_{name}"]
    assert {"said", "other"} == {one["node"] for one in ran.events if one["event"] == "step-done"}


PRINTS = """
@hookimpl
def omnidsl_event(event):
    if event["event"] == "run-finished":
        print("in an event")

@hookimpl
def omnidsl_before_submit(call):
    print("in a veto")
"""


def test_what_a_plugin_prints_goes_to_stderr_with_its_name(run: Run) -> None:
    body = "print('in a call'); sys.stdout.write('half'); sys.stdout.write(' a line\\n')\n"
    body += "        thread = threading.Thread(target=self.shout); thread.start(); thread.join()\n"
    body += "        async def p(): print('in a task')\n        await asyncio.create_task(p())"

    shout = "    def shout(self):\n        print('in a thread')\n\n    async def call"
    source = plugin(PRINTS, call=body).replace("    async def call", shout)

    ran = run("print('on import')\n" + source)

    assert 0 == ran.status, ran.errors
    words = (
        "on import",
        "in a call",
        "half a line",
        "in a task",
        "in a thread",
        "in a veto",
        "in an event",
    )
    assert {f"[studio] {one}" for one in words} <= set(ran.errors.splitlines())


def test_a_plugin_that_blocks_the_loop_is_named_while_it_does_and_afterwards(run: Run) -> None:
    ran = run(plugin(call="time.sleep(6)"))

    assert 0 == ran.status
    assert (
        "the plugin `studio` has kept everything else waiting for 5 s, and still does" in ran.errors
    )
    assert ["plugin-blocked"] == ran.reasons("notice")


def test_what_all_share_is_put_back_and_told(run: Run) -> None:
    recipe = RECIPE.replace("openai.chat", "studio.draw")
    bodies = {"call": "os.chdir('/')", "submit": "signal.signal(signal.SIGTERM, signal.SIG_IGN)"}

    ran = run(plugin(**bodies), recipe)

    assert (0, ["surroundings", "surroundings"]) == (ran.status, ran.reasons("notice"))
    assert {True} == {
        words in ran.told()
        for words in ("the current folder (to /)", "what signals do", "`studio`")
    }


def test_a_thread_that_a_plugin_leaves_is_told(run: Run) -> None:
    body = "threading.Thread(target=self.linger, daemon=True).start()"
    linger = "    def linger(self):\n        time.sleep(30)\n\n    async def call"

    ran = run(plugin(call=body).replace("    async def call", linger))

    assert (0, ["plugin-thread"]) == (ran.status, ran.reasons("notice"))


def test_a_hook_that_raises_hears_no_more_and_costs_no_other_plugin(
    run: Run, install: Install
) -> None:
    install(
        "quiet",
        "from omnidsl.plugins import hookimpl\n@hookimpl\ndef omnidsl_event(event):\n    print(event['event'])\n",
    )
    ran = run(plugin("@hookimpl\ndef omnidsl_event(event):\n    raise LookupError('x')\n"))

    assert (0, ["plugin-listener"]) == (ran.status, ran.reasons("notice"))
    assert "studio" in ran.told()
    heard = [line for line in ran.errors.splitlines() if line.startswith("[quiet]")]
    assert "[quiet] run-finished" == heard[-1]


VETOES = {
    "dear": ("return 'too dear'", "veto", "too dear"),
    "number": ("return 7", "veto", "must give a text or None, and gave int"),
    "breaks": ("raise LookupError('x')", "plugin", "omnidsl_before_submit: LookupError"),
    "leaves": ("raise SystemExit(3)", "plugin", "omnidsl_before_submit: SystemExit"),
}


def test_a_veto_that_is_none_fails_the_step_and_nothing_is_sent(run: Run) -> None:
    hook = "@hookimpl\ndef omnidsl_before_submit(call):\n"
    recipe = "pipeline main {\n"
    for name, (body, _, _) in VETOES.items():
        hook += f"    if getattr(call.operation, 'text', '') == '{name}':\n        {body}\n"
        recipe += f'    {name} = "{name}" -> studio.say\n    save {name} as "{name}.txt"\n'

    ran = run(plugin(hook), recipe + "}\n")

    failed = {one["node"]: one for one in ran.events if one["event"] == "step-failed"}
    for name, (_, reason, words) in VETOES.items():
        assert (reason, True) == (failed[name]["reason"], words in json.dumps(failed[name])), failed
    assert [] == [one for one in ran.events if one["event"] == "step-submitted"]
