"""`omni login` and `omni logout`: a key in the keyring of the system, and where it is read from."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from omnidsl.testing import Answer, Request, ScriptedGateway
from tests.conftest import Omni, install_into
from tests.running.test_own_gateways import ALONE, MODULE, own

KEY, OTHER = "sk-keyring-0123456789abcdef", "sk-variable-0123456789abcdef"
BACKEND = '''
"""A keyring of a test's own, through keyring's API for backends: it keeps all in a file."""
import json, os
from pathlib import Path
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

class Drawer(KeyringBackend):
    priority = 1
    name = "a drawer"
    file = Path(os.environ["DRAWER"])

    def _all(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service, username):
        with open(str(self.file) + ".asked", "a") as log:
            log.write(f"{service}/{username}\\n")
        return self._all().get(f"{service}/{username}")

    def set_password(self, service, username, password):
        self.file.write_text(json.dumps({**self._all(), f"{service}/{username}": password}))

    def delete_password(self, service, username):
        left = self._all()
        if left.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("not there")
        self.file.write_text(json.dumps(left))

class Locked(Drawer):
    def get_password(self, service, username):
        raise RuntimeError("the drawer is locked")
    def set_password(self, service, username, password):
        raise RuntimeError("the drawer is locked")
'''
CHAT = 'pipeline p {\n    a = openai.chat("x")\n    save a as "a.txt"\n}\n'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_into(tmp_path_factory.mktemp("site") / "site")("weather", MODULE)


@pytest.fixture
def drawer(tmp_path: Path, site: Path) -> dict[str, str]:
    """The environment of a system with a keyring."""
    (tmp_path / "drawers").mkdir()
    (tmp_path / "drawers" / "drawers.py").write_text(BACKEND, "utf-8")
    return {
        "OMNI_CACHE_DIR": str(site.parent / "cache"),
        "PYTHONPATH": f"{site}{os.pathsep}{tmp_path / 'drawers'}",
        "PYTHON_KEYRING_BACKEND": "drawers.Drawer",
        "DRAWER": str(tmp_path / "drawer.json"),
    }


def kept(drawer: dict[str, str]) -> str:
    path = Path(drawer["DRAWER"])
    return path.read_text() if path.exists() else ""


def asked(drawer: dict[str, str]) -> int:
    path = Path(drawer["DRAWER"] + ".asked")
    return len(path.read_text().splitlines()) if path.exists() else 0


def login(
    omni: Omni, key: str, *arguments: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    return omni("login", *arguments, stdin=f"{key}\n", **environment)


def chat(request: Request) -> Answer:
    del request
    message = {"role": "assistant", "content": "said"}
    return Answer.of({"id": "1", "choices": [{"message": message, "finish_reason": "stop"}]})


def sent(gateway: ScriptedGateway) -> list[str]:
    return [one.headers.get("authorization", "") for one in gateway.requests]


def test_a_key_that_was_kept_is_used_where_no_variable_has_one(
    omni: Omni, tmp_path: Path, drawer: dict[str, str]
) -> None:
    (tmp_path / "folder" / "main.omni").write_text(CHAT)
    with ScriptedGateway(chat) as gateway:
        place = {**drawer, "OMNI_BASE_URL": gateway.url}
        done = login(omni, KEY, **place)
        ran = omni("run", "main.omni", **place)
        before = asked(drawer)
        varied = omni("run", "main.omni", "--fresh", OMNI_API_KEY=OTHER, **place)

    assert (0, f"The key for {gateway.url} is kept in the keyring (a drawer).\n") == (
        done.returncode,
        done.stdout,
    )
    assert (0, 0) == (ran.returncode, varied.returncode), ran.stderr
    assert [f"Bearer {KEY}", f"Bearer {OTHER}"] == sent(gateway)
    assert before == asked(drawer)


def test_checks_plans_and_sandbox_runs_do_not_ask_the_keyring(
    omni: Omni, tmp_path: Path, drawer: dict[str, str]
) -> None:
    (tmp_path / "folder" / "main.omni").write_text(CHAT)
    place = {**drawer, "OMNI_BASE_URL": "https://gateway.invalid"}

    for command in (("check",), ("plan", "main.omni"), ("run", "main.omni", "--sandbox")):
        assert 0 == omni(*command, **place).returncode

    assert 0 == asked(drawer)


def test_the_key_of_a_services_own_gateway_and_of_an_account(
    omni: Omni, tmp_path: Path, drawer: dict[str, str]
) -> None:
    folder = tmp_path / "folder"
    (folder / "main.omni").write_text(ALONE)
    with ScriptedGateway(own) as theirs:
        table = f'[services.weather]\nbase_url = "{theirs.url}"\nname = "meteo"\n'
        (folder / "omni.toml").write_text(f'{table}accounts = {{ a = "KEY_A", b = "KEY_B" }}\n')
        results = [
            login(omni, KEY, "--service", "weather", **drawer),
            login(omni, KEY, "--service", "weather", "--account", "bb", **drawer),
            login(omni, KEY, "--service", "weather", "--account", "b", **drawer),
            omni("run", "main.omni", **drawer),
            omni("run", "main.omni", KEY_A=OTHER, **drawer),
            omni("logout", "--service", "weather", "--account", "b", **drawer),
            omni("logout", "--service", "weather", "--account", "b", **drawer),
        ]

    assert [2, 2, 0, 2, 0, 0, 1] == [one.returncode for one in results]
    assert "several accounts: say which one with --account: a, b" in results[0].stderr
    assert "did you mean `b`?" in results[1].stderr
    assert f"meteo ({theirs.url}), b is kept" in results[2].stdout
    assert "omni login --service weather --account a" in results[3].stderr
    assert [OTHER] == [one.headers["x-weather-key"] for one in theirs.requests]
    assert "is forgotten" in results[5].stdout
    assert "no key for" in results[6].stderr


def test_a_gateway_of_the_same_name_elsewhere_gets_no_key(
    omni: Omni, tmp_path: Path, drawer: dict[str, str]
) -> None:
    folder = tmp_path / "folder"
    (folder / "main.omni").write_text(CHAT)
    (folder / "omni.toml").write_text(
        '[gateway]\nname = "team"\nbase_url = "https://team.invalid"\n'
    )
    login(omni, KEY, **drawer)
    with ScriptedGateway(chat) as stranger:
        (folder / "omni.toml").write_text(
            f'[gateway]\nname = "team"\nbase_url = "{stranger.url}"\n'
        )

        result = omni("run", "main.omni", **drawer)

    assert (2, []) == (result.returncode, stranger.requests)
    assert "no key for the gateway team" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (KEY,),
        ("--key", KEY),
        (f"--key={KEY}",),
        ("--account", KEY),
        ("--service", KEY),
        ("-k", KEY),
    ],
)
def test_a_key_is_never_taken_from_an_argument_and_never_shown(
    omni: Omni, drawer: dict[str, str], arguments: tuple[str, ...]
) -> None:
    result = omni("login", *arguments, OMNI_BASE_URL="https://gateway.invalid", **drawer)

    assert (2, "") == (result.returncode, kept(drawer))
    assert KEY not in result.stdout + result.stderr


@pytest.mark.parametrize("typed", [" \t", "„quoted-key-0123456789“"])
def test_what_is_no_key_is_not_kept(omni: Omni, drawer: dict[str, str], typed: str) -> None:
    result = login(omni, typed, OMNI_BASE_URL="https://gateway.invalid", **drawer)

    assert (2, "") == (result.returncode, kept(drawer))
    assert "this is no key" in result.stderr


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (
            {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
            "no keyring that can be used",
        ),
        ({"PYTHON_KEYRING_BACKEND": "drawers.Locked"}, "cannot be used: the drawer is locked"),
        ({"BROKEN": "1"}, "pip install 'omnidsl[keyring]'"),
    ],
)
def test_where_there_is_no_keyring_it_says_what_to_do(
    omni: Omni, drawer: dict[str, str], tmp_path: Path, environment: dict[str, str], words: str
) -> None:
    place = {**drawer, "OMNI_BASE_URL": "https://gateway.invalid", **environment}
    if "BROKEN" in environment:  # as where the extra is not installed
        (tmp_path / "drawers" / "keyring.py").write_text("raise ImportError('not installed')\n")

    result = login(omni, KEY, **place)

    assert (2, True) == (result.returncode, words in result.stderr), result.stderr
    assert KEY not in result.stdout + result.stderr


def test_a_locked_keyring_is_told_of_and_a_missing_one_is_only_missed(
    omni: Omni, drawer: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "folder" / "main.omni").write_text(CHAT)
    place = {**drawer, "OMNI_BASE_URL": "https://gateway.invalid"}

    locked = omni("run", "main.omni", **{**place, "PYTHON_KEYRING_BACKEND": "drawers.Locked"})
    empty = omni("run", "main.omni", **place)

    assert (2, 2) == (locked.returncode, empty.returncode)
    assert "the system's keyring cannot be used: the drawer is locked" in locked.stderr
    assert "OMNI_API_KEY, or keep it in the system's keyring: omni login" in empty.stderr


def test_a_key_that_is_typed_is_not_shown(
    tmp_path: Path, drawer: dict[str, str], child_environment: dict[str, str]
) -> None:
    main, terminal = pty.openpty()
    environment = {**child_environment, **drawer, "OMNI_BASE_URL": "https://gateway.invalid"}
    child = subprocess.Popen(
        [sys.executable, "-m", "omnidsl", "login"],
        stdin=terminal, stdout=terminal, stderr=terminal, env=environment, cwd=tmp_path, start_new_session=True,
    )  # fmt: skip  # one call
    os.close(terminal)
    shown = b""
    while b"not shown" not in shown:
        shown += os.read(main, 1000)
    os.write(main, f"{KEY}\n".encode())
    while child.poll() is None:
        try:
            shown += os.read(main, 1000)
        except OSError:
            break

    assert 0 == child.wait(30)
    assert KEY in kept(drawer)
    assert KEY.encode() not in shown


@pytest.mark.parametrize(
    ("command", "url"),
    [
        ("login", "http://[::1"),
        ("logout", "https://:80"),
        ("doctor", "https://gateway.invalid/v1"),
    ],
)
def test_an_address_that_is_none_is_told_of(
    omni: Omni, drawer: dict[str, str], command: str, url: str
) -> None:
    result = omni(command, stdin=f"{KEY}\n", OMNI_BASE_URL=url, OMNI_API_KEY=KEY, **drawer)

    assert result.returncode in (1, 2)
    assert "is not usable" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_the_chinese_words(omni: Omni, drawer: dict[str, str]) -> None:
    result = login(
        omni, KEY, OMNI_BASE_URL="https://gateway.invalid", **{**drawer, "OMNI_LANG": "zh"}
    )

    assert "https://gateway.invalid 的密钥已保存到密钥环（a drawer）。\n" == result.stdout
