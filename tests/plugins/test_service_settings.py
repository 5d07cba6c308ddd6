"""What a service lets a project settle: declared, judged where it is set, shown, and handed to the backend."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest

from omnidsl.plugins import DeclarationError, Service, ServiceSetting
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.describing import describe
from omnidsl.settings import load
from omnidsl.settings.services import faults
from omnidsl.testing import Answer, Request, ScriptedGateway
from tests.conftest import Install, Omni

MODULE = '''
from typing import Literal
import attrs
from omnidsl.plugins import Backend, Immediate, Made, Service, ServiceSetting, argument, hookimpl

@attrs.frozen
class Say(Immediate[str]):
    """Say something."""
    what: str = argument(subject=True)

class Sayer(Backend):
    async def call(self, call, context):
        await context.pay("/say", dict(context.settings))
        return Made(text="said")

@hookimpl
def omnidsl_services():
    return [Service(name="sayer", operations=(Say,), implementation="sayer:Sayer", settings=(
        ServiceSetting("native", bool, default=False, help="speak its own protocol", zh="使用原生协议"),
        ServiceSetting("voice", Literal["high", "low"], default="low"),
        ServiceSetting("rate", float),
        ServiceSetting("turns", int, default=3),
        ServiceSetting("region", str, default="eu"),
    ))]
'''
RECIPE = 'pipeline p {\n    a = "x" -> sayer.say\n    save a as "a.txt"\n}\n'


@pytest.fixture
def sayer(install: Install) -> str:
    return str(install("sayer", MODULE))


SETTINGS = (
    ServiceSetting("native", bool, default=False),
    ServiceSetting("voice", Literal["high", "low"], default="low"),
    ServiceSetting("rate", float),
    ServiceSetting("turns", int, default=3),
    ServiceSetting("region", str, default="eu"),
)
SAYER = Service(name="sayer", operations=(), implementation="sayer:Sayer", settings=SETTINGS)
ROW = {"distribution": "sayer", "version": "1", **describe(SAYER)}
CATALOGUE = Catalogue.from_json({"services": {"sayer": ROW}, "problems": []})


def project(folder: Path, settings: str) -> None:
    (folder / "omni.toml").write_text(settings, "utf-8")
    (folder / "main.omni").write_text(RECIPE, "utf-8")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("native = true", []),
        ('voice = "high"\nrate = 2\nturns = 4\nregion = "us"', []),
        ("natve = true", [("OM903", "natve", "services.sayer.native")]),
        ('native = "yes"', [("OM904", "native", "")]),
        ("native = 1", [("OM904", "native", "")]),
        ("turns = true", [("OM904", "turns", "")]),
        ("turns = 1.5", [("OM904", "turns", "")]),
        ('rate = "fast"', [("OM904", "rate", "")]),
        ("region = 3", [("OM904", "region", "")]),
        ('voice = "hihg"', [("OM905", "voice", "high")]),
        ("region = []", [("OM904", "region", "")]),
        ('base_url = "sayer.example"', [("OM905", "base_url", "")]),
        ("base_url = 3", [("OM904", "base_url", "")]),
        ('name = "sandbox"', [("OM905", "name", "")]),
        ('name = " "', [("OM905", "name", "")]),
        ('kind = "odd"', [("OM905", "kind", "")]),
        ('key_header = "x api key"', [("OM905", "key_header", "")]),
        ('key_header = "Authorization: Bearer"', []),
        ('accounts = "A"', [("OM904", "accounts", "")]),
        ("accounts = { main = 3 }", [("OM904", "main", "")]),
        ('accounts = { main = "no variable" }', [("OM905", "main", "")]),
        ('key = "SAYER_API_KEY"', []),
        ('key = "AIzaSyD-not-a-variable"', [("OM906", "key", "")]),
        ('region = "sk-0123456789abcdef"', [("OM906", "region", "")]),
    ],
)
def test_a_table_of_a_service_is_judged_at_its_place(
    tmp_path: Path, table: str, expected: list[tuple[str, str, str]]
) -> None:
    project(tmp_path, f"[services.sayer]\n{table}\n")
    settings, found = load(tmp_path)

    found += faults(settings, CATALOGUE)

    told = [
        (one.code, one.source.text[one.span.start : one.span.end], *one.suggestions)
        for one in found
        if one.source is not None and one.span is not None
    ]
    assert [tuple(part for part in one if part) for one in expected] == told


def test_a_check_tells_of_them_once(omni: Omni, sayer: str, tmp_path: Path) -> None:
    project(tmp_path / "folder", "[services.sayer]\nnatve = true\n")
    (tmp_path / "folder" / "other.omni").write_text(RECIPE, "utf-8")

    result = omni("check", "--output-format", "concise", PYTHONPATH=sayer)

    assert (2, ["omni.toml:2:1: OM903 there is no setting `services.sayer.natve`"]) == (
        result.returncode,
        [line for line in result.stdout.splitlines() if "OM" in line],
    )


def test_a_service_that_nobody_brings_is_a_warning_that_can_be_left_out(
    omni: Omni, tmp_path: Path, sayer: str
) -> None:
    project(tmp_path / "folder", '[services.syer]\nregion = "eu"\n[lint]\nignore = ["OM917"]\n')

    ignored = omni("check", PYTHONPATH=sayer)
    told = omni("check", "--select", "ALL", "--extend-select", "OM917", PYTHONPATH=sayer)

    assert (0, "Found nothing wrong.") == (ignored.returncode, ignored.stderr.strip())
    assert (0, True) == (told.returncode, "did you mean `sayer`?" in told.stdout)


def test_a_wrong_setting_of_a_service_stops_what_would_send_something(
    omni: Omni, tmp_path: Path, sayer: str
) -> None:
    project(tmp_path / "folder", "[services.sayer]\nturns = true\n")

    with ScriptedGateway(lambda _: Answer.of({})) as gateway:
        result = omni(
            "run", "main.omni", PYTHONPATH=sayer, OMNI_BASE_URL=gateway.url, OMNI_API_KEY="sk-x"
        )

    assert (2, True, []) == (result.returncode, "OM904" in result.stderr, gateway.requests)


def test_a_backend_is_handed_what_the_project_says_and_the_defaults_of_the_rest(
    omni: Omni, tmp_path: Path, sayer: str
) -> None:
    project(tmp_path / "folder", '[services.sayer]\nnative = true\nvoice = "high"\n')

    with ScriptedGateway(lambda _: Answer.of({"id": "1"})) as gateway:
        result = omni("run", "main.omni", PYTHONPATH=sayer, OMNI_BASE_URL=gateway.url, OMNI_API_KEY="sk-x")  # fmt: skip  # one call

    sent = [one.json() for one in gateway.requests]
    whole = {"native": True, "voice": "high", "rate": None, "turns": 3, "region": "eu"}
    assert (0, [whole]) == (result.returncode, sent), result.stderr


def test_another_setting_is_no_other_request(omni: Omni, tmp_path: Path, sayer: str) -> None:
    def answer(request: Request) -> Answer:
        return Answer.of({"id": "1"})

    with ScriptedGateway(answer) as gateway:
        for text in ("", "[services.sayer]\nnative = true\n"):
            project(tmp_path / "folder", text)
            result = omni("run", "main.omni", PYTHONPATH=sayer, OMNI_BASE_URL=gateway.url, OMNI_API_KEY="sk-x")  # fmt: skip  # one call
            assert 0 == result.returncode, result.stderr

    assert 1 == len(gateway.requests)


def test_the_list_of_plugins_shows_settings(omni: Omni, sayer: str) -> None:
    text = omni("plugins", PYTHONPATH=sayer, OMNI_LANG="en").stdout
    chinese = omni("plugins", PYTHONPATH=sayer, OMNI_LANG="zh").stdout
    whole = json.loads(omni("plugins", "--json", PYTHONPATH=sayer).stdout)

    assert "  [services.sayer]\n    native  bool    = false   speak its own protocol\n" in text
    assert "使用原生协议" in chinese
    shown = next(one["settings"] for one in whole["services"] if one["name"] == "sayer")
    assert ["native", "voice", "rate", "turns", "region"] == [one["name"] for one in shown]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ((ServiceSetting("base_url", str),), "the name is taken"),
        ((ServiceSetting("api_key", str),), "the name is taken"),
        ((ServiceSetting("token", str),), "the name is taken"),
        ((ServiceSetting("No Name", str),), "a name has small letters"),
        ((ServiceSetting("a", list),), "its type is"),
        ((ServiceSetting("a", list[str]),), "its type is"),
        ((ServiceSetting("a", Literal[1, 2]),), "choices are texts"),
        ((ServiceSetting("a", bool, default="x"),), "is not of its type"),
        ((ServiceSetting("a", int, default=True),), "is not of its type"),
        ((ServiceSetting("a", Literal["x"], default="y"),), "is not of its type"),
        ((ServiceSetting("a", str), ServiceSetting("a", int)), "two settings"),
        (("native",), "is no ServiceSetting"),
        ("native", "is a tuple of ServiceSetting"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_the_declarations(
    settings: Any, words: str
) -> None:
    service = Service(name="x", operations=(), implementation="x:Y", settings=settings)

    with pytest.raises(DeclarationError, match=words):
        describe(service)
