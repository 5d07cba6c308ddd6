"""Names of saved files: below the output folder, and legal on every desktop system."""

import re
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnidsl.checking.paths import LONGEST, LONGEST_PATH, claims, path_fault, path_text, taken
from omnidsl.checking.values import Ratio
from tests.checking.conftest import Told

RESERVED = ["con", "prn", "aux", "nul", "com1", "com9", "com¹", "lpt1", "lpt³", "conin$", "conout$", "clock$"]  # fmt: skip  # a list


@pytest.mark.parametrize("name", RESERVED)
@pytest.mark.parametrize("shape", ["{}", "{}.png", "{} .png", "{}.tar.gz", "a/{}", "{}/a.png"])
@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title])
def test_a_name_that_windows_keeps_is_refused(name: str, shape: str, spell: "type[str]") -> None:
    fault = path_fault(shape.format(spell(name)))
    assert ("OM608", "reserved") == (fault and fault.code, fault and fault.values["why"])


@pytest.mark.parametrize(
    "name", ["console.png", "com.png", "com10.png", "auxiliary/a.png", "null.png", "a.con"]
)
def test_a_name_that_only_begins_so_is_fine(name: str) -> None:
    assert path_fault(name) is None


@pytest.mark.parametrize(
    "path", ["../a.png", "a/../b.png", "a/..", "..", "/a.png", "//a/b.png", "\\\\host\\a", "C:/a.png", "c:a.png", "~/a.png", "~root/a.png", "a\\..\\b"]
)  # fmt: skip  # a list
def test_a_path_that_leaves_the_output_folder_is_refused(path: str) -> None:
    fault = path_fault(path)
    assert "OM607" == (fault and fault.code)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        *((f"a{sign}b.png", "sign") for sign in '<>"|?*\\\0\n\t\x1f\x7f\x85\ud800'),
        ("ab:c.png", "sign"),
        ("a.png.", "end"),
        ("a.png ", "end"),
        ("a./b.png", "end"),
        ("a /b.png", "end"),
        (" a.png", "end"),
        ("...", "end"),
        ("", "empty"),
        ("a//b.png", "empty"),
        ("a/", "empty"),
        ("./a.png", "empty"),
        ("a/./b.png", "empty"),
        ("a" * (LONGEST_PATH + 1), "long"),
        ("猫" * (LONGEST // 3 + 1), "long"),
        ("/".join(["a" * 50] * 5), "long"),
    ],
)
def test_a_name_that_some_system_forbids_is_refused(path: str, why: str) -> None:
    fault = path_fault(path)
    assert ("OM608", why) == (fault and fault.code, fault and fault.values["why"])


@pytest.mark.parametrize(
    "path", ["a.png", "猫/图.png", "a b.png", ".hidden", "a..b.png", "banners/Manga-16x9-1.png", "é.png", "👩‍🎨.png", "a'b&c%d$e!.png"]
)  # fmt: skip  # a list
def test_an_ordinary_name_is_fine(path: str) -> None:
    assert path_fault(path) is None


@given(st.text(max_size=60))
def test_what_is_let_through_stays_below_the_folder_on_every_system(path: str) -> None:
    if path_fault(path) is None:
        assert not PurePosixPath(path).is_absolute()
        assert not PureWindowsPath(path).drive
        assert not PureWindowsPath(path).root
        parts = [*PurePosixPath(path).parts, *PureWindowsPath(path).parts]
        assert ".." not in parts
        assert PurePosixPath(path).parts == PureWindowsPath(path).parts
        assert not re.search(r'[<>:"|?*\x00-\x1f]', path)
        path.encode("utf-8")


@given(st.text(max_size=20))
def test_a_value_never_makes_a_folder(value: str) -> None:
    assert not re.search(r"[/\\]", path_text(value))


def test_a_ratio_has_an_x_in_a_file_name() -> None:
    assert "16x9" == path_text(Ratio(16, 9))


SAME = [
    ("a.png", "A.PNG"),
    ("é.png", "e\u0301.png"),
    ("É.png", "e\u0301.PNG"),
    ("straße.png", "STRASSE.png"),
    ("ΑΣ.png", "ας.png"),
    ("a/b.png", "A/B.png"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_two_spellings_of_one_file_collide(first: str, second: str) -> None:
    assert set(taken(first, "text")) & set(claims(second, "text"))


@given(st.text(st.characters(categories=["L", "M"]), min_size=1, max_size=10))
def test_every_normal_form_of_a_name_collides_with_every_other(name: str) -> None:
    forms = [name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))]
    for one in forms:
        for other in forms:
            assert set(taken(one, "text")) & set(claims(other, "text"))


@pytest.mark.parametrize(("first", "second"), SAME)
def test_saving_to_one_file_twice_is_told(told: Told, first: str, second: str) -> None:
    text = (
        "prompt cat {\n    a cat\n}\npipeline p {\n    g = cat -> midjourney.imagine\n"
        f'    save g as "{first}"\n    save g as "{second}"\n}}\n'
    )
    assert [("OM609", f'"{second}"')] == told(text)
