"""Laws of printing, equality and mending, for built prompts of every parameter and for text of the language's own signs."""

from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from omnidsl.checking.fixes import mend
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source
from omnidsl.prompts import Prompt, Reference, neutralise, parse

# --- built prompts ------------------------------------------------------------------------------------------------------

addresses = st.sampled_from(
    ["https://x.com/a.png", "https://cdn.example.com/a-b_c.jpg?w=2&h=1", "http://例子.com/猫.webp"]
)
weights = st.sampled_from([1, 2, 0.5, 10])
references = st.one_of(
    st.integers(0, 2**32 - 1),
    st.just("random"),
    addresses,
    st.builds(Reference, addresses, weights),
    st.builds(lambda code, weight: Reference(str(code), weight), st.integers(0, 9999), weights),
)
codes = st.sampled_from(["d7lggfi", "p123456789", "m7360976358991724574", "exiuzv7"])
words = st.sampled_from(["t-shirt", "red", "modern clothing", "文字", "3d", "facial-hair", "🦊"])
flags = ["tile", "raw", "draft", "hd", "sd", "fast", "relax", "turbo", "stealth", "public", "video", "loop", "preview",
         "uplight", "creative", "test", "testp"]  # fmt: skip

Step = Callable[[Prompt], Prompt]


def number(name: str, least: int, most: int) -> st.SearchStrategy[Step]:
    return st.integers(least, most).map(lambda value: lambda prompt: prompt.parameter(name, value))


def chosen(name: str, *choices: object) -> st.SearchStrategy[Step]:
    return st.sampled_from(choices).map(lambda value: lambda prompt: prompt.parameter(name, value))


def several(name: str, items: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[Step]:
    return st.lists(items, min_size=1, max_size=most).map(
        lambda values: lambda prompt: prompt.parameter(name, *values)
    )


steps: st.SearchStrategy[Step] = st.one_of(
    st.sampled_from(flags).map(lambda name: lambda prompt: prompt.parameter(name)),
    chosen("version", "1", "3", "4", "5.2", "6.0", 6, 6.1, "7", "8.2"),
    chosen("niji", "4", 5, "6", "7"),
    st.just(lambda prompt: prompt.niji()),
    st.tuples(st.integers(1, 99), st.integers(1, 99)).map(
        lambda ratio: lambda prompt: prompt.aspect(*ratio)
    ),
    number("chaos", 0, 100),
    number("stylize", 0, 1000),
    number("weird", 0, 3000),
    number("exp", 0, 100),
    number("seed", 0, 2**32 - 1),
    number("sameseed", 0, 2**32 - 1),
    number("stop", 10, 100),
    number("repeat", 2, 40),
    number("cw", 0, 100),
    number("sw", 0, 1000),
    number("sv", 1, 7),
    number("ow", 1, 1000),
    chosen("quality", 0.25, 0.5, 1, 2, 4),
    chosen("iw", 0, 0.25, 1, 2.5, 3),
    chosen("zoom", 1, 1.5, 2),
    chosen("bs", 1, 2, 4),
    chosen("motion", "low", "high"),
    chosen("style", "raw", "4b", "cute", "random-64", "raw-4f5g6h-random"),
    several("no", words),
    several("sref", references),
    several("cref", addresses),
    several("oref", addresses, 1),
    several("end", addresses, 1),
    several("edit", addresses),
    several("profile", codes),
    addresses.map(lambda address: lambda prompt: prompt.image(address)),
    st.sampled_from(["Cyberpunk", "水墨", "film photography"]).map(
        lambda term: lambda prompt: prompt.style(term)
    ),
    st.sampled_from(["冷光", "Sun light"]).map(lambda term: lambda prompt: prompt.light(term)),
    st.sampled_from(
        [
            "a cat",
            "space::2 ship",
            'a sign "OPEN"',
            "红色{伞, 灯笼}",
            "a::-.5 b::2",
            r"\{x\}",
            "a -- b",
            "Cold light",
        ]
    ).map(lambda text: lambda prompt: prompt.text(text)),
    st.text(max_size=12).map(lambda text: lambda prompt: prompt.text(neutralise(text))),
)


def built(many: list[Step]) -> Prompt:
    prompt = Prompt("a lighthouse")
    for step in many:
        prompt = step(prompt)
    return prompt


prompts = st.lists(steps, max_size=8).map(built)


@given(prompts)
def test_what_is_printed_is_read_as_the_same_prompt(prompt: Prompt) -> None:
    assert prompt == Prompt.parse(str(prompt))


@given(prompts)
def test_printing_is_idempotent(prompt: Prompt) -> None:
    assert str(Prompt.parse(str(prompt))) == str(prompt)


@given(prompts)
def test_the_jobs_of_a_built_prompt_are_those_of_its_text(prompt: Prompt) -> None:
    assert [str(one) for one in prompt.expand()] == [
        job.canonical for job in parse(str(prompt)).jobs
    ]


parameters = [" --ar 4:3", " --v 7", " --no a, b", " --sref 1::2 https://x.com/a-b.png", " --tile", " --p", " --s 5",
              " --c 3", " --raw", " --exp 9", " --seed 0"]  # fmt: skip


@given(st.permutations(parameters), st.permutations(parameters), st.integers(0, 11))
def test_equality_does_not_ask_for_the_order_of_parameters(
    one: list[str], other: list[str], many: int
) -> None:
    kept = set(one[:many])

    first = Prompt.parse("a cat" + "".join(one[:many]))
    second = Prompt.parse("a cat" + "".join(part for part in other if part in kept))

    assert first == second
    assert hash(first) == hash(second)


# --- any text ---------------------------------------------------------------------------------------------------------

SIGNS = [
    "a", " ", "  ", "cat", "猫", "，", "：", "　", "－－", "——", "—", "--", "-", "ar", "--ar ", "--v ", "6.1", "7", "16:9",
    "16：9", "1.39:1", "16x9", ",", ".", "::", ":", "2", "-.5", "{", "}", "\\", "|", '"', "“", "”", "'", "<", ">",
    "https://x.com/a.png", "https://", "--no ", "--sref ", "--s ", "１０", "--q ", "--oref ", "--style raw", "--p ",
    "--tile", "--niji ", "--foo ", "--STOP ", "\n", "\t", "\r\n", "🦊", "/imagine prompt: ", "Cyberpunk,", "冷光，", "--repeat 3",
    "--w 512 --h 768", "。", "\u200b", "\ufeff", "\x00", "\ud800", "{a, b}", "{a，b}", "--hd", "--turbo", "--relax",
]  # fmt: skip
pasted = st.lists(st.sampled_from(SIGNS), max_size=14).map("".join)
anything = st.one_of(pasted, st.text(st.characters(), max_size=60))


@given(anything)
@example("a" * 8192)
@example("\ud800" * 20 + " --ar \udfff")
@example("".join(map(chr, range(32))))
def test_no_text_raises(text: str) -> None:
    read = parse(text)
    prompt = Prompt.parse(text)

    assert [read.valid] * 2 == [
        all(one.severity != "error" for one in read.diagnostics),
        read.as_json()["valid"],
    ]
    assert isinstance(str(prompt), str)
    assert [one.code for one in prompt.validate()] == [one.code for one in prompt.validate()]


@given(anything)
@example("https://")
def test_a_pasted_prompt_is_printed_as_one_that_means_the_same(text: str) -> None:
    prompt = Prompt.parse(text)

    assert prompt == Prompt.parse(str(prompt))
    assert str(Prompt.parse(str(prompt))) == str(prompt)


# --- fixes ------------------------------------------------------------------------------------------------------------


def found(source: Source) -> list[Diagnostic]:
    return list(parse(source.text, source=source).diagnostics)


def errors(findings: list[Diagnostic]) -> int:
    return sum(one.severity == "error" for one in findings)


def fixable(findings: list[Diagnostic]) -> list[str]:
    return [one.code for one in findings if one.fix is not None and one.fix.safe]


@given(pasted)
@example("{a, b}--repeat 3")
@example("a {b {c, d}}--ar 1:1")
@example("a{--ar 1:1, b}")
@example("“")
def test_safe_fixes_leave_nothing_that_has_one(text: str) -> None:
    assert [] == fixable(mend(Source(text), found).findings)


@given(pasted)
@example("space::2 ship ,")
@example(":: ,")
def test_safe_fixes_never_make_more_errors(text: str) -> None:
    """What is repaired is judged with the rest, and may be refused then: never more than there was to repair."""
    mended = mend(Source(text), found)

    assert errors(mended.findings) <= errors(found(Source(text)))


@given(st.lists(st.sampled_from([*SIGNS, "zebra ", "zebra"]), max_size=14).map("".join))
@example("a cat --tile --tile zebra")
@example("a cat --seed 1 --seed 2 zebra")
@example("a cat --vibe zebra")
def test_safe_fixes_lose_no_words(text: str) -> None:
    mended = mend(Source(text), found).source.text

    assert text.count("zebra") == mended.count("zebra")


@given(pasted)
def test_mending_twice_is_mending_once(text: str) -> None:
    once = mend(Source(text), found).source.text

    assert once == mend(Source(once), found).source.text


@given(pasted)
def test_safe_fixes_keep_the_meaning_of_a_prompt_without_errors(text: str) -> None:
    """But for what they are for: curly quotes are straight afterwards, a version is pinned, `--style raw` is `--raw`, and a
    pasted command, left out here, is gone.
    """
    read = parse(text)
    if read.valid and "/imagine" not in text:
        mended = mend(Source(text), found).source.text
        straight = text.replace("“", '"').replace("”", '"')

        assert sent(mended) in (sent(text), sent(straight))


def sent(text: str) -> list[object]:
    """Return what the jobs of a prompt mean, whatever model draws them."""
    return [
        (
            job.images,
            dict(job.vocabulary),
            job.segments,
            {
                "raw" if (name, value) == ("style", "raw") else name: value
                for name, value in job.parameters.items()
                if name not in ("version", "niji") and (name, value) != ("raw", True)
            }
            | ({"raw": "raw"} if job.parameters.get("raw") else {}),
        )
        for job in parse(text).jobs
    ]
