"""What depends on results, in the plan: conditions, bounds of loops, computed values, names of files."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnidsl.planning.plan import Loop, Plan, PlanNode, Save
from omnidsl.planning.values import Computed, FileInput, PromptInput, Ref, TextInput, Value
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.media import JSON
from omnidsl.prompts import HouseRules
from omnidsl.prompts.versions import load_versions
from tests.checking.conftest import catalogue
from tests.planning.test_plans import Faults, Planned, body, faults, ids, inspection, planned

__all__ = ["catalogue", "faults", "planned"]  # fixtures

HEAD = 'prompt cat(what: text = "a cat") {\n    ${what} --v 6.1\n}\n'
ASK = 't = "how is it" -> openai.chat\n'
LIST = 'ideas: list[text] = "three ideas" -> openai.chat\n'


def dynamic(text: str, parameters: str = "") -> str:
    return body(text, parameters, HEAD)


def test_both_branches_of_an_if_on_a_result_are_planned_each_with_its_condition(
    planned: Planned,
) -> None:
    plan = planned(
        dynamic(
            ASK
            + 'if t contains "x" {\na = cat("one") -> midjourney.imagine\n}\n'
            + 'else {\nb = cat("two") -> midjourney.imagine\n}'
        )
    )
    holds = Computed("contains", (Ref("t"), "x"))
    assert [("t", None), ("a", holds), ("b", Computed("not", (holds,)))] == [
        (node.id, node.when) for node in plan.nodes
    ]
    assert [(), ("t",), ("t",)] == [node.needs for node in plan.nodes]


def test_an_if_on_a_parameter_is_decided_in_the_plan(planned: Planned) -> None:
    text = dynamic(
        "if loud {\na = cat -> midjourney.imagine\n}\nelse {\nb = cat -> midjourney.imagine\n}",
        "(loud: bool)",
    )
    assert [["a"], ["b"]] == [ids(planned(text, loud=one)) for one in (True, False)]


def test_a_known_side_decides_and_leaves_no_condition(planned: Planned) -> None:
    text = dynamic(ASK + 'if loud and t == "x" {\na = cat -> midjourney.imagine\n}', "(loud: bool)")
    assert ["t"] == ids(planned(text, loud=False))
    assert Computed("==", (Ref("t"), "x")) == planned(text, loud=True).node("a").when


def test_inner_conditions_join_the_outer_ones(planned: Planned) -> None:
    plan = planned(
        dynamic(
            ASK + 'if t == "x" {\nu = "more" -> openai.chat\nif u == "y" {\n'
            "a = cat -> midjourney.imagine\n}\n}"
        )
    )
    outer, inner = Computed("==", (Ref("t"), "x")), Computed("==", (Ref("u"), "y"))
    assert Computed("and", (outer, inner)) == plan.node("a").when


def test_a_name_bound_in_both_branches_is_whichever_was_made(planned: Planned) -> None:
    plan = planned(
        dynamic(
            ASK
            + 'if t == "x" {\na = cat("one") -> midjourney.imagine\n}\n'
            + 'else {\na = cat("two") -> midjourney.imagine\n}\nu = a -> upscale(1)'
        )
    )
    holds = Computed("==", (Ref("t"), "x"))
    assert Computed("if", (holds, Ref("a"), Ref("a[2]"))) == plan.node("u").arguments["grid"]
    assert ("t", "a", "a[2]") == plan.node("u").needs
    assert plan.node("u").when is None


def test_a_loop_over_a_result_is_planned_at_its_bound(planned: Planned) -> None:
    plan = planned(
        dynamic(LIST + "for idea in ideas max 3 {\na = cat(idea) -> midjourney.imagine\n}")
    )
    assert ["ideas", "a[1]", "a[2]", "a[3]"] == ids(plan)
    assert [Computed("reaches", (Ref("ideas"), number)) for number in (1, 2, 3)] == [
        node.when for node in plan.nodes[1:]
    ]
    assert (
        PromptInput((Computed("index", (Ref("ideas"), 2)), " --v 6.1"))
        == (plan.nodes[2].arguments["prompt"])
    )
    assert [(Ref("ideas"), 3)] == [(one.values, one.most) for one in plan.loops]


def test_a_name_bound_in_such_a_loop_is_a_list_outside_and_needs_no_bound(planned: Planned) -> None:
    plan = planned(
        dynamic(
            LIST
            + "for idea in ideas max 2 {\na = cat(idea) -> midjourney.imagine\n}\n"
            + "for one in a {\nb = one -> upscale(1)\n}\nc = a -> describe\nn = len(a)\n"
            + 'save "${n}" as "n.txt"'
        )
    )
    reaches = [Computed("reaches", (Ref("ideas"), number)) for number in (1, 2)]
    for name in ("b", "c"):
        assert reaches == [plan.node(f"{name}[{number}]").when for number in (1, 2)]
    items = tuple(
        Computed("if", (reach, Ref(f"a[{number}]"))) for number, reach in enumerate(reaches, 1)
    )
    assert TextInput((Computed("len", (items,)),)) == plan.saves[0].value


def test_the_bound_cuts_a_list_that_is_known_and_the_plan_says_so(planned: Planned) -> None:
    text = dynamic("for n in 1..5 max 2 {\na = cat -> midjourney.imagine\n}")
    assert ["a[1]", "a[2]"] == ids(planned(text))


def test_a_loop_beyond_the_cap_is_refused_before_it_is_unrolled(faults: Faults) -> None:
    text = dynamic(LIST + "for x in ideas max 1000000 {\na = cat -> midjourney.imagine\n}")
    assert [("OM501", "x in ideas max 1000000")] == faults(text)


def test_a_file_may_be_named_by_a_result_and_by_what_is_known(planned: Planned) -> None:
    plan = planned(
        dynamic(
            ASK + 'a = cat -> midjourney.imagine\nsave a as "${t}-${shape}.png"',
            "(shape: ratio = 16:9)",
        )
    )
    assert (
        TextInput((Ref("t"), "-16x9.png")) == plan.saves[0].path
        or TextInput((Ref("t"), "-", "16x9", ".png")) == plan.saves[0].path
    )
    assert ("a", "t") == plan.saves[0].needs


@pytest.mark.parametrize(("path", "code"), [("../${t}.png", "OM607"), ("con/${t}?.png", "OM608")])
def test_what_is_known_of_a_files_name_is_checked_before_the_run(
    faults: Faults, path: str, code: str
) -> None:
    text = dynamic(ASK + f'save t as "{path}"')
    assert [code] == [one[0] for one in faults(text)]


def test_two_branches_may_save_to_one_path_and_two_ifs_may_not(
    planned: Planned, faults: Faults
) -> None:
    one = 'if t == "x" {\nsave t as "a.txt"\n}\nelse {\nsave "no" as "a.txt"\n}'
    two = 'if t == "x" {\nsave t as "a.txt"\n}\nif t == "y" {\nsave t as "a.txt"\n}'
    rounds = 'for n in 1..2 {\nif t == "x" {\nsave t as "a.txt"\n}\nelse {\nsave t as "b.txt"\n}\n}'
    assert ["a.txt", "a.txt"] == [save.path for save in planned(dynamic(ASK + one)).saves]
    assert [("OM609", '"a.txt"')] == faults(dynamic(ASK + two))
    assert ["OM609"] == list(dict.fromkeys(code for code, _ in faults(dynamic(ASK + rounds))))


def test_an_expectation_stands_before_what_depends_on_what_it_looks_at(planned: Planned) -> None:
    plan = planned(
        dynamic(
            ASK
            + "before = t -> openai.chat\n"
            + 'expect t == "x", "not ${t}"\n'
            + "behind = before -> openai.chat\nfar = behind -> openai.chat\n"
            + "free = cat -> midjourney.imagine"
        )
    )
    assert {
        "t": (),
        "before": (),
        "expect": (),
        "behind": ("expect",),
        "far": ("expect",),
        "free": (),
    } == {node.id: node.after for node in plan.nodes}
    assert {
        "condition": Computed("==", (Ref("t"), "x")),
        "message": TextInput(("not ", Ref("t"))),
    } == plan.node("expect").arguments
    assert 5 == sum(one.served for one in plan.nodes)


def test_a_pick_is_a_step_that_nobody_is_paid_for(planned: Planned) -> None:
    plan = planned(dynamic("g = cat -> midjourney.imagine\nbest = pick(g)\nu = g -> upscale(best)"))
    pick, upscale = plan.nodes[1:]
    assert ("pick", {"grid": Ref("g")}, False) == (pick.operation, pick.arguments, pick.served)
    assert Ref("best") == upscale.arguments["index"]
    assert 2 == sum(one.served for one in plan.nodes)


def test_each_grid_of_a_list_is_picked_from(planned: Planned) -> None:
    plan = planned(
        "prompt two {\n    a {red, blue} cat\n}\npipeline p {\n    g = two -> midjourney.imagine\n"
        "    best = pick(g)\n    for n in best {\n        a = two -> openai.chat with take: 1\n    }\n}\n".replace(
            "two -> openai.chat with take: 1", '"picture ${n}" -> openai.chat'
        )
    )
    assert ["g[1]", "g[2]", "best[1]", "best[2]", "a[1]", "a[2]"] == ids(plan)


def test_a_picture_that_a_step_makes_is_a_reference_picture(planned: Planned) -> None:
    plan = planned(
        "prompt like(hero: grid, place: text) {\n    image: ${hero}\n    a cat in ${place}\n}\n"
        'pipeline p {\n    g = "x" -> openai.chat\n    h = like(i, g) -> midjourney.imagine\n}\n'.replace(
            "    h =", "    i = cat -> midjourney.imagine\n    h ="
        )
        + HEAD
    )
    assert PromptInput(("a cat in ", Ref("g")), (Ref("i"),)) == plan.node("h").arguments["prompt"]


def test_conditions_and_computed_values_change_no_key_by_name(planned: Planned) -> None:
    def text(answer: str, grid: str) -> str:
        return dynamic(
            f'{answer}: int(1..4) = "which" -> openai.chat\n{grid} = cat -> midjourney.imagine\n'
            f"if {answer} > 2 {{\nu = {grid} -> upscale(5 - {answer})\n}}"
        )

    first, second = planned(text("a", "b")), planned(text("c", "d"))
    assert [node.key for node in first.nodes] == [node.key for node in second.nodes]


def test_the_condition_is_no_part_of_the_request(planned: Planned) -> None:
    step = "a = cat -> midjourney.imagine"
    plain, under = planned(dynamic(step)), planned(dynamic(ASK + f'if t == "x" {{\n{step}\n}}'))
    assert plain.node("a").key == under.node("a").key


scalars = st.one_of(st.booleans(), st.integers(-9, 9), st.text("abc ", max_size=3))
values: st.SearchStrategy[Value] = st.recursive(
    st.one_of(scalars, st.builds(Ref, st.sampled_from("ab"), st.sampled_from(["", "text", "[2]"]))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.builds(
            Computed,
            st.sampled_from(["if", "and", "==", "index", "len", "not"]),
            st.lists(inner, min_size=1, max_size=3).map(tuple),
        ),
    ),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(when=values, path=st.lists(st.one_of(st.text("ab", min_size=1), st.just(Ref("a")))))
def test_a_stored_plan_is_read_as_it_was_written(when: Value, path: list[str | Ref]) -> None:
    plan = Plan(
        "r.omni",
        "p",
        "sandbox",
        {},
        (PlanNode("a", "s.o", {"x": when}, "k", 1, "text", when=when, after=("expect",)),),
        (Save(Ref("a"), TextInput(tuple(path)), 3, when, ("expect",)),),
        when,
        (Loop(when, 4, 2, when),),
    )
    assert plan == Plan.from_json(json.loads(json.dumps(plan.to_json())))


def test_a_plan_of_the_first_format_is_still_read(planned: Planned) -> None:
    plan = planned(dynamic('a = cat -> midjourney.imagine\nsave a as "a.png"'))
    old = plan.to_json()
    old["format"] = 1
    del old["loops"], old["rules"]
    plan.rules = HouseRules("omniai")  # there was no other rule set
    assert plan == Plan.from_json(old)


def test_a_plan_of_the_second_format_knows_its_rules_by_name_alone(planned: Planned) -> None:
    old = planned(dynamic("a = cat -> midjourney.imagine")).to_json()
    old |= {"format": 2, "rules": "omniai"}

    assert HouseRules("omniai") == Plan.from_json(old).rules


def test_a_plan_keeps_the_day_of_the_rules_that_it_was_made_by(planned: Planned) -> None:
    plan = planned(dynamic("a = cat -> midjourney.imagine"))

    assert (load_versions().as_of, plan.rules) == (
        plan.rules.name,
        Plan.from_json(plan.to_json()).rules,
    )


def test_a_stored_plan_holds_what_a_late_prompt_is_held_to(planned: Planned) -> None:
    plan = planned(dynamic("a = cat -> midjourney.imagine"))
    plan.rules = HouseRules(
        "omniai",
        default_version="niji 6",
        plan="basic",
        allowed=["mood"],
        banned=["default", "rival"],
        length=900,
    )

    read = Plan.from_json(json.loads(json.dumps(plan.to_json())))

    assert (plan, plan.rules) == (read, read.rules)


@pytest.mark.parametrize(
    "broken", [3, None, [], {}, {"name": 1}, {"name": "omniai", "plan": 4}, {"name": "omniai", "banned-words": "x"},
               {"name": "omniai", "allow-params": [1]}, {"name": "omniai", "max-prompt-length": "9"}],
)  # fmt: skip  # short values, as many a line as fit
def test_rules_that_are_none_make_a_plan_that_is_none(planned: Planned, broken: JSON) -> None:
    plan = planned(dynamic("a = cat -> midjourney.imagine")).to_json()
    plan["rules"] = broken

    with pytest.raises(ValueError, match="a stored plan has"):
        Plan.from_json(plan)


def picture_recipe(default: str = "") -> str:
    return (
        "prompt like(hero: image) {\n    image: ${hero}\n    a cat\n}\n"
        f"pipeline p(hero: image{default}) {{\n    g = like(hero) -> midjourney.imagine\n"
        "    t = hero -> midjourney.describe\n}\n"
    )


def test_a_picture_is_bound_by_its_path(
    planned: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "refs").mkdir()
    (tmp_path / "refs" / "cat.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    monkeypatch.chdir(tmp_path / "refs")
    for plan in (
        planned(picture_recipe(), hero="cat.png"),
        planned(picture_recipe(), hero=tmp_path / "refs" / "cat.png"),
        planned(picture_recipe(' = file("refs/cat.png")')),
    ):
        file = plan.node("t").arguments["picture"]
        assert isinstance(file, FileInput)
        assert "refs/cat.png" == file.path == plan.bindings["hero"]
        assert PromptInput(("a cat",), (file,)) == plan.node("g").arguments["prompt"]


@pytest.mark.parametrize(
    ("path", "code"),
    [("nope.png", "OM611"), ("../cat.png", "OM614"), ("text.png", "OM616"), (3, "OM227")],
)
def test_a_bound_picture_is_a_file_of_the_project(
    faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: object, code: str
) -> None:
    (tmp_path / "text.png").write_bytes(b"no picture")
    monkeypatch.chdir(tmp_path)
    assert code in [one[0] for one in faults(picture_recipe(), hero=path)]


def test_steps_in_the_head_of_a_loop_or_an_if_are_planned_once(planned: Planned) -> None:
    plan = planned(
        "prompt two {\n    a {red, blue} cat\n}\npipeline p {\n"
        "    for g in (two -> midjourney.imagine) {\n        u = g -> upscale(1)\n    }\n"
        '    if ("which" -> openai.chat) == "x" {\n        w = "hello" -> openai.chat\n    }\n'
        '    expect len(u) == 2 and ("sure" -> openai.chat) == "yes", "no"\n}\n'
    )
    assert ["g[1]", "g[2]", "u[1]", "u[2]", "if", "w", "expect", "expect[2]"] == ids(plan)
    assert Computed("==", (Ref("if"), "x")) == plan.node("w").when


def test_a_prompt_that_both_branches_name_is_chosen_when_the_result_is_there(
    planned: Planned,
) -> None:
    plan = planned(
        dynamic(
            ASK + 'if t == "x" {\np = cat("one")\n}\nelse {\np = cat("two")\n}\n'
            "g = p -> midjourney.imagine"
        )
    )
    one, two = PromptInput(("one --v 6.1",)), PromptInput(("two --v 6.1",))
    holds = Computed("==", (Ref("t"), "x"))
    assert Computed("if", (holds, one, two)) == plan.node("g").arguments["prompt"]


def test_lists_of_both_branches_are_one_list_of_what_was_made(planned: Planned) -> None:
    plan = planned(
        "prompt two {\n    a {red, blue} cat\n}\npipeline p {\n    "
        + ASK
        + '    if t == "x" {\n        g = two -> midjourney.imagine\n    }\n'
        '    else {\n        g = two -> midjourney.imagine(mode: "turbo")\n    }\n'
        "    u = g -> upscale(1)\n}\n"
    )
    holds = Computed("==", (Ref("t"), "x"))
    refused = Computed("not", (holds,))
    assert [holds, holds, refused, refused] == [
        plan.node(f"u[{number}]").when for number in range(1, 5)
    ]


GROWING = {
    "sums": (
        'n0: int = "n" -> openai.chat\n',
        "n{1} = n{0} + n{0}\n",
        'save "${{n{0}}}" as "n.txt"',
    ),
    "deep": ('n0: int = "n" -> openai.chat\n', "n{1} = n{0} + 1\n", 'save "${{n{0}}}" as "n.txt"'),
    "lists": (
        't = "n" -> openai.chat\nn0 = [t]\n',
        "n{1} = [n{0}, n{0}]\n",
        'same = n{0} == n{0}\nsave "${{same}}" as "n.txt"',
    ),
    "branches": (
        't = "t" -> openai.chat\nn0 = cat -> midjourney.imagine\n',
        'if t == "{0}" {{\nn{1} = n{0}\n}}\nelse {{\nn{1} = n{0}\n}}\n',
        'save n{0} as "n.png"',
    ),
    "texts": ('n0 = "n" -> openai.chat\n', 'n{1} = "${{n{0}}}${{n{0}}}"\n', 'save n{0} as "n.txt"'),
}


@pytest.mark.parametrize("kind", GROWING)
@pytest.mark.parametrize("count", [40, 400])
def test_names_that_use_a_name_again_and_again_are_a_finding_and_no_endless_plan(
    tmp_path: Path, catalogue: Catalogue, kind: str, count: int
) -> None:
    first, step, last = GROWING[kind]
    lines = "".join(step.format(number, number + 1) for number in range(count))
    found = inspection(dynamic(first + lines + last.format(count)), tmp_path, catalogue)
    plan = found.plan("p", {}, gateway="g") if found.valid else None
    errors = {one.code for one in found.diagnostics if one.severity == "error"}
    assert (plan is None) == bool(errors)
    assert errors <= {"OM521", "OM208"}
