"""Several accounts of one gateway: who pays, who asks, and what happens when one is shut out."""

import json
from pathlib import Path

import pytest

from omnidsl.planning.plan import PlanNode, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.running import Gateway
from omnidsl.running.errors import SettingsError
from omnidsl.settings import load
from omnidsl.testing import Answer, Bench, MidjourneyScript, Request, ScriptedGateway, step

KEYS = {"main": "sk-main-0123456789", "spare": "sk-spare-0123456789"}
QUOTA = Answer(
    403, json.dumps({"error": {"code": "insufficient_user_quota", "message": "no money"}}).encode()
)


def account(request: Request) -> str:
    """Return whose key a request carries."""
    key = request.headers["authorization"].removeprefix("Bearer ")
    return next(name for name, one in KEYS.items() if one == key)


class Bank(MidjourneyScript):
    """A gateway that notes who pays and who asks; accounts in `empty` have no money."""

    def __init__(self, *empty: str) -> None:
        super().__init__()
        self.empty = set(empty)
        self.paid: dict[str, str] = {}
        self.asked: dict[str, set[str]] = {}
        self.on("/mj/submit/", self._pay)
        self.on("list-by-condition", self._ask)
        self.on("/mj/task/", self._ask)

    def _pay(self, request: Request) -> Answer:
        if account(request) in self.empty:
            return QUOTA
        answer = self.usual(request)
        self.paid[json.loads(answer.body)["result"]] = account(request)
        return answer

    def _ask(self, request: Request) -> Answer:
        ids = request.json()["ids"] if request.body else [request.path.split("/")[-2]]
        for one in ids:
            self.asked.setdefault(one, set()).add(account(request))
        return self.usual(request)


def studio(url: str) -> Gateway:
    return Gateway("studio", url, KEYS["main"], KEYS)


def chains(count: int) -> list[PlanNode]:
    return [
        one
        for number in range(count)
        for one in (
            step(
                f"grid{number}", "midjourney.imagine", {"prompt": PromptInput((f"fox {number}",))}
            ),
            step(f"hero{number}", "midjourney.upscale", {"grid": Ref(f"grid{number}"), "index": 1}),
        )
    ]


def test_accounts_share_the_work_and_each_looks_after_its_own(tmp_path: Path) -> None:
    script = Bank()
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, studio(gateway.url))
        result = bench.run(bench.plan(*chains(4), saves=[Save(Ref("hero0"), "hero.png")]))
        charged = {
            name: (one.account, script.paid[one.task_id or ""])
            for name, one in result.results.items()
        }

    assert 0 == result.status
    assert {"main", "spare"} == set(script.paid.values())
    assert all(known == paid for known, paid in charged.values())
    assert all(charged[f"grid{one}"] == charged[f"hero{one}"] for one in range(4))
    assert all({script.paid[task]} == asked for task, asked in script.asked.items())


def test_an_empty_account_leaves_its_work_to_the_other(tmp_path: Path) -> None:
    script = Bank("main")
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, studio(gateway.url))
        result = bench.run(bench.plan(*chains(4)))

    assert (0, 8, {"spare"}) == (result.status, len(script.paid), set(script.paid.values()))
    assert {"spare"} == {one.account for one in result.results.values()}


def test_when_every_account_is_empty_the_steps_say_why(tmp_path: Path) -> None:
    script = Bank("main", "spare")
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, studio(gateway.url))
        result = bench.run(bench.plan(*chains(3)))

    assert (1, 0) == (result.status, len(script.paid))
    assert {"quota", "needs"} == {one.reason for one in result.failures}


def test_what_acts_on_a_task_of_an_empty_account_fails_and_the_rest_goes_on(tmp_path: Path) -> None:
    script = Bank()
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, studio(gateway.url))
        bench.run(bench.plan(*[one for one in chains(4) if one.id.startswith("grid")]))
        script.empty.add("main")
        made_by = dict(script.paid)
        result = bench.run(bench.plan(*chains(4)))

    assert 2 == list(made_by.values()).count("main")
    assert (1, 6, ["quota", "quota"]) == (
        result.status,
        len(result.results),
        [one.reason for one in result.failures],
    )


def test_immediate_answers_move_to_another_account_too(tmp_path: Path) -> None:
    def chat(request: Request) -> Answer:
        if account(request) == "main":
            return QUOTA
        reply = {
            "choices": [
                {"message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}
            ]
        }
        return Answer.of(reply)

    with ScriptedGateway(chat) as gateway:
        bench = Bench(tmp_path, studio(gateway.url))
        result = bench.run(
            bench.plan(
                step(
                    "talk",
                    "openai.chat",
                    {"messages": "hi"},
                )
            )
        )

    assert (0, "spare") == (result.status, result.results["talk"].account)


def test_no_key_of_any_account_is_kept_or_told(tmp_path: Path) -> None:
    script = Bank("main")
    script.on("/mj/submit/", lambda request: Answer(500, request.headers["authorization"].encode()))
    with ScriptedGateway(script) as gateway:
        bench = Bench(tmp_path, studio(gateway.url))
        result = bench.run(bench.plan(*chains(2)))
        told = "".join(str(one.to_json()) for one in bench.events)
    everything = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())

    assert 3 == result.status
    assert not any(key in told or key.encode() in everything for key in KEYS.values())
    assert not any(key in repr(studio("http://x")) for key in KEYS.values())


# ---- settings

SETTINGS = """
[gateway]
base_url = "https://gateway.example"
name = "studio"
[gateway.accounts]
main = "STUDIO_KEY"
spare = "STUDIO_KEY_2"
"""


def test_keys_come_from_the_variables_that_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "omni.toml").write_text(SETTINGS)
    monkeypatch.setenv("STUDIO_KEY", "sk-one")
    monkeypatch.setenv("STUDIO_KEY_2", " sk-two\n")
    settings, found = load(tmp_path)

    gateway = Gateway.at(settings.gateway_base_url or "", accounts=settings.gateway_accounts)

    assert ([], {"main": "sk-one", "spare": "sk-two"}) == (found, gateway.accounts)
    assert ("main", "spare") == gateway.names
    assert ["Bearer sk-two", "Bearer sk-one"] == [
        gateway.headers(one)["authorization"] for one in ("spare", "gone")
    ]


@pytest.mark.parametrize(
    ("second", "reason"),
    [(None, "no-account-key"), ("", "no-account-key"), ("sk－2", "bad-account-key")],
)
def test_an_account_without_a_usable_key_is_told_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, second: str | None, reason: str
) -> None:
    monkeypatch.setenv("STUDIO_KEY", "sk-one")
    monkeypatch.delenv("STUDIO_KEY_2", raising=False)
    if second is not None:
        monkeypatch.setenv("STUDIO_KEY_2", second)

    with pytest.raises(SettingsError, match="STUDIO_KEY_2") as caught:
        Gateway.at("https://x.example", accounts={"main": "STUDIO_KEY", "spare": "STUDIO_KEY_2"})

    assert reason == caught.value.reason


def test_keys_do_not_go_to_another_gateway_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "omni.toml").write_text(SETTINGS)
    monkeypatch.setenv("OMNI_BASE_URL", "https://elsewhere.example")

    assert {} == load(tmp_path)[0].gateway_accounts
