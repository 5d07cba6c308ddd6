"""Keys of every kind, and every command: none of them is shown, kept or sent where it does not belong."""

import json
from pathlib import Path

from omnidsl.testing import Answer, Request, ScriptedGateway
from tests.cli.test_login import BACKEND
from tests.conftest import Install, Omni
from tests.running.test_own_gateways import MODULE

KEYS = {
    "OMNI_API_KEY": "sk-common-key-0123456789abcdef",
    "WEATHER_KEY": "weather/key+0123456789=abcdef",
    "ACCOUNT_A": "sk-account-a-0123456789abcdef",
    "ACCOUNT_B": 'sk-account-"b"-0123456789abcdef',
}
KEPT = "sk-kept-in-keyring-0123456789abcdef"
RECIPE = """pipeline p {
    a = "sun" -> weather.say
    b = openai.chat("rain")
    c = claude.chat("wind", model: "claude-opus-4-5")
    d = gemini.chat("hail")
    save a as "a.txt"
    save b as "b.txt"
    save c as "c.txt"
    save d as "d.txt"
}
"""
COMMANDS = (
    ("check",),
    ("check", "--show-settings"),
    ("plan", "main.omni", "--json"),
    ("run", "main.omni", "--json"),
    ("run", "main.omni", "--fresh"),
    ("history",),
    ("history", "--json"),
    ("show", "out/a.txt", "--json"),
    ("doctor",),
    ("doctor", "--json"),
    ("report", "--output", "page.html"),
    ("ledger", "export", "ledger.jsonl"),
    ("ledger", "verify"),
    ("logout", "--service", "gemini"),
)


def test_no_command_shows_or_keeps_a_key(omni: Omni, install: Install, tmp_path: Path) -> None:
    every = [*KEYS.values(), KEPT]

    def echo(request: Request) -> Answer:
        """Repeat whatever came, and every key there is, in an answer or in an error."""
        said = " ".join([*request.headers.values(), *every])
        if request.path == "/v1/models":
            return Answer.of({"error": {"message": said}}, status=401)
        message = {"role": "assistant", "content": said}
        reply = {"id": "1", "text": said, "model": said, "choices": [{"message": message}]}
        return Answer.of(reply, x_request_id=said)

    folder = tmp_path / "folder"
    (tmp_path / "drawers").mkdir()
    (tmp_path / "drawers" / "drawers.py").write_text(BACKEND, "utf-8")
    site = install("weather", MODULE)
    environment = {
        **KEYS,
        "PYTHONPATH": f"{tmp_path / 'drawers'}:{site}",
        "PYTHON_KEYRING_BACKEND": "drawers.Drawer",
        "DRAWER": str(tmp_path / "drawer.json"),
    }
    (folder / "main.omni").write_text(RECIPE, "utf-8")
    with (
        ScriptedGateway(echo) as common,
        ScriptedGateway(echo) as weather,
        ScriptedGateway(echo) as claude,
        ScriptedGateway(echo) as gemini,
    ):
        (folder / "omni.toml").write_text(
            f'[gateway]\nbase_url = "{common.url}"\n'
            f'[services.weather]\nbase_url = "{weather.url}"\n'
            f'[services.claude]\nbase_url = "{claude.url}"\n'
            'accounts = { a = "ACCOUNT_A", b = "ACCOUNT_B" }\n'
            f'[services.gemini]\nbase_url = "{gemini.url}"\nkey = "NOT_SET"\n',
            "utf-8",
        )
        results = [omni("login", "--service", "gemini", stdin=f"{KEPT}\n", **environment)]
        results += [omni(*command, **environment) for command in COMMANDS]
        sent = {
            name: {json.dumps(dict(one.headers)) for one in gateway.requests}
            for name, gateway in (
                ("common", common), ("weather", weather), ("claude", claude), ("gemini", gemini),
            )
        }  # fmt: skip  # one table

    assert [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0] == [one.returncode for one in results], [
        (one.args, one.stderr) for one in results
    ]
    shown = "".join(one.stdout + one.stderr for one in results)
    written = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    for key in every:
        for form in (key, key.removeprefix("sk-"), json.dumps(key)[1:-1]):
            assert form not in shown, form
            assert form.encode() not in written, form
    belongs = {
        "common": {KEYS["OMNI_API_KEY"]},
        "weather": {KEYS["WEATHER_KEY"]},
        "claude": {KEYS["ACCOUNT_A"], KEYS["ACCOUNT_B"]},
        "gemini": {KEPT},
    }
    for name, headers in sent.items():
        found = {key for key in every if any(json.dumps(key)[1:-1] in one for one in headers)}
        assert found == belongs[name], name
