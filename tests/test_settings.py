"""Where settings come from, what they may be, and what is said of those that are wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl import __version__
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.prompts import HouseRules
from omnidsl.reporting.formats.full import render_full
from omnidsl.reporting.formats.json_document import render_json
from omnidsl.settings import Settings, load
from omnidsl.settings.file import masked
from omnidsl.settings.house import AS_SHIPPED
from omnidsl.settings.places import key_places
from omnidsl.settings.versions import admits
from tests.timing import growth

WHOLE = """\
requires = ">=0.1"
output = "made/pictures"
rules = "omniai"
max-steps = 500

[gateway]
name = "studio"
base_url = "https://gateway.example/api"
mode = "turbo"
kind = "plus"
"""


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMNI_BASE_URL", raising=False)


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode("utf-8"))
    return file


def problems(folder: Path, text: str) -> list[tuple[str, str]]:
    """Return code and marked text of everything wrong with a settings file."""
    write(folder / "omni.toml", text)
    _, found = load(folder)
    return [(one.code, one.source[one.span] if one.source and one.span else "") for one in found]


FACTS = tuple(
    "root gateway_name gateway_base_url gateway_mode gateway_kind output rules requires max_steps".split()
)


def facts(settings: Settings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in FACTS}


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    expected = {
        "root": tmp_path,
        "gateway_name": None,
        "gateway_base_url": None,
        "gateway_mode": None,
        "gateway_kind": None,
        "output": tmp_path / "out",
        "rules": AS_SHIPPED,
        "requires": None,
        "max_steps": 100_000,
    }

    settings, found = load(tmp_path / "hero.omni")

    assert (expected, []) == (facts(settings), found)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("omni.toml", WHOLE),
        ("omni.toml", WHOLE.replace("\n", "\r\n")),
        ("omni.toml", "\ufeff" + WHOLE),
        (
            "pyproject.toml",
            "[tool.omnidsl]\n" + WHOLE.replace("[gateway]", "[tool.omnidsl.gateway]"),
        ),
    ],
)
def test_every_setting_is_read(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path / name, text)
    expected = {
        "root": tmp_path,
        "gateway_name": "studio",
        "gateway_base_url": "https://gateway.example/api",
        "gateway_mode": "turbo",
        "gateway_kind": "plus",
        "output": tmp_path / "made" / "pictures",
        "rules": HouseRules("omniai"),
        "requires": ">=0.1",
        "max_steps": 500,
    }

    settings, found = load(tmp_path / "recipes" / "hero.omni")

    assert (expected, []) == (facts(settings), found)


def test_the_nearest_file_wins_whole(tmp_path: Path) -> None:
    write(tmp_path / "omni.toml", 'gateway.name = "far"\noutput = "far"')
    write(tmp_path / "a" / "pyproject.toml", '[tool.omnidsl]\ngateway.name = "near"')

    settings, _ = load(tmp_path / "a" / "b" / "hero.omni")

    assert ("near", tmp_path / "a" / "out") == (settings.gateway_name, settings.output)


def test_a_file_of_its_own_beats_the_shared_one(tmp_path: Path) -> None:
    write(tmp_path / "omni.toml", 'gateway.name = "own"')
    write(tmp_path / "pyproject.toml", '[tool.omnidsl]\ngateway.name = "shared"')

    assert load(tmp_path)[0].gateway_name == "own"


@pytest.mark.parametrize(
    "text",
    [
        "[project]\nname = 'x'",
        "[project]\ndependencies = ['omnidsl']",
        "dependencies = [omnidsl",
        "[tool]\nx = 1",
    ],
)
def test_a_shared_file_without_our_table_is_somebody_elses(tmp_path: Path, text: str) -> None:
    write(tmp_path / "omni.toml", 'gateway.name = "far"')
    write(tmp_path / "a" / "pyproject.toml", text)

    settings, found = load(tmp_path / "a")

    assert (settings.gateway_name, found) == ("far", [])


@pytest.mark.parametrize("marker", [".omni", ".git"])
def test_a_marked_folder_is_the_root(tmp_path: Path, marker: str) -> None:
    (tmp_path / marker).mkdir()

    assert load(tmp_path / "a" / "b" / "hero.omni")[0].root == tmp_path


def test_a_root_below_the_settings_file_stays_the_root(tmp_path: Path) -> None:
    write(tmp_path / "omni.toml", 'output = "made"')
    (tmp_path / "a" / ".git").mkdir(parents=True)

    settings, _ = load(tmp_path / "a" / "hero.omni")

    assert (tmp_path / "a", tmp_path / "made") == (settings.root, settings.output)


def test_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "omni.toml", WHOLE)
    monkeypatch.setenv("OMNI_BASE_URL", "http://127.0.0.1:8000")

    assert load(tmp_path)[0].gateway_base_url == "http://127.0.0.1:8000"


def test_a_flag_beats_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMNI_BASE_URL", "http://127.0.0.1:8000")

    settings = load(tmp_path)[0].overridden(base_url="https://other.example")

    assert settings.gateway_base_url == "https://other.example"


def test_another_gateway_does_not_keep_the_name_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "omni.toml", WHOLE)
    monkeypatch.setenv("OMNI_BASE_URL", "http://127.0.0.1:8000")

    assert load(tmp_path)[0].gateway_name is None


def test_the_same_gateway_keeps_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "omni.toml", WHOLE)
    monkeypatch.setenv("OMNI_BASE_URL", "https://gateway.example/api/")

    assert load(tmp_path)[0].gateway_name == "studio"


def test_a_wrong_address_in_the_environment_is_reported_and_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMNI_BASE_URL", "gateway.example")

    settings, found = load(tmp_path)

    assert (settings.gateway_base_url, [one.code for one in found]) == (None, ["OM905"])


def test_flags_that_were_not_given_change_nothing(tmp_path: Path) -> None:
    write(tmp_path / "omni.toml", WHOLE)
    settings, _ = load(tmp_path)

    assert facts(settings) == facts(settings.overridden())


def test_flags_go_over_settings(tmp_path: Path) -> None:
    settings = load(tmp_path)[0].overridden(mode="relax", output=tmp_path / "x", rules="omniai")

    assert ("relax", tmp_path / "x", "omniai") == (
        settings.gateway_mode,
        settings.output,
        settings.rules.name,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("outputt = 'x'", ("OM903", "outputt")),
        ("[gateway]\nnmae = 'x'", ("OM903", "nmae")),
        ("gateway.nmae = 'x'", ("OM903", "nmae")),
        ("gateway = { name = 'a', moode = 'x' }", ("OM903", "moode")),
        ("'gateway.name' = 'x'", ("OM903", "'gateway.name'")),
        ("[accounts.studio]\nlimit = 3", ("OM903", "accounts")),
        ("rules = 3", ("OM904", "rules")),
        ("rules = 2026-09-01", ("OM904", "rules")),
        ("gateway = 'x'", ("OM904", "gateway")),
        ("lint = 'x'", ("OM904", "lint")),
        ("max-steps = '9'", ("OM904", "max-steps")),
        ("max-steps = true", ("OM904", "max-steps")),
        ("max-steps = 0", ("OM905", "max-steps")),
        ("force-exclude = 1", ("OM904", "force-exclude")),
        ("exclude = 'x'", ("OM904", "exclude")),
        ("exclude = ['x', 1]", ("OM904", "exclude")),
        ("exclude = ['!']", ("OM905", "exclude")),
        ("exclude = ['a\\']", ("OM905", "exclude")),
        ("max_steps = 3", ("OM903", "max_steps")),
        ("lint.selct = ['OM3']", ("OM903", "selct")),
        ("lint.select = 'OM3'", ("OM904", "select")),
        ("lint.select = ['OM3', 'OM77']", ("OM913", "select")),
        ("lint.select = ['unused-let']", ("OM913", "select")),
        ("lint.ignore = ['OM3', 'OM001']", ("OM914", "ignore")),
        ("lint.ignore = ['OM0']", ("OM914", "ignore")),
        ("lint.fail-on = 'all'", ("OM905", "fail-on")),
        ("lint.per-file-ignores = ['a']", ("OM904", "per-file-ignores")),
        ("lint.per-file-ignores = { 'a' = 'OM301' }", ("OM904", "per-file-ignores")),
        ("[lint.per-file-ignores]\n'a/' = ['OM77']", ("OM913", "'a/'")),
        ("[lint.per-file-ignores]\n'a/' = ['OM001']", ("OM914", "'a/'")),
        ("[[gateway]]\nname = 'x'", ("OM904", "gateway")),
        ("rules = ''", ("OM905", "rules")),
        ("gateway.mode = 'slow'", ("OM905", "mode")),
        ("gateway.base_url = 'gateway.example'", ("OM905", "base_url")),
        ("gateway.base_url = 'https://me:pass@gateway.example'", ("OM905", "base_url")),
        ("requires = 'new'", ("OM905", "requires")),
        ("default-version = '8.3'", ("OM905", "default-version")),
        ("default-version = 'niji'", ("OM905", "default-version")),
        ("default-version = 8.1", ("OM904", "default-version")),
        ("plan = 'gold'", ("OM905", "plan")),
        ("allow-params = 'mood'", ("OM904", "allow-params")),
        ("allow-params = ['mood', 1]", ("OM904", "allow-params")),
        ("allow-params = ['']", ("OM915", "allow-params")),
        ("allow-params = ['my mood']", ("OM915", "allow-params")),
        ("allow-params = ['--mood']", ("OM915", "allow-params")),
        ("allow-params = ['心情']", ("OM915", "allow-params")),
        ("allow-params = ['AR']", ("OM915", "allow-params")),
        ("allow-params = ['aspect']", ("OM915", "allow-params")),
        ("allow-params = ['speed']", ("OM915", "allow-params")),
        ("banned-words = 'x'", ("OM904", "banned-words")),
        ("banned-words = [' ']", ("OM916", "banned-words")),
        ("banned-words = ['--']", ("OM916", "banned-words")),
        (f"banned-words = ['{'x' * 61}']", ("OM916", "banned-words")),
        ("banned-words = ['missing.txt']", ("OM916", "banned-words")),
        ("banned-words = ['../outside.txt']", ("OM916", "banned-words")),
        ('banned-words = ["a\\u0000.txt"]', ("OM916", "banned-words")),
        ("max-prompt-length = 0", ("OM905", "max-prompt-length")),
        ("max-prompt-length = '900'", ("OM904", "max-prompt-length")),
        ("requires = '>=99'", ("OM908", "requires")),
        ("output = '../elsewhere'", ("OM907", "output")),
        ("output = '/elsewhere'", ("OM907", "output")),
        ("output = '.'", ("OM907", "output")),
        ('output = "a\\u0000b"', ("OM907", "output")),
        ("api_key = 'hunter2'", ("OM906", "api_key")),
        ("rules = 'sk-abcdefgh'", ("OM906", "rules")),
        ("gateway.token = 'hunter2'", ("OM906", "token")),
        ("gateway.name = ['sk-abcdefgh']", ("OM906", "name")),
        ("[deep.er]\nmost = 'sk-abcdefgh'", ("OM906", "most")),
    ],
)
def test_a_wrong_setting_is_one_report_at_its_key(
    tmp_path: Path, text: str, expected: tuple[str, str]
) -> None:
    assert [expected] == problems(tmp_path, text)


def test_what_a_file_says_about_prompts_is_put_together(tmp_path: Path) -> None:
    write(
        tmp_path / "omni.toml",
        'rules = "omniai"\ndefault-version = "niji 6"\nplan = "pro"\nallow-params = ["Mood", "mood"]\n'
        'banned-words = ["default", "lists/a.TXT", "Rival"]\nmax-prompt-length = 900\n',
    )
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "a.TXT").write_text("\ufeff# ours\n\n Acme Cola \r\n竞品\nRival", "utf-8")

    settings, found = load(tmp_path)

    assert [] == found
    assert settings.rules == HouseRules(
        "omniai",
        default_version="niji 6",
        plan="pro",
        allowed=["mood"],
        banned=["default", "Acme Cola", "竞品", "Rival"],
        length=900,
    )


def test_a_file_that_says_nothing_about_prompts_costs_no_rules_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "omni.toml", "output = 'made'")

    assert load(tmp_path)[0].rules.rules is AS_SHIPPED.rules


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"a\n" + b"x" * 61, b"x" * 1_000_001, "\n".join(map(str, range(20_001))).encode()]
)  # fmt: skip  # short
def test_a_file_that_gives_no_words_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "words.txt").write_bytes(content)

    assert [("OM916", "banned-words")] == problems(tmp_path, "banned-words = ['words.txt']")


def test_a_folder_and_a_link_out_of_the_project_give_no_words(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "project" / "folder.txt").mkdir(parents=True)
    (tmp_path / "project" / "link.txt").symlink_to(tmp_path / "outside.txt")

    for name in ("folder.txt", "link.txt"):
        assert [("OM916", "banned-words")] == problems(
            tmp_path / "project", f"banned-words = ['{name}']"
        )


def test_a_wrong_setting_in_the_shared_file_is_found_in_our_table(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.other]\nrulez = 1\n[tool.omnidsl]\nrulez = 'x'\n")

    (found,) = load(tmp_path)[1]

    assert found.source is not None
    assert found.span is not None
    assert found.source.position(found.span.start).row == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("outptu = 'x'", ["output"]),
        ("base_url = 'x'", ["gateway.base_url"]),
        ("gateway.nmae = 'x'", ["gateway.name"]),
        ("colour = 'x'", []),
    ],
)
def test_a_misspelt_setting_gets_a_suggestion(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    write(tmp_path / "omni.toml", text)

    (found,) = load(tmp_path)[1]

    assert expected == list(found.suggestions)


def test_several_errors_give_as_many_reports(tmp_path: Path) -> None:
    expected = [("OM904", "rules"), ("OM903", "x"), ("OM905", "mode")]

    assert expected == problems(tmp_path, "rules = 3\nx = 1\ngateway.mode = 'slow'")


def test_a_wrong_setting_counts_as_absent_and_the_others_hold(tmp_path: Path) -> None:
    write(tmp_path / "omni.toml", WHOLE.replace('"turbo"', "3"))

    settings, _ = load(tmp_path)

    assert (settings.gateway_mode, settings.gateway_name) == (None, "studio")


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("rules = 'x'\nrules 'y'\n", 2, 7),
        ("rules = 'x'\r\nrules 'y'\r\n", 2, 7),
        ("rules = 'x", 1, 11),
        ("[gateway", 1, 9),
        ("x = " + "[" * 5000, 1, 1),
        ("x = " + "9" * 5000, 1, 5005),
        ("a" + ".a" * 5000 + " = 1", 1, 1),
        ("x = {" + "a . " * 5000 + "a = 1}", 1, 5),
    ],
)
def test_text_that_is_no_toml_is_reported_where_it_ends_to_be(
    tmp_path: Path, text: str, row: int, column: int
) -> None:
    write(tmp_path / "omni.toml", text)

    (found,) = load(tmp_path)[1]

    assert found.code == "OM902"
    assert found.source is not None
    assert found.span is not None
    place = found.source.position(found.span.start)
    assert (row, column) == (place.row, place.column)


def test_a_broken_shared_file_that_mentions_our_table_is_reported(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.omnidsl]\nrules =")

    assert [one.code for one in load(tmp_path)[1]] == ["OM902"]


@pytest.mark.parametrize("content", [b"rules = '\xff'", b"#" * 1_000_001])
def test_a_file_that_is_no_settings_file_is_reported(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "omni.toml").write_bytes(content)

    assert [one.code for one in load(tmp_path)[1]] == ["OM909"]


@pytest.mark.parametrize(("name", "codes"), [("omni.toml", ["OM614"]), ("pyproject.toml", [])])
def test_a_file_that_is_a_link_out_of_its_folder_is_not_read(
    tmp_path: Path, name: str, codes: list[str]
) -> None:
    write(tmp_path / "elsewhere", "[tool.omnidsl]\nplanted = 1")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / name).symlink_to("../elsewhere")

    _, found = load(tmp_path / "a")

    assert codes == [one.code for one in found]
    assert "planted" not in render_full(found, colour=False)


SECRETS = ("sk-abcdefghij1234567890", "hunter2horse")


@pytest.mark.parametrize(
    "text",
    [
        'api_key = "SECRET"',
        'gateway.api_key = "SECRET"',
        'gateway = { api_key = "SECRET" }',
        'rules = "x"\npassword = "SECRET"\nrules = 3',
        "[gateway]\nrulez = 1\n'token' = 'SECRET' # SECRET",
        'token = "SECRET" x',
    ],
)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_key_is_never_shown(tmp_path: Path, text: str, secret: str) -> None:
    write(tmp_path / "omni.toml", text.replace("SECRET", secret))
    settings, found = load(tmp_path)

    told = [render_full(found, colour=False), render_json(found), repr(settings), repr(found)]

    assert found
    assert not any(secret in one for one in told)


@given(st.text())
def test_masking_keeps_every_place(text: str) -> None:
    assert [len(line) for line in text.split("\n")] == [
        len(line) for line in masked(text).split("\n")
    ]


@pytest.mark.parametrize(
    ("version_range", "expected"),
    [
        (">=0.1", True),
        (">= 0.1 , < 1", True),
        ("==0.1.0", True),
        ("==0.1", True),
        ("!=0.1", False),
        (">0.1", False),
        ("<=0.1.0.0", True),
        ("~=0.1", True),
        ("~=0.2", False),
        ("~=0.1.0", True),
        ("~=0.0.9", False),
        ("~=1", None),
        ("<0.1", False),
        ("", None),
        ("0.1", None),
        (">=0.1,", None),
        (">=0.1b1", None),
        (">=" + "1." * 500, None),
    ],
)
def test_a_version_range_admits_what_it_says(version_range: str, expected: bool | None) -> None:
    assert expected is admits(version_range, "0.1.0")


@given(st.text(max_size=300))
def test_any_text_is_a_version_range_or_none(version_range: str) -> None:
    assert admits(version_range, __version__) in (True, False, None)


@given(st.text(alphabet=st.sampled_from("ab.[]{}=,\"' \n#\\1"), max_size=200))
def test_a_key_is_placed_where_its_text_stands(text: str) -> None:
    for path, span in key_places(text).items():
        assert path[-1] == text[span.start : span.end].strip("\"'")


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("ab.[]{}=,\"' \n#\\1"), st.characters(exclude_categories=["Cs"])
        )
    )
)
def test_any_text_can_be_a_settings_file(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("settings")
    write(folder / "omni.toml", text)

    settings, found = load(folder)

    assert settings.root == folder
    assert all(isinstance(one, Diagnostic) and one.message("zh") for one in found)


@pytest.mark.parametrize(
    "make",
    [
        lambda n: "\n".join(f"key{number} = 1" for number in range(n // 20)),
        lambda n: "x = {" + ", ".join(f"k{at} = 'sk-abcdefgh'" for at in range(n // 40)) + "}",
        lambda n: "x = [" + "'sk-abcdefgh'," * (n // 20) + "]",
        lambda n: "[a]\n" * (n // 5),
        lambda n: "key key " * (n // 10),
        lambda n: "key" + " " * n,
        lambda n: ',"' * (n // 2),
    ],
    ids=["keys", "inline keys", "list", "tables", "words", "white space", "quotes"],
)
def test_a_file_is_judged_in_time_that_grows_with_its_length(
    tmp_path: Path, make: Callable[[int], str]
) -> None:
    def read(text: str) -> None:
        write(tmp_path / "omni.toml", text)
        assert load(tmp_path)[1]

    assert growth(read, make, 100_000, 400_000, below=8) < 8
