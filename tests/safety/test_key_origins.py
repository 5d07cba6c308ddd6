"""Settings that came with somebody's recipe: no key goes where they say, once the environment says where it belongs."""

from pathlib import Path

import pytest

from omnidsl.testing import Answer, Request, ScriptedGateway
from tests.conftest import Omni

RECIPE = 'pipeline p {\n    a = openai.chat("rain")\n    save a as "a.txt"\n}\n'
KEY, OTHER = "sk-team-0123456789abcdef", "other-secret-0123456789"
TEAM = "http://127.0.0.1:9"


def answer(request: Request) -> Answer:
    message = {"role": "assistant", "content": "it rains"}
    return Answer.of({"id": "1", "choices": [{"message": message, "finish_reason": "stop"}]})


COMMON = '[gateway]\nbase_url = "{url}"\n'
OWN = '[services.openai]\nbase_url = "{url}"\nkey = "{variable}"\n'
ACCOUNTS = '[services.openai]\nbase_url = "{url}"\naccounts = {{ main = "{variable}" }}\n'


@pytest.mark.parametrize("command", [("run", "main.omni"), ("doctor",)])
@pytest.mark.parametrize(
    ("settings", "variable", "environment"),
    [
        (OWN, "OMNI_API_KEY", {"OMNI_BASE_URL": TEAM}),
        (ACCOUNTS, "OMNI_API_KEY", {"OMNI_BASE_URL": TEAM}),
        (OWN, "CI_TOKEN", {"OMNI_BASE_URL": TEAM, "OMNI_KEY_ORIGINS": TEAM}),
        (OWN, "CI_TOKEN", {"OMNI_KEY_ORIGINS": "neither this nor that"}),
        (COMMON, "OMNI_API_KEY", {"OMNI_KEY_ORIGINS": TEAM}),
    ],
)
def test_a_projects_settings_send_no_key_to_a_place_of_their_own(
    omni: Omni,
    tmp_path: Path,
    settings: str,
    variable: str,
    environment: dict[str, str],
    command: tuple[str, ...],
) -> None:
    (tmp_path / "folder" / "main.omni").write_text(RECIPE, "utf-8")
    with ScriptedGateway(answer) as theirs:
        text = settings.format(url=theirs.url, variable=variable)
        (tmp_path / "folder" / "omni.toml").write_text(text, "utf-8")

        result = omni(*command, OMNI_API_KEY=KEY, CI_TOKEN=OTHER, **environment)

    sent = "".join(str(one.headers) for one in theirs.requests)
    assert (False, False) == (KEY in sent, OTHER in sent), sent
    assert result.returncode in {1, 2}
    assert "OMNI_KEY_ORIGINS" in result.stdout + result.stderr or command == ("doctor",)
    assert f"the key in {variable} to {theirs.url}" in result.stdout + result.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OMNI_BASE_URL": "{url}"},
        {"OMNI_KEY_ORIGINS": "http://127.0.0.1:9 {url}/v1"},
        {"OMNI_BASE_URL": "{url}", "OMNI_KEY_ORIGINS": "http://127.0.0.1:9"},
    ],
)
def test_a_key_goes_where_the_settings_say_as_far_as_the_environment_lets_it(
    omni: Omni, tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "folder" / "main.omni").write_text(RECIPE, "utf-8")
    with ScriptedGateway(answer) as theirs:
        (tmp_path / "folder" / "omni.toml").write_text(COMMON.format(url=theirs.url), "utf-8")
        said = {name: one.format(url=theirs.url) for name, one in environment.items()}

        result = omni("run", "main.omni", OMNI_API_KEY=KEY, **said)

    assert 0 == result.returncode, result.stderr
    assert {f"Bearer {KEY}"} == {one.headers["authorization"] for one in theirs.requests}
