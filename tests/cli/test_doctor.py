"""`omni doctor`: what is wrong, found without paying."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from omnidsl.language.catalogue import phrase
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.index import load
from omnidsl.reporting.checkup import HELPED, help_of, lines, message
from omnidsl.running.checkup import Check, state_checks
from omnidsl.running.transport import Bounds
from omnidsl.running.visits import remote_checks
from omnidsl.settings.addresses import Address, Addresses
from omnidsl.settings.services import ServiceSettings
from omnidsl.settings.values import Values
from omnidsl.testing import Answer, Request, ScriptedGateway, Silence
from omnidsl_sandbox import Sandbox
from tests.conftest import Install, Omni
from tests.running.test_own_gateways import MODULE

KEY = "sk-doctor-0123456789abcdef"
SLOW = """
import time
time.sleep(0.3)
from omnidsl.plugins import hookimpl
"""


def found(document: str, area: str) -> list[tuple[str, str, str]]:
    """Return subject, state and reason of each check of an area."""
    checks = json.loads(document)["checks"]
    return [(one["subject"], one["state"], one["reason"]) for one in checks if one["area"] == area]


@pytest.mark.parametrize("profile", ["new-api", "plus", "proxy"])
def test_a_gateway_in_order_is_found_to_be_so_and_nothing_is_bought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    monkeypatch.setenv("OMNI_API_KEY", KEY)
    catalogue = load()
    settled = ServiceSettings(Values({}), catalogue)
    with Sandbox(profile=profile) as sandbox:
        where = Addresses(Address(sandbox.url))
        checks = asyncio.run(remote_checks(where, catalogue, settled, tmp_path))
        books = sandbox.books()

    assert (0, 0) == (books.submissions, books.duplicates)
    gateway = [(one.state, one.reason) for one in checks if one.area == "gateway"]
    assert [
        ("good", "key-variable"),
        ("good", "reached"),
        ("good", "key-accepted"),
        ("remark", "kind-seems"),
    ] == gateway
    assert [profile] == [one.values["kind"] for one in checks if one.reason == "kind-seems"]
    services = {one.subject: one.state for one in checks if one.area == "service"}
    assert {"good"} == set(services.values())
    assert {"openai", "midjourney", "claude", "gemini", "suno", "udio"} <= services.keys()


def test_what_is_wrong_is_told_with_what_helps(omni: Omni, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    with Sandbox() as sandbox:
        (folder / "omni.toml").write_text(
            f'outputt = "x"\n[gateway]\nbase_url = "{sandbox.url}"\nkind = "plus"\n'
            '[gateway.accounts]\nmain = "KEY_A"\nspare = "KEY_B"\nthird = "KEY_C"\n'
        )
        place = {"KEY_A": "sk-denied-0123456789", "KEY_B": KEY}
        result = omni("doctor", **place)
        document = omni("doctor", "--json", **place).stdout

    assert 1 == result.returncode
    assert [
        ("good", "key-variable-of"),
        ("good", "key-variable-of"),
        ("bad", "key-missing"),
        ("good", "reached"),
        ("bad", "key-refused-of"),
        ("good", "key-accepted-of"),
        ("warning", "kind-other"),
    ] == [one[1:] for one in found(document, "gateway")]
    for words in (
        "1: OM903 there is no setting `outputt`",
        "set KEY_C, or: omni login --account third",
        "refuses the key of main",
        "seems to be of the kind new-api, and the settings say plus",
    ):
        assert words in result.stdout, result.stdout
    assert KEY not in result.stdout + result.stderr


def test_without_a_gateway_it_says_how_to_get_one(omni: Omni) -> None:
    result = omni("doctor", OMNI_LANG="zh")

    assert (1, True) == (result.returncode, "请设置 OMNI_BASE_URL 和 OMNI_API_KEY" in result.stdout)


def test_a_services_own_gateway_is_asked_with_its_own_key(
    omni: Omni, install: Install, tmp_path: Path
) -> None:
    probing = MODULE.replace(
        "    async def call(", "    async def probe(self, context):\n"
        "        from omnidsl.plugins import probe_task\n"
        '        return await probe_task(context, "/nothing/0")\n\n    async def call(', 1,
    )  # fmt: skip  # one call
    site = str(install("weather", probing))
    with ScriptedGateway(lambda _: Answer.of({"unknown": True})) as theirs:
        (tmp_path / "folder" / "omni.toml").write_text(
            f'[services.weather]\nbase_url = "{theirs.url}"\n'
        )
        result = omni("doctor", "--json", PYTHONPATH=site, WEATHER_KEY=KEY)

    assert [
        (theirs.url, "good", "key-variable"),
        (theirs.url, "good", "reached"),
    ] == found(result.stdout, "gateway")
    assert ("weather", "good", "answers") in found(result.stdout, "service")
    assert {("GET", "/"), ("GET", "/nothing/0")} == {
        (one.method, one.path) for one in theirs.requests
    }
    assert {KEY} == {one.headers["x-weather-key"] for one in theirs.requests}


def test_a_stranger_that_nobody_has_set_up_is_no_problem(omni: Omni, install: Install) -> None:
    site = str(install("weather", MODULE))
    with Sandbox() as sandbox:
        result = omni("doctor", "--json", PYTHONPATH=site, OMNI_BASE_URL=sandbox.url, OMNI_API_KEY=KEY)  # fmt: skip  # one call

    assert 0 == result.returncode, result.stdout
    assert ("https://weather.invalid", "remark", "key-missing") in found(result.stdout, "gateway")
    assert ("weather", "remark", "service-unchecked") in found(result.stdout, "service")


def test_slow_and_broken_plugins_are_named(omni: Omni, install: Install) -> None:
    install("slow", SLOW, distribution="slow_plugin")
    site = str(install("broken", "raise RuntimeError('no luck')", distribution="broken_plugin"))

    document = omni("doctor", "--json", PYTHONPATH=site).stdout

    assert ("slow 1.0", "warning", "plugin-slow") in found(document, "plugin")
    assert ("broken_plugin", "bad", "plugin-broken") in found(document, "plugin")
    assert "import broken: RuntimeError: no luck" in document
    assert "update or uninstall broken_plugin" in document


@pytest.mark.parametrize(
    "fault",
    ["raise KeyError('x')", "from omnidsl.plugins import Probe; return Probe(True, 'HTTP 200')"],
)
def test_a_plugin_that_breaks_while_asking_costs_itself_alone(
    omni: Omni, install: Install, fault: str
) -> None:
    probing = MODULE.replace(
        "    async def call(",
        f"    async def probe(self, context):\n        {fault}\n\n    async def call(",
        1,
    ).replace('base_url="https://weather.invalid/v2", ', "")
    site = str(install("weather", probing))
    with Sandbox() as sandbox:
        result = omni("doctor", "--json", PYTHONPATH=site, OMNI_BASE_URL=sandbox.url, OMNI_API_KEY=KEY)  # fmt: skip  # one call

    services = {subject: reason for subject, _, reason in found(result.stdout, "service")}
    assert (1, "probe-broken", "answers") == (
        result.returncode,
        services["weather"],
        services["midjourney"],
    )


def test_a_probe_that_would_buy_is_refused(omni: Omni, install: Install) -> None:
    probing = MODULE.replace(
        "    async def call(",
        '    async def probe(self, context):\n        await context.pay("/say", {})\n\n    async def call(',
        1,
    ).replace('base_url="https://weather.invalid/v2", ', "")
    site = str(install("weather", probing))
    with ScriptedGateway(lambda _: Answer.of({"data": []})) as gateway:
        omni("doctor", PYTHONPATH=site, OMNI_BASE_URL=gateway.url, OMNI_API_KEY=KEY)

    assert {"GET"} == {one.method for one in gateway.requests}


def test_a_gateway_that_keeps_silent_is_given_up_after_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMNI_API_KEY", KEY)
    with ScriptedGateway(lambda _: Silence()) as gateway:
        where = Addresses(Address(gateway.url))
        hasty = Bounds(connect=0.2, answer=0.2, tries=1)

        checks = asyncio.run(remote_checks(where, Catalogue([]), {}, tmp_path, bounds=hasty))

    assert ["key-variable", "unreachable"] == [one.reason for one in checks]
    assert 1 == len(gateway.requests)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Answer.of({"data": [{"id": "a"}]}), ["key-accepted"]),
        (Answer.of({"success": True, "data": []}), ["key-accepted"]),
        (Answer.of({"error": {}}, status=403), ["key-refused"]),
        (Answer.of({"error": {"message": "no"}}, status=401), ["key-refused"]),
        (Answer(200, b"<html>"), ["key-untold"]),
        (Answer(200, b""), ["key-taken", "kind-seems"]),
        (Answer(404, b"not here"), ["key-untold"]),
        (Answer(503, b""), ["trouble"]),
    ],
)
def test_a_key_is_judged_by_what_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: Answer, expected: list[str]
) -> None:
    monkeypatch.setenv("OMNI_API_KEY", KEY)

    def answer(request: Request) -> Answer:
        del request
        return reply

    with ScriptedGateway(answer) as gateway:
        where = Addresses(Address(gateway.url))
        checks = asyncio.run(remote_checks(where, Catalogue([]), {}, tmp_path))

    assert ["key-variable", "reached", *expected] == [one.reason for one in checks]


def test_the_state_folder_is_looked_at_and_left_as_it_is(tmp_path: Path) -> None:
    state = tmp_path / ".omni"
    fresh = [one.reason for one in state_checks(state)]
    state.mkdir()
    empty = [one.reason for one in state_checks(state)]
    (state / "ledger.sqlite3").write_bytes(b"no database, and long enough to be taken for one" * 9)
    broken = [one.reason for one in state_checks(state)]
    (state / "ledger.sqlite3").unlink()
    with sqlite3.connect(state / "ledger.sqlite3") as database:
        database.execute("PRAGMA user_version = 99")
    newer = [one.reason for one in state_checks(state)]

    assert (["state-none"], ["state-ok"]) == (fresh, empty)
    assert (["state-ok", "ledger-broken"], ["state-ok", "ledger-newer"]) == (broken, newer)
    assert ["ledger.sqlite3"] == [one.name for one in state.iterdir()]


def reasons() -> Iterator[str]:
    """Yield the reasons that checks are made with, as the catalogue has them."""
    import tomllib

    import omnidsl.language.codes as codes  # a folder of data

    file = Path(next(iter(codes.__path__))) / "doctor-command.toml"
    for name in tomllib.loads(file.read_text("utf-8"))["phrases"]:
        if not name.startswith(("doctor-help-", "doctor-area-")):
            yield name.removeprefix("doctor-")


def test_every_reason_has_words_in_both_languages_and_help_where_it_is_promised() -> None:
    values: dict[str, Any] = dict.fromkeys(
        (
            "account", "bad", "code", "distribution", "extra", "format", "hook", "kind", "live", "login", "message",
            "models", "ms", "ours", "place", "problem", "python", "runs", "settled", "sqlite", "system", "variable",
            "warnings", "words",
        ),
        "x",
    )  # fmt: skip  # one table
    for reason in reasons():
        check = Check("system", "s", "bad", reason, values)
        assert message(check)
        assert bool(help_of(check)) == (reason in HELPED)
        assert phrase(f"doctor-{reason}", "zh") != phrase(f"doctor-{reason}", "en") or reason in (
            "unusable",
            "finding",
        )


def test_a_hostile_name_does_not_steer_the_terminal() -> None:
    check = Check("gateway", "a\x1b[2Jb", "bad", "unreachable", {"words": "c\x1b]0;x\x07"})

    assert not any("\x1b" in line or "\x07" in line for line in lines([check], colour=False))
