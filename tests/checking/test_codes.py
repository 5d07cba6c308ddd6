"""Every code of checking and planning: a recipe that has the fault, and the place that is blamed."""

import pytest

from omnidsl.checking.rules import ALWAYS, WITHOUT_ERRORS
from omnidsl.language.catalogue import codes
from omnidsl.language.diagnostics import Diagnostic
from tests.checking.conftest import Inspect, Told, about

HEAD = "prompt cat {\n    a cat --v 6.1\n}\n"


def steps(body: str, head: str = HEAD) -> str:
    return f"{head}pipeline p {{\n    g = cat -> midjourney.imagine\n    {body}\n}}\n"


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
FAULTS: list[tuple[str, str, str, dict[str, str | bytes]]] = [
    ("OM101", steps("a = nope -> openai.chat"), "nope", {}),
    ("OM101", "prompt p {\n    a ${nope} cat\n}", "nope", {}),
    ("OM101", "let x = nope(1)", "nope", {}),
    ("OM102", "let x = 1\nlet x = 2", "x", {}),
    ("OM102", steps("g = g -> upscale(1)"), "g", {}),
    ("OM103", 'use "a.omni"', '"main.omni"', {"a_omni": 'use "main.omni"'}),
    ("OM104", 'use "my-brand.omni"', '"my-brand.omni"', {"my-brand_omni": ""}),
    ("OM105", 'let n = "a"\nuse "${n}.omni"', '"${n}.omni"', {}),
    ("OM121", steps("e = e -> openai.chat"), "e", {}),
    ("OM203", "prompt q(who: text) {\n    ${who} cat\n}\n" + steps('h = q(wo: "x") -> midjourney.imagine'), "wo", {}),
    ("OM106", "let a = b\nlet b = a", "a", {}),
    ("OM106", "prompt a: b { --ar 1:1 }\nprompt b: a { --ar 1:1 }", "a", {}),
    ("OM107", "prompt p(a: txt) {\n    ${a}\n}", "txt", {}),
    ("OM107", "prompt p(a: openai.voic) {\n    ${a}\n}", "openai.voic", {}),
    ("OM107", "let a: list = [1]", "list", {}),
    ("OM108", "let openai = 1", "openai", {}),
    ("OM109", steps('s = luma.film(prompt: "x")'), "luma", {}),
    ("OM110", steps("s = g -> midjorney.upscale(1)"), "midjorney", {}),
    ("OM111", steps("s = g -> upscal(1)"), "upscal", {}),
    ("OM111", steps("s = midjourney.imagin(cat)"), "imagin", {}),
    ("OM112", steps('save g.sheeet as "x.png"'), "sheeet", {}),
    ("OM113", 'use "a.omni"\nlet x = a.palete', "palete", {"a_omni": 'let palette = "x"'}),
    ("OM114", 'pipeline p(n: int(4..1) = 1) {\n    a = openai.chat("x")\n}', "4..1", {}),
    ("OM115", 'let a = "x"\nprompt p: a { --ar 1:1 }', "a", {}),
    ("OM116", 'prompt a = "x"\nprompt p: a { --ar 1:1 }', "a", {}),
    ("OM117", "chat c {\n    sytem: hi\n}", "sytem", {}),
    ("OM113", 'use "a.omni"\nlet x = a.b.c', "b", {"a_omni": 'use "b.omni"', "b_omni": "let c = 1"}),
    ("OM118", 'prompt a {\n    a cat\n}\nprompt b: a = "raw"', "a", {}),
    ("OM119", "".join(f"let a{i} = a{i - 1}\n" for i in range(101, 0, -1)) + "let a0 = 1\n", "a1", {}),
    ("OM120", steps('save g as "${index}.png"'), '"${index}.png"', {}),
    ("OM202", "prompt q(w: text) {\n    ${w}\n}\n" + steps("a = q -> midjourney.imagine"), "q", {}),
    ("OM207", "let n: int(1..4) = 7", "7", {}),
    ("OM208", "".join(f'let a{i} = "{"x" * 10 if i == 0 else f"${{a{i - 1}}}${{a{i - 1}}}"}"\n' for i in range(20)) + "prompt p {\n    ${a19}\n}", '"${a13}${a13}"', {}),
    ("OM201", steps("t = g -> describe\n    h = with_picture(t) -> midjourney.imagine", HEAD + "prompt with_picture(t: text) {\n    image: ${t}\n    a cat\n}\n"), "t", {}),
    ("OM229", 'pipeline p -> text {\n    a = openai.chat("x")\n}', "text", {}),
    ("OM230", 'pipeline p {\n    a = openai.chat("x")\n    return a\n    return a\n}', "return a", {}),
    ("OM208", f'let a = "{"x" * 60000}"\nlet b = a + a', "a + a", {}),
    ("OM208", f'let a = "{"x" * 60000}"\nlet b = join([a, a], "")', 'join([a, a], "")', {}),
    ("OM208", 'let a = lines("a.txt")', 'lines("a.txt")', {"a_txt": "x\n" * 10001}),
    ("OM223", 'let a = join([["x"]], ",")', '[["x"]]', {}),
    ("OM223", HEAD + 'let a = join([cat], ",")', "[cat]", {}),
    ("OM231", "let x = sample([1], 2, seed: 1)", "sample([1], 2, seed: 1)", {}),
    ("OM231", "let x = choose([], seed: 1)", "choose([], seed: 1)", {}),
    ("OM231", "let x = sample([1], -1, seed: 1)", "sample([1], -1, seed: 1)", {}),
    ("OM232", "let x = 1 / 0", "0", {}),
    ("OM232", "let x = 1 % (2 - 2)", "2 - 2", {}),
    ("OM233", f"let x = {'9' * 30} * 11", f"{'9' * 30} * 11", {}),
    ("OM234", steps("t = g -> describe\n    x = q(t).text", HEAD + "prompt q(w: text) {\n    a ${w} cat\n}\n"), "q(t).text", {}),
    ("OM235", HEAD + "let x = cat.parameters.aspect", "aspect", {}),
    ("OM236", steps('h = q("{red, blue}") -> midjourney.imagine', HEAD + "prompt q(w: text) {\n    a ${raw(w)} cat\n}\n"), 'q("{red, blue}")', {}),
    ("OM112", HEAD + "let x = cat.parameters.aspct", "aspct", {}),
    ("OM112", HEAD + "let x = cat.styel", "styel", {}),
    ("OM112", HEAD + "let x = cat.vocabulary.styel", "styel", {}),
    ("OM202", "prompt q(w: text) {\n    ${w} cat\n}\nlet x = q.text", "q", {}),
    ("OM226", 'prompt p(w: text = openai.chat("x")) {\n    ${w} cat\n}', 'openai.chat("x")', {}),
    ("OM226", 'let w = "x"\nprompt p {\n    ${openai.chat(w)} cat\n}', "openai.chat(w)", {}),
    ("OM226", 'let w = "x"\nchat c {\n    user: ${openai.chat(w)}\n}', "openai.chat(w)", {}),
    ("OM226", 'pipeline p(w: text = openai.chat("x")) {\n    a = openai.chat(w)\n}', 'openai.chat("x")', {}),
    ("OM226", 'pipeline p {\n    a = openai.chat(b)\n}\nlet b = openai.chat("x")', 'openai.chat("x")', {}),
    ("OM237", HEAD + 'test "t" {\n    save cat.text as "x"\n    expect true\n}', 'save cat.text as "x"', {}),
    ("OM237", 'test "t" {\n    expect true\n    return 1\n}', "return 1", {}),
    ("OM238", HEAD + 'test "t" {\n    g = cat -> midjourney.imagine\n    expect g == g\n}', "cat -> midjourney.imagine", {}),
    ("OM238", 'test "t" {\n    expect openai.chat("x") == "y"\n}', 'openai.chat("x")', {}),
    ("OM239", steps("n = plan(p)"), "plan", {}),
    ("OM239", "let n = plan(p)\n" + steps("u = g -> upscale(1)"), "plan", {}),
    ("OM240", 'test "t" {\n    expect plan(1).steps == 1\n}', "1", {}),
    ("OM240", HEAD + 'test "t" {\n    expect plan(cat).steps == 1\n}', "cat", {}),
    ("OM202", 'test "t" {\n    expect plan().steps == 1\n}', "plan()", {}),
    ("OM203", steps("u = g -> upscale(1)") + 'test "t" {\n    expect plan(p, mood: 1).steps == 1\n}', "mood", {}),
    ("OM112", steps("u = g -> upscale(1)") + 'test "t" {\n    expect plan(p).stps == 1\n}', "stps", {}),
    ("OM201", 'test "t" {\n    expect 1\n}', "1", {}),
    ("OM101", 'test "t" {\n    expect nope == 1\n}', "nope", {}),
    ("OM102", 'test "t" {\n    a = 1\n    a = 2\n    expect a == 1\n}', "a", {}),
    ("OM215", 'test "t" {\n    a = 1 with retries: 2\n    expect a == 1\n}', "retries: 2", {}),
    ("OM241", 'let a = "b"\ntest "t ${a}" {\n    expect true\n}', '"t ${a}"', {}),
    ("OM242", 'test "t" {\n    a = 1\n}', '"t"', {}),
    ("OM122", "prompt p {\n    style: Manga\n    a cat\n    --ar 1:1\n}\nprompt q: p {\n    drop: --tile\n}", "--tile", {}),
    ("OM122", "prompt p {\n    style: Manga\n    a cat\n    --ar 1:1\n}\nprompt q: p {\n    drop: style, 图片\n}", "图片", {}),
    ("OM122", "prompt p {\n    style: Manga\n    a cat\n    --ar 1:1\n}\nprompt q: p {\n    去掉：风格，--no\n}", "--no", {}),
    ("OM422", "prompt p {\n    style: Manga\n    a cat\n    --ar 1:1\n}\nprompt q: p {\n    drop: style, lihgt\n}", "lihgt", {}),
    ("OM123", 'prompt p {\n    style: Manga\n    a cat\n    --ar 1:1\n}\nlet x = "style"\nprompt q: p {\n    drop: ${x}\n}', "x", {}),
    ("OM123", "prompt p {\n    style: Manga\n    a cat\n    --ar 1:1\n}\nprompt q: p {\n    drop:\n}", "drop", {}),
    ("OM122", "prompt p {\n    a cat\n    drop: style\n}", "style", {}),
    ("OM124", "chat c {\n    system: hi\n}", "c", {}),
    ("OM124", "chat c {\n}", "c", {}),
    ("OM301", "prompt p {\n    a cat\n}\nprompt q: p {\n    drop: --tle\n    --ar 1:1\n}", "--tle", {}),
    ("OM422", "prompt p {\n    a cat\n}\nprompt q: p {\n    drop: styel\n    --ar 1:1\n}", "styel", {}),
    ("OM401", 'prompt p = ""', "p", {}),
    ("OM501", steps("for a in 1..1000, b in 1..1000 {\n        c = cat -> midjourney.imagine\n    }"), "a in 1..1000", {}),
    ("OM611", "prompt p {\n    a cat\n    image: a.png, nope.png\n}", "nope.png", {"a_png": PNG}),
    ("OM619", "prompt p {\n    a cat\n    image: http://\n}", "http://", {}),
    ("OM619", "prompt p {\n    a cat\n    image: ftp://x.org/a.png\n}", "ftp://x.org/a.png", {}),
    ("OM620", "prompt p {\n    a cat\n    image:\n}", "image", {}),
    ("OM102", steps("for i in 1..2 {\n        g = cat -> midjourney.imagine\n    }"), "g", {}),
    ("OM003", "prompt p(in: text) {\n    a ${x}\n}".replace("${x}", "cat"), "in", {}),
    ("OM609", steps('save g as "a.jpg"\n    save g as "a.png"'), '"a.png"', {}),
    ("OM609", steps('save g as "h.png/g.png"\n    save g as "h.png"'), '"h.png"', {}),
    ("OM201", 'let x: int = "a"', '"a"', {}),
    ("OM201", 'let x = [1, "a"]', '"a"', {}),
    ("OM201", 'let x = 1 + "a"', '"a"', {}),
    ("OM201", 'let x = 1 == "a"', '"a"', {}),
    ("OM201", "let x = not 1", "1", {}),
    ("OM201", 'let x = "a" in 3', "3", {}),
    ("OM201", "let x = [1][true]", "true", {}),
    ("OM201", 'pipeline p -> text {\n    a = openai.chat("x")\n    return 1\n}', "1", {}),
    ("OM201", steps("if 1 {\n    }"), "1", {}),
    ("OM201", steps("for a in 3 {\n    }"), "3", {}),
    ("OM201", steps("a = g -> upscale(1) with timeout: 3"), "3", {}),
    ("OM202", steps("a = g -> upscale"), "g -> upscale", {}),
    ("OM202", "prompt q(w: text) {\n    ${w}\n}\n" + steps("a = q() -> midjourney.imagine"), "q()", {}),
    ("OM203", steps("a = g -> upscale(index: 1, scale: 2)"), "scale", {}),
    ("OM204", steps('a = g -> reroll(cat, "fast", 3)'), "3", {}),
    ("OM205", steps("a = g -> upscale(1, index: 2)"), "index", {}),
    ("OM206", steps('a = g -> upscale(1, mode: "turb")'), '"turb"', {}),
    ("OM206", 'pipeline p(m: midjourney.mode = "fats") {\n    a = openai.chat("x")\n}', '"fats"', {}),
    ("OM206", steps('a = g -> upscale(1) with on_ambiguous: "pay"'), '"pay"', {}),
    ("OM207", steps("a = g -> upscale(5)"), "5", {}),
    ("OM207", 'pipeline p(n: int(1..4) = 9) {\n    a = openai.chat("x")\n}', "9", {}),
    ("OM207", steps("a = g -> upscale(1) with take: 0"), "0", {}),
    ("OM207", "let x = 0:3", "0:3", {}),
    ("OM207", steps('save g as ["a"][2]'), "2", {}),
    ("OM208", steps("for i in 1..20000 {\n    }"), "1..20000", {}),
    ("OM209", "let x = 1\nlet y = x(2)", "x", {}),
    ("OM210", steps("a = g -> frobnicate.now.please"), "frobnicate.now.please", {}),
    ("OM211", "prompt q {\n    a dog\n}\npipeline p {\n    a = q -> imagine\n}", "imagine", {}),
    ("OM213", steps("a = g -> upscale(1, mode: turbo)"), "turbo", {}),
    ("OM214", steps("a = g -> upscale(1) with timout: 3s"), "timout", {}),
    ("OM215", steps("a = 1 with retries: 3"), "retries: 3", {}),
    ("OM216", steps('t: list[text] = "names" -> openai.chat\n    for x in t {\n    y = x -> openai.chat\n    }'), "t", {}),
    ("OM216", steps('t: list[text] = "names" -> openai.chat\n    u = t -> openai.chat'), "t", {}),
    ("OM216", steps('t: list[text] = "names" -> openai.chat\n    save t as "${index}.txt"'), "t", {}),
    ("OM218", steps("if true {\n        return g\n    }"), "return g", {}),
    ("OM207", steps("for x in [1] max 0 {\n    }"), "0", {}),
    ("OM245", steps("t = g -> describe\n    u = file(t) -> describe"), "file(t)", {}),
    ("OM521", steps('n0: int = "n" -> openai.chat\n    ' + "".join(f"n{i} = n{i - 1} + n{i - 1}\n    " for i in range(1, 30)) + 'save "${n29}" as "n.txt"'), 'save "${n29}" as "n.txt"', {}),
    ("OM520", steps("for x in 1..5 max 3 {\n    }"), "1..5", {}),
    ("OM221", steps('a = "x" -> midjourney.upscale(1)'), '"x"', {}),
    ("OM221", steps('a = g -> upscale("one")'), '"one"', {}),
    ("OM222", "pipeline p(g: grid) {\n    a = g -> midjourney.upscale(1)\n}", "g", {}),
    ("OM246", steps('a = openai.image("x", model: "dall-e-3", background: "opaque")'), '"opaque"', {}),
    ("OM247", steps('a = openai.image("x", size: "512x512")'), '"512x512"', {}),
    ("OM248", steps(f'a = openai.speech("{"x " * 2049}")'), f'"{"x " * 2049}"', {}),
    ("OM202", steps("a = openai.image()"), "openai.image()", {}),
    ("OM243", steps('a = g -> vary(1, strength: "subtle")'), '"subtle"', {}),
    ("OM202", steps("a = g -> vary"), "g -> vary", {}),
    ("OM223", "prompt p(c: prompt) {\n    ${c}\n}", "c", {}),
    ("OM223", 'let x = "${[1]}"'.replace("[1]", "y") + "\nlet y = [1]", "y", {}),
    ("OM224", "let x = openai", "openai", {}),
    ("OM225", steps('save cat as "x.png"'), "cat", {}),
    ("OM226", 'let x = openai.chat("hi")', 'openai.chat("hi")', {}),
    ("OM421", "prompt p {\n    style: Cyberpnk\n    a cat\n}", "Cyberpnk", {}),
    ("OM422", "prompt p {\n    styel: Manga\n    a cat\n}", "styel", {}),
    ("OM503", steps('expect 1 == 2, "one is not two"'), "1 == 2", {}),
    ("OM601", 'use "nope.omni"', '"nope.omni"', {}),
    ("OM601", 'let x = lines("nope.txt")', 'lines("nope.txt")', {}),
    ("OM603", 'let x = lines("sub")', 'lines("sub")', {"sub__x_txt": ""}),
    ("OM605", 'let x = lines("a.txt")', 'lines("a.txt")', {"a_txt": b"\0"}),
    ("OM606", 'let x = lines("a.txt")', "\ufffd", {"a_txt": b"red\n\xff"}),
    ("OM614", 'let x = lines("../a.txt")', 'lines("../a.txt")', {}),
    ("OM614", 'let x = lines("/etc/passwd")', 'lines("/etc/passwd")', {}),
    ("OM602", f'let x = lines("{"a" * 5000}")', f'lines("{"a" * 5000}")', {}),
    ("OM611", f'let x = file("{"a" * 5000}")', f'file("{"a" * 5000}")', {}),
    ("OM603", 'use "sub"', '"sub"', {"sub__x_omni": ""}),
    ("OM605", 'use "a.omni"', '"a.omni"', {"a_omni": b"\0\1"}),
    ("OM606", 'use "a.omni"', "\ufffd", {"a_omni": b"let x = \xff"}),
    ("OM607", steps('save g as "../../x.png"'), '"../../x.png"', {}),
    ("OM607", steps('save g as "/etc/x.png"'), '"/etc/x.png"', {}),
    ("OM607", steps('let_ = "x"\n    save g as "C:x.png"'), '"C:x.png"', {}),
    ("OM608", steps('save g as "a?.png"'), '"a?.png"', {}),
    ("OM608", steps('save g as "con.png"'), '"con.png"', {}),
    ("OM608", steps('save g as "a//b.png"'), '"a//b.png"', {}),
    ("OM608", steps('save g as "a\\\\b.png"'), '"a\\\\b.png"', {}),
    ("OM608", steps('save g as "a. "'), '"a. "', {}),
    ("OM609", steps('save g as "a.png"\n    save g as "A.png"'), '"A.png"', {}),
    ("OM610", "prompt q {\n    a {red, blue} cat\n}\n" + steps('h = q -> midjourney.imagine\n    save h as "x.png"'), '"x.png"', {}),
    ("OM611", "prompt p {\n    a cat\n    image: nope.png\n}", "nope.png", {}),
    ("OM612", "prompt p {\n    a cat\n    image: big.png\n}", "big.png", {"big_png": PNG + b"\0" * (1 << 20)}),
    ("OM613", "prompt p {\n    a cat\n" + "    image: a.png\n" * 6 + "}", "a.png", {"a_png": PNG}),
    ("OM614", 'use "../x.omni"', '"../x.omni"', {}),
    ("OM614", "prompt p {\n    a cat\n    image: ../a.png\n}", "../a.png", {}),
    ("OM618", 'let key = "sk-abcdefghij0123456789XYZ"', "sk-ab" + "*" * 21, {}),
    ("OM618", "# sk-abcdefghij0123456789XYZ\nlet x = 1", "sk-ab" + "*" * 21, {}),
    ("OM616", "prompt p {\n    a cat\n    image: a.png\n}", "a.png", {"a_png": "no picture"}),
]  # fmt: skip  # a table of cases reads best one a line

ELSEWHERE = {
    "OM506": "needs a test that runs: tests/planning/test_recipe_tests.py",
    "OM507": "needs a test that runs: tests/planning/test_recipe_tests.py",
    "OM212": "needs an operation without a subject: test_calls.py",
    "OM250": "needs a gateway of a kind: tests/checking/test_gateway_kinds.py",
    "OM227": "needs bindings: tests/planning",
    "OM228": "needs bindings: tests/planning",
    "OM501": "needs a large plan: tests/planning",
    "OM502": "needs a chosen pipeline: tests/planning",
    "OM504": "needs a chosen pipeline: tests/planning",
    "OM505": "needs a chosen pipeline: tests/planning",
    "OM602": "needs a file that cannot be read: tests/language/test_reader.py",
    "OM604": "needs a large file: tests/language/test_reader.py",
    "OM251": "needs a plugin: tests/plugins/contributions",
    "OM252": "needs a plugin: tests/plugins/contributions",
    "OM617": "needs a folder: tests/cli/test_check.py",
}


@pytest.mark.parametrize(
    ("code", "text", "place", "files"),
    FAULTS,
    ids=[f"{code}-{place[:20]}" for code, _, place, _ in FAULTS],
)
def test_a_fault_is_told_once_at_its_place(
    told: Told, code: str, text: str, place: str, files: dict[str, str | bytes]
) -> None:
    assert [(code, place)] == told(text, **files)


def test_every_code_of_checking_and_planning_has_a_case() -> None:
    families = [one for one in codes() if one[2] in "1256"]
    rules = {code for rule in (*ALWAYS, *WITHOUT_ERRORS) for code in rule.codes}  # test_rules.py
    covered = {code for code, *_ in FAULTS} | set(ELSEWHERE) | rules
    assert [] == [one for one in families if one not in covered]


def test_a_sound_recipe_has_no_findings(told: Told) -> None:
    assert [] == told(steps('u = g -> upscale(1)\n    save u as "u.png"'))


def places(finding: Diagnostic) -> list[tuple[str, str]]:
    """Return the words and the text of a finding's second places."""
    texts = [(one.source or finding.source, one) for one in finding.labels]
    return [
        (finding.note(one, "en"), source[one.span]) for source, one in texts if source is not None
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('let mood = "calm"\nlet x = 1 + mood\n', [("`mood` is text because of this", '"calm"')]),
        ('let a = "x"\nlet x: int = a\n', [("int is asked for here", "int"), ("`a` is text because of this", '"x"')]),
        ('let a: text = "x"\nlet x = not a\n', [("`a` is text because of this", "text")]),
        ('let a = "x"\nlet x = a == 1\n', [("because of this", "a"), ("`a` is text because of this", '"x"')]),
        ('let x = 1 in ["a"]\n', [("because of this", '["a"]')]),
        ('prompt q(n: int = 1) { a ${n} cat }\nlet w = "a"\nlet x = q(w)\n', [("the parameter is declared here", "int"), ("`w` is text because of this", '"a"')]),
        ("prompt p(c: prompt) {\n    a ${c}\n}\n", [("`c` is prompt because of this", "prompt")]),
        (steps("for i in 1..2 {\n        if i { a = 1 }\n    }"), [("`i` is int because of this", "1..2")]),
        (steps("t = g -> describe\n    u = g -> upscale(t)"), [("`t` is text because of this", "g -> describe")]),
        ('pipeline p -> int {\n    a = openai.chat("x")\n    return a\n}\n', [("int is asked for here", "int"), ("`a` is text because of this", 'openai.chat("x")')]),
    ],
)  # fmt: skip  # a table
def test_a_mismatch_names_the_places_that_both_types_come_from(
    inspect: Inspect, text: str, expected: list[tuple[str, str]]
) -> None:
    (found,) = (one for one in inspect(text).diagnostics if one.severity == "error")
    assert expected == places(found)


def test_a_parameter_of_another_file_is_shown_there(inspect: Inspect) -> None:
    text = 'use "a.omni"\nlet x = a.q("w")\n'
    (found,) = inspect(text, a_omni="prompt q(n: int = 1) { a ${n} cat }").diagnostics
    assert [("the parameter is declared here", "int")] == places(found)


NESTED = "[" * 20 + "NAME" + "]" * 20
DEEP = {
    "lists": "".join(f"let a{i} = {NESTED.replace('NAME', f'a{i - 1}')}\n" for i in range(90, 0, -1)) + "let a0 = 1\n",
    "prompts": "".join(f"prompt p{i} {{\n    ${{p{i - 1}.text}} cat\n}}\n" for i in range(90, 0, -1)) + "prompt p0 {\n    a cat\n}\n",
    "signs": "".join(f"let a{i} = {'-' * 150}a{i - 1}\n" for i in range(90, 0, -1)) + "let a0 = 1\n",
    "blocks": "pipeline p {\n" + "if true {\n" * 190 + f"x = {'[' * 8}1{']' * 8}\n" + "}\n" * 191,
}  # fmt: skip  # a table


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_nests_deeper_than_the_stack_is_told(inspect: Inspect, text: str) -> None:
    errors = {one.code for one in inspect(text).diagnostics if one.severity == "error"}
    assert errors <= {"OM010", "OM119"}


def test_texts_that_double_texts_end(inspect: Inspect) -> None:
    chain = "".join(f"let t{at + 1} = t{at} + t{at}\n" for at in range(90))
    found = inspect(f'let t0 = "x"\n{chain}').diagnostics
    assert ["OM208"] == [one.code for one in found if one.severity == "error"]


def test_several_faults_are_told_together_and_none_twice(told: Told) -> None:
    text = steps(
        'a = g -> upscale(9)\n    b = a -> describ\n    c = b -> openai.chat\n    save a as "../x"'
    )
    assert [("OM207", "9"), ("OM111", "describ"), ("OM607", '"../x"')] == told(text)


def test_a_cycle_of_use_shows_its_chain(inspect: Inspect) -> None:
    found = inspect('use "a.omni"', a_omni='use "b.omni"', b_omni='use "main.omni"').diagnostics
    assert "main.omni → a.omni → b.omni → main.omni" in found[0].message("en")


def test_a_misspelt_argument_that_is_near_counts_as_given(inspect: Inspect) -> None:
    head = "prompt q(who: text, where: text) {\n    ${who} in ${where}\n}\n"
    (found,) = inspect(head + steps('h = q(wo: "x", wher: "y") -> midjourney.imagine')).diagnostics[
        :1
    ]
    assert ("OM203", ("who",)) == (found.code, found.suggestions)
    codes_ = [
        one.code
        for one in inspect(head + steps('h = q(wo: "x") -> midjourney.imagine')).diagnostics
    ]
    assert ["OM203", "OM202"] == sorted(codes_, reverse=True)


def test_the_beginning_of_a_term_is_enough_for_a_suggestion(inspect: Inspect) -> None:
    (found,) = inspect("prompt p {\n    view: wide\n    a cat\n}").diagnostics
    assert ("OM421", "Wide view") == (found.code, found.suggestions[0])


def test_a_second_definition_points_at_the_first(inspect: Inspect) -> None:
    (found,) = inspect("let x = 1\nlet x = 2").diagnostics
    assert [(4, 5)] == [(one.span.start, one.span.end) for one in found.labels]
    assert "first defined here" == found.note(found.labels[0], "en")


def test_an_unknown_service_names_the_package_that_might_bring_it(inspect: Inspect) -> None:
    (found,) = inspect(steps('s = stability.draw("x")')).diagnostics
    assert any("omnidsl-stability" in one for one in found.help("en"))


def test_a_bare_word_for_a_choice_gets_a_safe_fix(inspect: Inspect) -> None:
    (found,) = inspect(steps("a = g -> upscale(1, mode: turbo)")).diagnostics
    assert found.fix is not None
    assert (True, '"turbo"') == (found.fix.safe, found.fix.edits[0].content)


def test_a_prompts_fault_is_told_where_the_recipe_says_it(inspect: Inspect) -> None:
    text = "prompt base {\n    a cat\n    --ar 4x3 --q 7\n}\nprompt child: base {\n    style: Manga\n}\n"
    found = inspect(text).diagnostics
    assert ["4x3", "7"] == [text[one.span.start : one.span.end] for one in found if one.span]


@pytest.mark.parametrize("name", ["mode", "index"])
def test_a_known_value_out_of_a_let_is_checked_too(told: Told, name: str) -> None:
    value, place = ('"turb"', "value") if name == "mode" else ("7", "value")
    more = ", index: 1" if name == "mode" else ""
    text = f"let value = {value}\n" + steps(f"a = g -> upscale({name}: value{more})")
    assert place in [one[1] for one in told(text)]


LOOPED = 'for i in 1..4 {\n        h = cat -> midjourney.imagine\n        save h as "${i}.png"\n    }\n    save g as "g.png"'


@pytest.mark.parametrize(
    ("most", "body", "expected"),
    [
        (5, LOOPED, []),
        (4, LOOPED, ["i in 1..4"]),
        (1, LOOPED, ["i in 1..4"]),
        (1, 'for i in 1..9 {\n        save g as "${i}.png"\n    }', []),
        (1, "h = g -> upscale(1)\n    k = h -> describe", ["g -> upscale(1)"]),
    ],
)
def test_a_plan_has_no_more_steps_than_the_settings_allow(
    inspect: Inspect, most: int, body: str, expected: list[str]
) -> None:
    found = inspect(steps(body), most_steps=most).diagnostics

    assert [("OM501", one) for one in expected] == [(one.code, about(one)) for one in found]
