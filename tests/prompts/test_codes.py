"""Every diagnostic of prompts: a prompt that earns it, one like it that does not, and words in both languages."""

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

import omnidsl.language
from omnidsl.language.catalogue import LANGUAGES
from omnidsl.prompts import DEFAULT_RULES, Prompt, load_rules, parse

FOLDER = Path(omnidsl.language.__file__).parent / "codes"
ROWS: dict[str, dict[str, object]] = {
    code: row
    for name in ("OM3", "OM4")
    for code, row in tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")).items()
}

EXAMPLES = {
    "OM301": ("cat --foo", "cat --tile"),
    "OM302": ("cat --v 6 dog", "cat dog --v 6"),
    "OM303": ("cat --ar", "cat --ar 1:1"),
    "OM304": ("cat --q high", "cat --q 1"),
    "OM305": ("cat --s 1.5", "cat --s 15"),
    "OM306": ("cat --ar wide", "cat --ar 16:9"),
    "OM307": ("cat --bs 3", "cat --bs 2"),
    "OM308": ("cat --v 5.3", "cat --v 5.2"),
    "OM309": ("cat --sref dog", "cat --sref random"),
    "OM310": ("cat --p a/b", "cat --p ab"),
    "OM311": ("cat --cref dog.png", "cat --cref https://x.com/dog.png"),
    "OM312": ("cat --chaos 101", "cat --chaos 100"),
    "OM313": (
        "cat --oref https://x.com/1.png https://x.com/2.png",
        "cat --oref https://x.com/1.png",
    ),
    "OM314": ("cat --fast --turbo", "cat --turbo"),
    "OM315": ("cat --s 1 --s 2", "cat --s 2"),
    "OM316": ("cat --s 1 --s 1", "cat --s 1"),
    "OM317": ("cat --no a --no b", "cat --sref 1 --sref 2"),
    "OM318": ("cat --seed 1 --seed 2", "cat --seed 1"),
    "OM319": ("cat --zoom 1.5", "cat zoom 1.5"),
    "OM320": ("cat --sw 5", "cat --sw 5 --sref 1"),
    "OM321": ("{a, b} cat --relax", "{a, b} cat --fast"),
    "OM322": ("cat --upbeta", "cat --tile"),
    "OM323": ("cat --width 512", "cat --ar 1:1"),
    "OM324": ("cat --V 6", "cat --v 6"),
    "OM325": ("cat--v 6", "cat --v 6"),
    "OM326": ("cat --v6", "cat --v 6"),
    "OM327": ("cat -- v 6", "cat -- dog"),
    "OM328": ("cat --", "cat -- dog"),
    "OM329": ("cat --ar 1.5:1", "cat --ar 3:2"),
    "OM330": ("cat —v 6", "cat — dog"),
    "OM331": ("cat --v 6,", "cat --v 6"),
    "OM332": ("cat --s ５", "cat --s 5"),
    "OM333": ("cat --ar 4: 3", "cat --ar 4:3"),
    "OM334": ("cat --no a,", "cat --no a"),
    "OM335": ("cat --p m12 --sv 4", "cat --p x12 --sv 4 --sref 1"),
    "OM336": ("cat –s 50", "cat – dog"),
    "OM337": ("cat --vibe", "cat vibe"),
    "OM338": ("cat --iw 1", "https://x.com/1.png cat --iw 1"),
    "OM339": ("cat --v six", "cat --v 6"),
    "OM340": ("cat －－v 6", "cat － dog"),
    "OM341": ("cat --q 1 --v 8.2", "cat --q 1 --v 7"),
    "OM342": ("cat --s 1001", "cat --s 1000"),
    "OM343": ("cat --turbo", "cat --turbo --v 7"),
    "OM344": ("cat --draft --v 8.2", "cat --draft --v 7"),
    "OM345": ("cat --v 8", "cat --v 8.1"),
    "OM346": ("cat --exp 5", "cat --exp 5 --v 8.2"),
    "OM347": ("cat --style raw --v 8.2", "cat --style raw --v 7"),
    "OM348": ("cat --q 3 --v 7", "cat --q 4 --v 7"),
    "OM349": ("cat --sref 7 --sv 3 --v 7", "cat --sref https://x.com/1.png --sv 3 --v 7"),
    "OM350": ("cat --hd --ar 5:1", "cat --sd --ar 5:1"),
    "OM351": ("cat --seed 1 --weird 5", "cat --seed 1"),
    "OM352": ("cat --q 2 --v 7", "cat --s 2 --v 7"),
    "OM353": ("cat --tile", "cat"),
    "OM354": ("cat --ar 3:1", "cat --ar 1:2"),
    "OM356": ("cat --stylize 5", "cat --s 5"),
    "OM357": ("cat --w 5 --h 5", "cat --w 5"),
    "OM401": ("", "cat"),
    "OM402": ("https://x.com/1.png", "https://x.com/1.png https://x.com/2.png"),
    "OM403": ("cat https://x.com/1.png", "https://x.com/1.png cat"),
    "OM404": ("https://x.com/1.png " * 6 + "cat", "https://x.com/1.png " * 5 + "cat"),
    "OM405": ("a::1 b::-1", "a::1 b::-.5"),
    "OM406": ("a::::b", "a::b"),
    "OM407": ("a: :b", "a: b"),
    "OM408": ("a ::2 b", "a::2 b"),
    "OM409": ("a {b", "a {b, c}"),
    "OM410": ("a {} b", "a {, c} b"),
    "OM411": ("{a, b}" * 6, "{a, b}" * 5),
    "OM412": ("{红，蓝}", "{红, 蓝}"),
    "OM413": ("{a," * 33 + "b" + "}" * 33, "{a," * 5 + "b" + "}" * 5),
    "OM414": ("a “b”", 'a "b"'),
    "OM415": ('a "b', 'a "b"'),
    "OM416": ("cat, --v 6", "cat --v 6"),
    "OM417": ("cat --v 8.2 --no " + "cat " * 350, "cat --v 7 --no " + "cat " * 350),
    "OM418": ("{a, b} --repeat 6", "{a, b} --repeat 5"),
    "OM419": ("{a} cat", "{a, b} cat"),
    "OM420": ("｛a, b｝", "{a, b}"),
    "OM423": ("{a|b}", "{a, b}"),
    "OM430": ("Cold light, Warm light, cat", "Cold light, cat, Warm light"),
    "OM425": ("a torture rack", "a torturer"),
    "OM426": ("{a, b, c} {d, e}", "{a, b} {d, e}"),
    "OM427": ("cat " * 2049, "cat " * 2048),
    "OM428": ("https:///cat.png a cat", "https://x.com/cat.png a cat"),
    "OM424": ("/imagine prompt: cat", "/imagined cat"),
}
HELD = {
    "OM425": load_rules("omniai").adapted(banned=["default"]),
    "OM426": load_rules("omniai").adapted(plan="basic"),
}
"""What only a project that says so is told."""

ELSEWHERE = {
    "OM421": "a builder's finding",
    "OM422": "a recipe's finding: a prompt has no names of categories",
    **{f"OM43{digit}": "a finding of a project's vocabulary" for digit in range(1, 9)},
    **{f"OM44{digit}": "a finding of a list of prompts" for digit in range(3)},
    "OM429": "a finding of rules that a plugin brings",
    "OM355": "a finding of rules that are older than the version",
}


RULES = load_rules(DEFAULT_RULES).adapted(remarks=True)


def codes(text: str, code: str) -> set[str]:
    return {one.code for one in parse(text, rules=HELD.get(code, RULES)).diagnostics}


def test_every_code_has_an_example() -> None:
    assert sorted(ROWS) == sorted({*EXAMPLES, *ELSEWHERE})


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_prompt_earns_its_code(code: str) -> None:
    assert code in codes(EXAMPLES[code][0], code)


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_prompt_like_it_does_not(code: str) -> None:
    assert code not in codes(EXAMPLES[code][1], code)


def test_an_unknown_term_earns_its_code_in_a_builder() -> None:
    assert {"OM421"} == {one.code for one in Prompt("cat").style("Cyberpnuk").validate()}


@pytest.mark.parametrize("code", ROWS)
def test_a_code_is_well_formed(code: str) -> None:
    row = ROWS[code]

    assert re.fullmatch(r"OM[34]\d\d", code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", str(row["name"]))
    assert row["severity"] in ("error", "warning", "info")


def test_no_two_codes_have_one_name() -> None:
    names = [row["name"] for row in ROWS.values()]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("code", ROWS)
def test_both_languages_say_the_same_parts_with_the_same_values(code: str) -> None:
    texts = [ROWS[code][language] for language in LANGUAGES]
    assert all(isinstance(one, dict) for one in texts)

    shapes = [
        {part: sorted(fields(text)) for part, text in one.items()}
        for one in texts
        if isinstance(one, dict)
    ]

    assert shapes[0] == shapes[1]
    assert {"message"} | ({"label"} if code not in ELSEWHERE else set()) <= set(shapes[0])


def fields(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", EXAMPLES)
def test_every_text_can_be_filled(code: str, language: str) -> None:
    for found in parse(EXAMPLES[code][0], rules=HELD.get(code, RULES)).diagnostics:
        texts = [
            found.message(language),
            found.label(language),
            *found.help(language),
            *(found.note(label, language) for label in found.labels),
        ]
        assert all(texts)


@pytest.mark.parametrize("text", ["cat --foo", "cat --v 6 dog", "cat --"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_unknown_things_are_reported_in_midjourneys_own_words(text: str, language: str) -> None:
    [found] = parse(text).diagnostics

    assert "Unrecognized parameter(s)" in found.message(language)


@pytest.mark.parametrize(
    "text", ["cat --chaos 101", "cat --s 1001", "cat --ar", "cat --v 5.3", "cat --ar 16x9"]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_values_are_reported_in_midjourneys_own_words(text: str, language: str) -> None:
    found = parse(text).diagnostics[0]

    assert "Invalid parameter" in found.message(language)
