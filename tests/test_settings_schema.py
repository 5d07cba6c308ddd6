"""The JSON Schema of the settings, and what `--show-settings` prints of them: both made from one declaration."""

import json
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from omnidsl.settings import load
from omnidsl.settings.declaration import SETTINGS
from omnidsl.settings.schema import FILE, schema, text
from tests.conftest import Omni
from tests.test_settings import WHOLE

FULL = (
    WHOLE
    + """
[lint]
select = ["OM3", "OM421", "ALL"]
extend-select = ["OM5"]
ignore = ["OM307"]
fail-on = "warning"
[lint.per-file-ignores]
"drafts/*.omni" = ["OM4"]
"""
)
FULL += """
[prices]
"openai.chat model=gpt-4o" = { input = 2.5, output = "10", picture = [85, 1445], most_output = 99 }
"midjourney.imagine" = [0.03, 0.08]
[budget]
currency = "EUR"
run = 5
project = 100.5
period = "month"
[files]
max-image = 10
max-audio = 20
max-video = 30
max-pixels = 40
provenance = "sidecar"
[gateway.accounts]
main = "OMNI_KEY_MAIN"
"second.one" = "OMNI_KEY_SECOND"
[limits]
tasks = 9
submissions = 2
rate = 0.5
burst = 3
retries = 5
rest = "20s"
outage = "1h30m"
deadline = 3600
grace = "90"
[services.weather]
base_url = "https://weather.example/v2"
name = "weather"
kind = "plus"
key = "WEATHER_KEY"
key_header = "x-api-key"
accounts = { main = "WEATHER_KEY_MAIN" }
native = true
rate = 1.5
[limits.services.midjourney]
tasks = 3
rate = 2
[plugin.brand]
loud = true
"""
FULL = (
    'default-version = "niji 6"\nplan = "pro"\nallow-params = ["mood"]\n'
    'banned-words = ["default", "rival"]\nmax-prompt-length = 900\n'
    'plugins = ["omnidsl", "omnidsl-suno"]\nplugin-folders = ["plugins"]\nengine = "serial"\n'
    'exclude = ["a/"]\nextend-exclude = ["!b"]\nforce-exclude = true\nrespect-gitignore = false\n'
    'vocabulary = []\nemit = "verbatim"\n' + FULL
)


def test_the_schema_in_the_package_is_the_one_of_the_declaration() -> None:
    assert text() == FILE.read_text("utf-8")


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_a_file_with_every_setting_is_valid_and_right(tmp_path: Path) -> None:
    (tmp_path / "omni.toml").write_text(FULL)
    table = tomllib.loads(FULL)

    settings, found = load(tmp_path)

    assert ([], []) == (found, list(Draft202012Validator(schema()).iter_errors(table)))
    assert {one.name for one in SETTINGS} == set(settings.values.given)


@pytest.mark.parametrize(
    "wrong",
    [
        "nope = 1", "rules = 3", "rules = 'nope'", "rules = ''", "max-steps = 0", "max-steps = 100001", "max-steps = true",
        "plugins = 'x'", "plugins = ['-x']", "plugin-folders = [1]",
        "exclude = 'x'", "exclude = [1]", "force-exclude = 1", "gateway = 1", "gateway.nope = 1", "gateway.mode = 'slow'", "gateway.kind = 'nope'",
        "lint.select = ['nope']", "lint.select = ['OM3x']", "lint.fail-on = 'never'", "lint.per-file-ignores = ['x']",
        "vocabulary = 'brand.tsv'", "emit = 'correct'",
        "lint.per-file-ignores = { x = 'OM3' }", "lint.nope = 1",
        "default-version = '9'", "default-version = 8.1", "plan = 'gold'", "allow-params = ['--a']", "allow-params = 'a'",
        "banned-words = ['']", "max-prompt-length = 0",
        "prices = 3", "prices = { 'a.b' = true }", "prices = { 'a.b' = { x = 1 } }", "prices = { 'a.b' = [1] }",
        "gateway.accounts = 'x'", "gateway.accounts = { a = 1 }", "gateway.accounts = { a = 'sk 1' }",
        "limits.tasks = 0", "limits.tasks = 1.5", "limits.rate = 0", "limits.rate = 'fast'", "limits.nope = 1",
        "limits.grace = 'soon'", "limits.grace = -1", "limits.deadline = ''", "limits.deadline = true",
        "limits.services = 1", "limits.services = { midjourney = 1 }", "limits.services = { midjourney = { grace = '1s' } }",
        "limits.services = { midjourney = { tasks = 0 } }",
        "budget.run = -1", "budget.run = '5'", "budget.period = 'week'", "budget.nope = 1",
    ],
)  # fmt: skip  # short texts, as many a line as fit
def test_what_the_schema_refuses_is_told_by_a_check(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "omni.toml").write_text(wrong)

    assert [False, True] == [
        Draft202012Validator(schema()).is_valid(tomllib.loads(wrong)),
        bool(load(tmp_path)[1]),
    ]


def shown(omni: Omni, *arguments: str, **environment: str) -> tuple[dict[str, object], list[str]]:
    """Return what `--show-settings` prints: as TOML, and as lines."""
    result = omni("check", "--show-settings", *arguments, **environment)
    assert (0, "") == (result.returncode, result.stderr)
    return tomllib.loads(result.stdout), result.stdout.splitlines()


def test_settings_are_shown_with_where_they_come_from(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "omni.toml").write_text(
        'rules = "omniai"\noutput = "made"\n[lint]\nignore = ["OM3"]\nselect = ["OM4"]\n'
    )
    _, lines = shown(
        omni, "--select", "OM3,OM4", "--ignore", "OM421", "--rules", "omniai", OMNI_BASE_URL="http://a.example"
    )  # fmt: skip  # one call

    expected = {
        'output = "made"  # omni.toml',
        'rules = "omniai"  # --rules',
        "max-steps = 100000  # default",
        "# gateway.name: not set",
        'gateway.base_url = "http://a.example"  # OMNI_BASE_URL',
        'lint.select = ["OM3", "OM4"]  # --select',
        'lint.ignore = ["OM421", "OM3"]  # --ignore, omni.toml',
        'lint.fail-on = "error"  # default',
    }
    assert expected <= set(lines)


def test_every_setting_is_shown_and_what_is_shown_are_settings(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "omni.toml").write_text(FULL)
    table, lines = shown(omni)

    assert tomllib.loads(FULL) == table
    assert [one.name for one in SETTINGS] == [one.split(" ")[0] for one in lines[1:]]


def test_isolated_settings_are_the_defaults(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "omni.toml").write_text(FULL)
    table, _ = shown(omni, "--isolated")

    assert (100_000, "out") == (table["max-steps"], table["output"])


def test_wrong_settings_are_shown_without_what_is_wrong(omni: Omni, tmp_path: Path) -> None:
    (tmp_path / "folder" / "omni.toml").write_text('max-steps = 9\nrules = "nope"\n')
    result = omni("check", "--show-settings")

    assert (2, True) == (result.returncode, "OM905" in result.stderr)
    assert {"max-steps": 9, "rules": "latest"}.items() <= tomllib.loads(result.stdout).items()


def test_odd_texts_are_shown_as_toml(omni: Omni, tmp_path: Path) -> None:
    odd = 'a"\\\u007f 猫\u0085'
    text = f"extend-exclude = [{json.dumps(odd)}]\n"
    (tmp_path / "folder" / "omni.toml").write_text(text, "utf-8")

    assert [odd] == shown(omni)[0]["extend-exclude"]
