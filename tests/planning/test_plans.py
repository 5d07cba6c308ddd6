"""Plans: steps and their names, keys and takes, loops, branches, saves, bindings."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnidsl.language.source import Source
from omnidsl.planning.inspection import Inspection, inspect_source
from omnidsl.planning.plan import Options, Plan
from omnidsl.planning.values import FileInput, MessagesInput, PromptInput, Ref, TextInput
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.media import JSON
from omnidsl.settings.house import AS_SHIPPED
from tests.checking.conftest import about, catalogue

__all__ = ["catalogue"]  # the fixture

HEAD = "prompt cat {\n    a cat --v 6.1\n}\nprompt two {\n    a {red, blue} cat\n}\n"
Planned = Callable[..., Plan]
Faults = Callable[..., list[tuple[str, str]]]


def inspection(text: str, root: Path, catalogue: Catalogue) -> Inspection:
    main = root / "main.omni"
    main.write_text(text, "utf-8")
    return inspect_source(
        Source(text, "main.omni"), main, root=root, catalogue=catalogue, rules=AS_SHIPPED
    )


@pytest.fixture
def planned(tmp_path: Path, catalogue: Catalogue) -> Planned:
    def run(
        text: str, pipeline: str | None = None, *, gateway: str = "sandbox", **given: object
    ) -> Plan:
        found = inspection(text, tmp_path, catalogue)
        chosen = found.choose(pipeline)
        plan = found.plan(chosen, given, gateway=gateway) if chosen is not None else None
        assert [] == [
            (one.code, one.message("en")) for one in found.diagnostics if one.severity == "error"
        ]
        assert plan is not None
        return plan

    return run


@pytest.fixture
def faults(tmp_path: Path, catalogue: Catalogue) -> Faults:
    def run(text: str, pipeline: str | None = None, **given: object) -> list[tuple[str, str]]:
        found = inspection(text, tmp_path, catalogue)
        chosen = found.choose(pipeline)
        plan = found.plan(chosen, given, gateway="sandbox") if chosen is not None else None
        assert plan is None
        return [(one.code, about(one)) for one in found.diagnostics]

    return run


def body(text: str, parameters: str = "", head: str = HEAD) -> str:
    return f"{head}pipeline p{parameters} {{\n{text}\n}}\n"


def ids(plan: Plan) -> list[str]:
    return [node.id for node in plan.nodes]


def test_the_last_step_of_a_chain_has_the_plain_name(planned: Planned) -> None:
    plan = planned(body("h = cat -> midjourney.imagine -> upscale(1) -> describe"))
    assert ["h.1", "h.2", "h"] == ids(plan)
    assert [(), ("h.1",), ("h.2",)] == [node.needs for node in plan.nodes]


def test_defaults_of_the_operation_stand_in_the_plan(planned: Planned) -> None:
    (node,) = planned(body("g = cat -> midjourney.imagine")).nodes
    assert ("fast", "midjourney") == (node.arguments["mode"], node.arguments["bot"])


def test_a_prompt_of_several_jobs_is_mapped(planned: Planned) -> None:
    plan = planned(
        body('g = two -> midjourney.imagine\nu = g -> upscale(2)\nsave u as "u-${index}.png"')
    )
    assert ["g[1]", "g[2]", "u[1]", "u[2]"] == ids(plan)
    assert [PromptInput(("a red cat",)), PromptInput(("a blue cat",))] == [
        one.arguments["prompt"] for one in plan.nodes[:2]
    ]
    assert ["u-1.png", "u-2.png"] == [one.path for one in plan.saves]


def test_repeat_becomes_takes(planned: Planned) -> None:
    plan = planned("prompt p {\n    a cat --repeat 3 --v 6.1\n}\n")
    assert ["p[1]", "p[2]", "p[3]"] == ids(plan)
    assert [1, 2, 3] == [node.take for node in plan.nodes]
    assert {("a cat --v 6.1",)} == {
        one.parts for node in plan.nodes if isinstance(one := node.arguments["prompt"], PromptInput)
    }


def test_equal_requests_are_independent(planned: Planned) -> None:
    plan = planned(body("a = cat -> midjourney.imagine\nb = cat -> midjourney.imagine"))
    first, second = plan.nodes
    assert (1, 2) == (first.take, second.take)
    assert first.key != second.key
    assert first.key.rpartition(".")[0] == second.key.rpartition(".")[0]


def test_a_stated_take_is_kept(planned: Planned) -> None:
    (node,) = planned(body("a = cat -> midjourney.imagine with take: 3")).nodes
    assert (3, True) == (node.take, node.key.endswith(".3"))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([" with take: 2", ""], [2, 1]),
        (["", " with take: 2"], [1, 2]),
        (["", "", " with take: 2"], [1, 2, 3]),
        ([" with take: 2", "", ""], [2, 1, 3]),
        ([" with take: 1", ""], [1, 2]),
        ([" with take: 2", " with take: 2", ""], [2, 3, 1]),
        ([" with take: 5", "", " with take: 4", " with take: 4"], [5, 1, 4, 6]),
    ],
)
def test_a_stated_take_never_meets_one_that_was_counted(
    planned: Planned, options: list[str], expected: list[int]
) -> None:
    steps = [f"s{number} = cat -> midjourney.imagine{one}" for number, one in enumerate(options)]
    plan = planned(body("\n".join(steps)))
    assert expected == [node.take for node in plan.nodes]
    assert len(expected) == len({node.key for node in plan.nodes})


def test_repeats_of_a_stated_take_are_counted_from_it(planned: Planned) -> None:
    text = "prompt p {\n    a cat --repeat 3 --v 6.1\n}\n"
    plan = planned(text + "pipeline q {\n    a = p -> midjourney.imagine with take: 2\n}\n")
    assert [2, 3, 4] == [node.take for node in plan.nodes]


def test_equal_permutations_of_a_stated_take_are_counted_from_it(planned: Planned) -> None:
    text = "prompt p {\n    a {red, red, blue} cat --v 6.1\n}\n"
    plan = planned(text + "pipeline q {\n    a = p -> midjourney.imagine with take: 2\n}\n")
    assert [2, 3, 2] == [node.take for node in plan.nodes]


def test_steps_behind_equal_requests_differ_too(planned: Planned) -> None:
    plan = planned(
        body(
            "a = cat -> midjourney.imagine\nb = cat -> midjourney.imagine\nc = a -> upscale(1)\nd = b -> upscale(1)"
        )
    )
    assert 4 == len({node.key for node in plan.nodes})
    assert [1, 2, 1, 1] == [node.take for node in plan.nodes]


def test_the_gateway_is_part_of_every_key(planned: Planned) -> None:
    text = body("a = cat -> midjourney.imagine\nb = a -> upscale(1)")
    here, there = planned(text, gateway="sandbox"), planned(text, gateway="https://x.org")
    assert set() == {node.key for node in here.nodes} & {node.key for node in there.nodes}


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    names=st.lists(
        st.from_regex(r"[a-z]{1,8}_", fullmatch=True), min_size=3, max_size=3, unique=True
    )
)
def test_renaming_and_moving_change_no_key(planned: Planned, names: list[str]) -> None:
    def text(prompt: str, grid: str, up: str, head: str = "") -> str:
        return (
            f"{head}prompt {prompt} {{\n    a cat --v 6.1\n}}\npipeline p {{\n"
            f"    {grid} = {prompt} -> midjourney.imagine\n    {up} = {grid} -> upscale(1)\n}}\n"
        )

    first = planned(text("cat_", "grid_", "up_"))
    second = planned(text(names[0], names[1], names[2], "# moved\n\n"))
    assert [node.key for node in first.nodes] == [node.key for node in second.nodes]


def test_a_loop_is_unrolled_with_the_first_clause_slowest(planned: Planned) -> None:
    plan = planned(
        "prompt b(look: text, shape: ratio) {\n    style: ${look}\n    a cat --ar ${shape}\n}\n"
        'pipeline p {\nfor look in ["Manga", "sketch"], shape in [1:1, 16:9] {\n'
        'w = b(look, shape) -> midjourney.imagine\nsave w as "${look}-${shape}.png"\n}\n}\n'
    )
    assert ["w[1]", "w[2]", "w[3]", "w[4]"] == ids(plan)
    assert ["Manga-1x1.png", "Manga-16x9.png", "sketch-1x1.png", "sketch-16x9.png"] == [
        one.path for one in plan.saves
    ]


def test_a_name_bound_in_a_loop_is_a_list_outside(planned: Planned) -> None:
    plan = planned(
        body('for i in 1..2 {\nw = cat -> midjourney.imagine\n}\nsave w as "w-${index}.png"')
    )
    assert [Ref("w[1]"), Ref("w[2]")] == [one.value for one in plan.saves]


@pytest.mark.parametrize(
    ("mood", "operation"), [("calm", "midjourney.upscale"), ("wild", "midjourney.describe")]
)
def test_a_branch_is_decided_by_the_binding(planned: Planned, mood: str, operation: str) -> None:
    text = body(
        'g = cat -> midjourney.imagine\nif mood == "calm" {\nx = g -> upscale(1)\n}\nelse {\ny = g -> describe\n}',
        '(mood: text = "calm")',
    )
    plan = planned(text, mood=mood)
    assert [operation] == [node.operation for node in plan.nodes[1:]]


def test_a_name_bound_in_both_branches_is_visible_after(planned: Planned) -> None:
    plan = planned(
        body(
            'g = cat -> midjourney.imagine\nif true {\nx = g -> upscale(1)\n}\nelse {\nx = g -> upscale(2)\n}\nsave x as "x.png"'
        )
    )
    assert [Ref("x")] == [one.value for one in plan.saves]
    assert 1 == plan.nodes[1].arguments["index"]


def test_a_text_with_a_result_stays_open(planned: Planned) -> None:
    plan = planned(
        body('g = cat -> midjourney.imagine\nd = g -> describe\nc = openai.chat("say ${d} again")')
    )
    assert TextInput(("say ", Ref("d"), " again")) == plan.nodes[2].arguments["messages"]


def test_a_prompt_with_a_result_stays_open(planned: Planned) -> None:
    head = (
        HEAD + "prompt again(words: text) {\n    style: Manga\n    ${words}, once more --v 6.1\n}\n"
    )
    plan = planned(
        body(
            "g = cat -> midjourney.imagine\nd = g -> describe\nh = again(d) -> midjourney.imagine",
            head=head,
        )
    )
    assert (
        PromptInput(("Manga,", Ref("d"), ", once more --v 6.1"))
        == plan.nodes[2].arguments["prompt"]
    )


def test_a_chat_becomes_a_conversation(planned: Planned) -> None:
    head = (
        HEAD
        + "chat c(g: grid, n: int) {\n    system: You see ${n} pictures.\n    user: Look: ${g}\n}\n"
    )
    plan = planned(body("g = cat -> midjourney.imagine\na = c(g, 4) -> openai.chat", head=head))
    messages = plan.nodes[1].arguments["messages"]
    assert isinstance(messages, MessagesInput)
    assert [("system", ("You see 4 pictures.",)), ("user", ("Look: ", Ref("g")))] == [
        (one.role, one.parts) for one in messages.turns
    ]


def test_a_stated_type_is_what_the_answer_must_be(planned: Planned) -> None:
    (node,) = planned(body('n: int(1..4) = openai.chat("how many?")')).nodes
    assert ("int", "int(1..4)") == (node.result, node.expects)


def test_reference_pictures_are_planned_by_what_they_hold(planned: Planned, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (node,) = planned("prompt p {\n    a cat\n    image: a.png\n}\n").nodes
    prompt = node.arguments["prompt"]
    assert isinstance(prompt, PromptInput)
    (picture,) = prompt.images
    assert isinstance(picture, FileInput)
    assert ("a.png", 8) == (picture.path, picture.size)


def test_options_stand_with_the_steps_of_their_statement(planned: Planned) -> None:
    plan = planned(
        body(
            "h = cat -> midjourney.imagine -> upscale(1) with timeout: 2m, retries: 2\ng = cat -> midjourney.imagine"
        )
    )
    assert [(120.0, 2), (120.0, 2), (None, None)] == [
        (one.options.timeout, one.options.retries) for one in plan.nodes
    ]


def test_interpolated_values_are_data(planned: Planned) -> None:
    text = "prompt q(w: text) {\n    a ${w} cat --v 6.1\n}\n" + body(
        "g = q(evil) -> midjourney.imagine", '(evil: text = "")', ""
    )
    (node,) = planned(text, evil="{red, blue} --ar 1:1 space::2 https://x.org/a.png").nodes
    prompt = node.arguments["prompt"]
    assert isinstance(prompt, PromptInput)
    (sent,) = prompt.parts
    assert isinstance(sent, str)
    assert ("--ar" in sent, "::" in sent, "https://" in sent) == (False, False, False)


def test_interpolated_values_make_no_folders(planned: Planned) -> None:
    text = body(
        'g = cat -> midjourney.imagine\nsave g as "${name}.png"', '(name: text = "a/b\\\\c")'
    )
    assert ["a-b-c.png"] == [one.path for one in planned(text).saves]


def test_a_plan_is_the_same_after_a_round_through_json(planned: Planned) -> None:
    plan = planned(
        body(
            'g = two -> midjourney.imagine\nu = g -> upscale(2)\nsave u as "u-${index}.png"\nreturn u'
        )
    )
    assert plan == Plan.from_json(plan.to_json())


@pytest.mark.parametrize(
    ("type_", "given", "value"),
    [
        ("text", "calm", "calm"),
        ("int", "3", 3),
        ("int", 3, 3),
        ("number", ".5", 0.5),
        ("bool", "true", True),
        ("ratio", "16:9", "16:9"),
        ("ratio", (4, 3), "4:3"),
        ("duration", "2m", "120s"),
        ("list[int]", "1,2", [1, 2]),
        ("list[text]", '["a", "b"]', ["a", "b"]),
        ("int(1..4)", "4", 4),
        ("midjourney.mode", "turbo", "turbo"),
    ],
)
def test_bindings_are_read_by_type(
    planned: Planned, type_: str, given: object, value: object
) -> None:
    plan = planned(body("g = cat -> midjourney.imagine", f"(x: {type_})"), x=given)
    assert {"x": value} == plan.bindings


@pytest.mark.parametrize(
    ("type_", "given"),
    [("int", "three"), ("int", "1.5"), ("int", True), ("int(1..4)", "5"), ("ratio", "16x9"), ("ratio", "0:1"),
     ("bool", "maybe"), ("number", "nan"), ("number", "inf"), ("midjourney.mode", "warp"), ("list[int]", "[1, x]"), ("duration", "2 days")],
)  # fmt: skip  # a table of cases
def test_a_binding_of_the_wrong_type_is_told(faults: Faults, type_: str, given: object) -> None:
    assert [("OM227", f"x: {type_}")] == faults(
        body("g = cat -> midjourney.imagine", f"(x: {type_})"), x=given
    )


def test_a_missing_binding_is_told(faults: Faults) -> None:
    assert [("OM228", "p")] == faults(body("g = cat -> midjourney.imagine", "(x: text)"))


def test_an_unknown_binding_is_told(faults: Faults) -> None:
    assert [("OM203", "")] == faults(body("g = cat -> midjourney.imagine"), y=1)


def test_a_file_with_nothing_to_run_is_told(faults: Faults) -> None:
    assert [("OM502", "")] == faults("let x = 1")


def test_several_pipelines_want_a_name(faults: Faults) -> None:
    text = (
        body("g = cat -> midjourney.imagine")
        + "pipeline q {\n    h = cat -> midjourney.imagine\n}\n"
    )
    assert [("OM504", "")] == faults(text)
    assert [("OM505", "")] == faults(text, "r")


def test_a_plan_that_grows_without_end_is_stopped(
    faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("omnidsl.planning.planner.MOST_STEPS", 50)
    monkeypatch.setattr("omnidsl.planning.pipelines.MOST_STEPS", 50)
    found = faults(body("for a in 1..40, b in 1..40 {\nx = cat -> midjourney.imagine\n}"))
    assert {"OM501"} == {code for code, _ in found}


def test_a_binding_decides_what_is_valid(faults: Faults) -> None:
    text = "prompt q(n: number) {\n    a cat --q ${n}\n}\n" + body(
        "g = q(n) -> midjourney.imagine", "(n: number = 1)", ""
    )
    assert [("OM307", "${n}")] == [(code, f"${{{place}}}") for code, place in faults(text, n=7)]


PARENT = 'prompt base(who: text = "fox") {\n    style: Manga\n    ${who} in snow\n    --ar 4:3 --no text --tile --v 6.1\n}\n'


@pytest.mark.parametrize(
    ("child", "sent"),
    [
        ("prompt c: base { --ar 1:1 }", "Manga,fox in snow --no text --tile --v 6.1 --ar 1:1"),
        ("prompt c: base {\n    style: sketch\n}", "sketch,fox in snow --ar 4:3 --no text --tile --v 6.1"),
        ("prompt c: base {\n    a dog\n}", "Manga,a dog --ar 4:3 --no text --tile --v 6.1"),
        ("prompt c: base { --no hats }", "Manga,fox in snow --ar 4:3 --tile --v 6.1 --no text, hats"),
        ("prompt c: base { --niji 6 }", "Manga,fox in snow --ar 4:3 --no text --tile --niji 6"),
        ("prompt c: base {\n    drop: style, --tile\n}", "fox in snow --ar 4:3 --no text --v 6.1"),
        ('prompt c: base(who: "cat") { --ar 1:1 }', "Manga,cat in snow --no text --tile --v 6.1 --ar 1:1"),
        ('prompt c(hat: text = "red"): base {\n    text: ${who}, ${hat} hat\n}', "Manga,fox, red hat --ar 4:3 --no text --tile --v 6.1"),
    ],
)  # fmt: skip  # a table of cases
def test_a_child_replaces_appends_and_drops(planned: Planned, child: str, sent: str) -> None:
    nodes = planned(PARENT + child + "\n").nodes
    prompt = nodes[-1].arguments["prompt"]
    assert PromptInput((sent,)) == prompt


def test_inheritance_reaches_into_another_file(planned: Planned, tmp_path: Path) -> None:
    (tmp_path / "brand.omni").write_text(
        'let hue = "teal"\nprompt base {\n    a ${hue} cat\n    --v 6.1\n}\n'
    )
    (node,) = planned('use "brand.omni"\nprompt c: brand.base { --ar 1:1 }\n').nodes
    assert PromptInput(("a teal cat --v 6.1 --ar 1:1",)) == node.arguments["prompt"]


def test_a_value_behind_a_double_colon_is_no_weight(planned: Planned) -> None:
    (node,) = planned('let n = "2 cats"\nprompt p {\n    snow::${n} --v 6.1\n}\n').nodes
    assert PromptInput(("snow:: 2 cats --v 6.1",)) == node.arguments["prompt"]


def test_a_repeated_prompt_is_a_list_in_a_pipeline(planned: Planned) -> None:
    head = "prompt cat {\n    a cat --repeat 2\n}\n"
    plan = planned(body('g = cat -> midjourney.imagine\nsave g as "a-${index}.png"', head=head))
    assert ["a-1.png", "a-2.png"] == [one.path for one in plan.saves]


def test_a_file_of_prompts_takes_no_bindings(faults: Faults) -> None:
    assert [("OM203", "")] == faults("prompt p {\n    a cat\n}\n", x=1)


def test_an_open_choice_takes_other_values(planned: Planned) -> None:
    text = body('a = openai.chat("x", model: m)', '(m: openai.model = "o3")')
    assert "o3" == planned(text).nodes[0].arguments["model"]


def test_loops_without_steps_end_too(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("omnidsl.planning.pipelines.MOST_STEPS", 50)
    text = body("for a in 1..40 {\nfor b in 1..40 {\nx = a * b\n}\n}")
    assert {"OM501"} == {code for code, _ in faults(text)}


@pytest.mark.parametrize(
    "options",
    [{"timeout": 1.5}, {"timeout": 2}, {"retries": 0, "cache": False}, {"on_ambiguous": "fail"}],
)
def test_options_of_a_stored_plan_are_read_back(planned: Planned, options: dict[str, JSON]) -> None:
    stored = planned(body("g = cat -> midjourney.imagine")).to_json()
    stored["nodes"][0]["options"] = options  # type: ignore[index,call-overload]  # JSON in hand

    assert Options(**options) == Plan.from_json(stored).nodes[0].options  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    "options",
    [{"speed": 1}, {"timeout": "soon"}, {"cache": 1}, {"retries": True}, {"on_ambiguous": "buy"}],
)
def test_unknown_options_of_a_stored_plan_are_refused(
    planned: Planned, options: dict[str, JSON]
) -> None:
    stored = planned(body("g = cat -> midjourney.imagine")).to_json()
    stored["nodes"][0]["options"] = options  # type: ignore[index,call-overload]  # JSON in hand

    with pytest.raises(ValueError, match=r"a stored plan has unknown options: \w+="):
        Plan.from_json(stored)
