"""A service with a gateway of its own: its key, its name in every key, its accounts; and the sandbox, which stands for all."""

import json
from functools import partial
from pathlib import Path

import pytest

from omnidsl.testing import Answer, Request, ScriptedGateway
from omnidsl_sandbox import Sandbox
from tests.conftest import Omni, install_into

MODULE = '''
import attrs
from omnidsl.plugins import Backend, Handle, Image, Immediate, Made, File, Receipt, Service, Status, Task, argument, hookimpl

@attrs.frozen
class Say(Immediate[str]):
    """Say something."""
    what: str = argument(subject=True)

@attrs.frozen
class Draw(Task[Image]):
    """Draw something."""
    what: str = argument(subject=True)

class Weather(Backend):
    async def call(self, call, context):
        reply = await context.pay("/say", {"id": call.attempt_id})
        return Made(text=reply.json()["text"])

    async def submit(self, call, context):
        reply = await context.pay("/draw", {"id": call.attempt_id})
        return Receipt(reply.json()["task"], context.account)

    async def poll(self, receipts, context):
        reply = await context.post("/status", {"ids": [one.task for one in receipts]})
        return {one["id"]: Status(one["state"], facts=one) for one in reply.json()}

    async def collect(self, receipt, status, context):
        return Made(files=(File("image", url=status.facts["url"]),), facts={"task_id": receipt.task})

@hookimpl
def omnidsl_services():
    return [Service(name="weather", operations=(Say, Draw), implementation="weather:Weather", usual_seconds=0.1,
                    base_url="https://weather.invalid/v2", key_variable="WEATHER_KEY", key_header="x-weather-key")]
'''
BOTH = """pipeline p {
    a = "sun" -> weather.say
    b = openai.chat("rain")
    save a as "a.txt"
    save b as "b.txt"
}
"""
ALONE = 'pipeline p {\n    a = "sun" -> weather.say\n    save a as "a.txt"\n}\n'
OWN_KEY, COMMON_KEY = "weather-key-0123456789", "sk-common-0123456789"


@pytest.fixture(scope="module")
def weather(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(install_into(tmp_path_factory.mktemp("weather") / "site")("weather", MODULE))


@pytest.fixture
def omni(omni: Omni, weather: str) -> Omni:
    """Run `omni` with the plugin: one index of what is installed is enough for all tests."""
    cache = str(Path(weather).parent / "cache")
    return partial(omni, OMNI_CACHE_DIR=cache, PYTHONPATH=weather)


def own(request: Request) -> Answer:
    if request.path.endswith("/say"):
        return Answer.of({"id": "1", "text": "it shines"})
    return Answer.of({}, status=404)


def common(request: Request) -> Answer:
    if request.path == "/v1/chat/completions":
        message = {"role": "assistant", "content": "it rains"}
        return Answer.of({"id": "1", "choices": [{"message": message, "finish_reason": "stop"}]})
    return Answer.of({}, status=404)


def project(folder: Path, recipe: str, url: str, more: str = "") -> None:
    (folder / "main.omni").write_text(recipe, "utf-8")
    (folder / "omni.toml").write_text(f'[services.weather]\nbase_url = "{url}/v2"\n{more}', "utf-8")


def keys(gateway: ScriptedGateway) -> set[tuple[str, ...]]:
    """Return what headers have carried keys to a gateway."""
    names = ("authorization", "mj-api-secret", "x-weather-key", "x-api-key")
    return {tuple(one.headers.get(name, "") for name in names) for one in gateway.requests}


def test_each_service_is_asked_where_it_is_with_its_own_key(omni: Omni, tmp_path: Path) -> None:
    with ScriptedGateway(own) as theirs, ScriptedGateway(common) as shared:
        project(tmp_path / "folder", BOTH, theirs.url)

        result = omni(
            "run", "main.omni", WEATHER_KEY=OWN_KEY,
            OMNI_BASE_URL=shared.url, OMNI_API_KEY=COMMON_KEY,
        )  # fmt: skip  # one call
        history = omni("history", "--json")

    (told,) = json.loads(history.stdout)["runs"]
    assert (shared.url, [theirs.url]) == (told["gateway"], told["gateways"])
    assert 0 == result.returncode, result.stderr
    assert ["it shines", "it rains"] == [
        (tmp_path / "folder" / "out" / name).read_text().strip() for name in ("a.txt", "b.txt")
    ]
    assert {("", "", OWN_KEY, "")} == keys(theirs)
    assert {(f"Bearer {COMMON_KEY}", COMMON_KEY, "", "")} == keys(shared)
    assert f"paid jobs to be sent to {theirs.url}, {shared.url}: 2" in result.stderr


def test_a_run_that_only_its_own_gateway_serves_needs_no_other_and_no_other_key(
    omni: Omni, tmp_path: Path
) -> None:
    with ScriptedGateway(own) as theirs:
        project(tmp_path / "folder", ALONE, theirs.url)

        result = omni("run", "main.omni", WEATHER_KEY=OWN_KEY)

    assert 0 == result.returncode, result.stderr
    assert f"paid jobs to be sent to {theirs.url}: 1" in result.stderr


@pytest.mark.parametrize(
    ("recipe", "environment", "words"),
    [
        (
            ALONE,
            {},
            "help: put it into the environment variable WEATHER_KEY",
        ),
        (BOTH, {"WEATHER_KEY": OWN_KEY}, "no gateway is configured"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_sent(
    omni: Omni,
    tmp_path: Path,
    recipe: str,
    environment: dict[str, str],
    words: str,
) -> None:
    project(tmp_path / "folder", recipe, "http://127.0.0.1:1")

    result = omni("run", "main.omni", **environment)

    assert (2, True) == (result.returncode, words in result.stderr), result.stderr


def test_what_was_bought_at_one_gateway_is_not_taken_for_what_another_one_gives(
    omni: Omni, tmp_path: Path
) -> None:
    with ScriptedGateway(own) as first, ScriptedGateway(own) as second:
        for gateway in (first, second):
            project(tmp_path / "folder", ALONE, gateway.url)
            assert 0 == omni("run", "main.omni", WEATHER_KEY=OWN_KEY).returncode

    assert (1, 1) == (len(first.requests), len(second.requests))


def test_a_name_stays_while_the_address_moves(omni: Omni, tmp_path: Path) -> None:
    with ScriptedGateway(own) as first, ScriptedGateway(own) as second:
        for gateway in (first, second):
            project(tmp_path / "folder", ALONE, gateway.url, 'name = "meteo"\n')
            assert 0 == omni("run", "main.omni", WEATHER_KEY=OWN_KEY).returncode

    assert (1, 0) == (len(first.requests), len(second.requests))


def test_the_settings_may_name_another_variable_and_another_header(
    omni: Omni, tmp_path: Path
) -> None:
    with ScriptedGateway(own) as theirs:
        more = 'key = "STUDIO_KEY"\nkey_header = "Authorization: Token"\n'
        project(tmp_path / "folder", ALONE, theirs.url, more)

        result = omni("run", "main.omni", STUDIO_KEY=OWN_KEY)

    assert 0 == result.returncode, result.stderr
    assert {(f"Token {OWN_KEY}", "", "", "")} == keys(theirs)


def test_a_service_may_have_keys_of_its_own_at_the_gateway_of_all(
    omni: Omni, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    with ScriptedGateway(common) as shared:
        (folder / "main.omni").write_text(
            'pipeline p {\n    b = openai.chat("rain")\n    save b as "b.txt"\n}\n'
        )
        text = f'[gateway]\nbase_url = "{shared.url}"\nname = "team"\n'
        (folder / "omni.toml").write_text(text)
        before = omni("run", "main.omni", OMNI_API_KEY=COMMON_KEY)
        (folder / "omni.toml").write_text(f'{text}[services.openai]\nkey = "CHAT_KEY"\n')
        same = omni("run", "main.omni", CHAT_KEY=OWN_KEY)
        fresh = omni("run", "main.omni", "--fresh", CHAT_KEY=OWN_KEY)

    assert (0, 0, 0) == (before.returncode, same.returncode, fresh.returncode), fresh.stderr
    sent = [one.headers["authorization"] for one in shared.requests]
    assert [f"Bearer {COMMON_KEY}", f"Bearer {OWN_KEY}"] == sent


def test_its_keys_do_not_go_to_a_gateway_that_the_environment_names(
    omni: Omni, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    with ScriptedGateway(common) as shared:
        (folder / "main.omni").write_text(
            'pipeline p {\n    b = openai.chat("rain")\n    save b as "b.txt"\n}\n'
        )
        (folder / "omni.toml").write_text(
            '[gateway]\nbase_url = "https://team.invalid"\n[services.openai]\nkey = "CHAT_KEY"\n'
        )

        result = omni("run", "main.omni", CHAT_KEY=OWN_KEY, OMNI_API_KEY=COMMON_KEY, OMNI_BASE_URL=shared.url)  # fmt: skip  # one call

    assert 0 == result.returncode, result.stderr
    assert {(f"Bearer {COMMON_KEY}", COMMON_KEY, "", "")} == keys(shared)


def test_the_sandbox_stands_for_every_service(omni: Omni, tmp_path: Path) -> None:
    with ScriptedGateway(own) as theirs:
        project(tmp_path / "folder", BOTH, theirs.url)

        result = omni("run", "main.omni", "--sandbox", WEATHER_KEY=OWN_KEY)
        planned = omni("plan", "main.omni", "--sandbox", "--json")

    plan = json.loads(planned.stdout)
    assert (1, []) == (result.returncode, theirs.requests)
    assert ("sandbox", None) == (plan["gateway"], plan.get("gateways"))
    assert "the sandbox does not simulate weather" in result.stderr, result.stderr
    assert "`[services.weather]`" in result.stderr, result.stderr


def test_a_plan_names_all_its_gateways(omni: Omni, tmp_path: Path) -> None:
    project(tmp_path / "folder", BOTH, "https://weather.invalid")

    named = omni("plan", "main.omni", OMNI_BASE_URL="https://team.invalid")
    unset = omni("plan", "main.omni")

    assert "gateway: https://weather.invalid, https://team.invalid" in named.stdout
    assert "gateway: https://weather.invalid, not configured" in unset.stdout, unset.stdout


def test_going_on_with_a_run_refuses_another_gateway_of_one_of_its_services(
    omni: Omni, tmp_path: Path
) -> None:
    def broken(_: Request) -> Answer:
        return Answer.of({"error": {"message": "no"}}, status=400)

    with ScriptedGateway(broken) as theirs, ScriptedGateway(own) as other:
        project(tmp_path / "folder", ALONE, theirs.url)
        omni("run", "main.omni", WEATHER_KEY=OWN_KEY)
        project(tmp_path / "folder", ALONE, other.url)

        result = omni("retry", WEATHER_KEY=OWN_KEY)

    expected = f"the plan was made for {theirs.url}, and this is {other.url}"
    assert (2, True, []) == (result.returncode, expected in result.stderr, other.requests)


def test_a_task_that_was_left_behind_is_fetched_where_it_is(omni: Omni, tmp_path: Path) -> None:
    state = {"value": "running"}

    def slow(request: Request) -> Answer:
        if request.path.endswith("/draw"):
            return Answer.of({"id": "t1", "task": "t1"})
        if request.path.endswith("/say"):
            return Answer.of({"id": "1", "text": "it shines"})
        return Answer.of([{"id": "t1", "state": state["value"], "url": "none"}])

    recipe = (
        'pipeline p {\n    a = "sun" -> weather.draw with timeout: 1s\n    save a as "a.png"\n}\n'
    )
    with ScriptedGateway(slow) as theirs:
        project(tmp_path / "folder", recipe, theirs.url)
        first = omni("run", "main.omni", WEATHER_KEY=OWN_KEY)
        state["value"] = "failed"
        asked = len(theirs.paths("/v2/status"))
        project(tmp_path / "folder", ALONE, theirs.url)
        second = omni("run", "main.omni", WEATHER_KEY=OWN_KEY)

    assert (1, 0) == (first.returncode, second.returncode), second.stderr
    assert 1 == sum(one.path.endswith("/draw") for one in theirs.requests)
    assert len(theirs.paths("/v2/status")) > asked


@pytest.mark.parametrize("bad", ["sk-broke-0123456789", "sk-denied-0123456789"])
def test_of_several_accounts_the_one_that_is_refused_is_left_alone(
    omni: Omni, tmp_path: Path, bad: str
) -> None:
    folder = tmp_path / "folder"
    with Sandbox(duration=0.1) as sandbox:
        (folder / "main.omni").write_text("prompt cat { a cat --ar 4:3 }\n")
        (folder / "omni.toml").write_text(
            f'[services.midjourney]\nbase_url = "{sandbox.url}"\n'
            'accounts = { main = "KEY_A", second = "KEY_B" }\n'
        )

        result = omni("run", "main.omni", KEY_A=bad, KEY_B="sk-good-0123456789")
        books = sandbox.books()

    assert (0, 1, 0) == (result.returncode, books.submissions, books.duplicates), result.stderr
    assert "nothing more is bought with the account main" in result.stderr


def test_what_it_gave_can_be_made_again_there_and_nowhere_else(omni: Omni, tmp_path: Path) -> None:
    place = {"WEATHER_KEY": OWN_KEY}
    with ScriptedGateway(own) as theirs, ScriptedGateway(own) as other:
        project(tmp_path / "folder", ALONE, theirs.url)
        omni("run", "main.omni", **place)
        here = omni("reproduce", "out/a.txt", "--yes", **place)
        project(tmp_path / "folder", ALONE, other.url)
        there = omni("reproduce", "out/a.txt", "--yes", **place)

    assert (0, 2) == (here.returncode, there.returncode), here.stderr
    assert (2, 0) == (len(theirs.requests), len(other.requests))
    assert f"the plan was made for {theirs.url}, and this is {other.url}" in there.stderr


def test_where_every_account_is_refused_the_run_says_so_of_each(omni: Omni, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    with Sandbox(duration=0.1) as sandbox:
        (folder / "main.omni").write_text("prompt cat { a cat --ar 4:3 }\n")
        (folder / "omni.toml").write_text(
            f'[services.midjourney]\nbase_url = "{sandbox.url}"\n'
            'accounts = { main = "KEY_A", second = "KEY_B" }\n'
        )

        place = {"KEY_A": "sk-broke-0123456789", "KEY_B": "sk-denied-0123456789"}
        result = omni("run", "main.omni", **place)
        books = sandbox.books()

    assert (1, 0) == (result.returncode, books.submissions), result.stderr
    for account in ("main", "second"):
        assert f"nothing more is bought with the account {account}" in result.stderr
