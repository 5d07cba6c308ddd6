"""Rules as a project wants them: what is said goes over the set, what is not stays."""

from omnidsl.prompts import Category, Term, load_rules, load_vocabulary
from omnidsl.prompts.vocabulary import Vocabulary


def test_adapted_rules_hold_what_was_said_and_keep_the_rest() -> None:
    rules = load_rules("omniai")

    made = rules.adapted(plan="basic", allowed=["mood"], banned=["blood"]).adapted(length=900)

    assert (made.name, made.default_version) == (rules.name, rules.default_version)
    assert (made.plan, made.allowed, made.banned, made.length) == (
        "basic",
        ("mood",),
        ("blood",),
        900,
    )


def test_adapting_leaves_the_rules_that_it_begins_with_as_they_are() -> None:
    load_rules("omniai").adapted(plan="basic", default_version="7")

    assert (load_rules("omniai").plan, load_rules("omniai").default_version) == ("", "6.1")


def test_rules_bring_their_own_vocabulary_or_the_one_that_comes_with_the_package() -> None:
    own = Vocabulary([Category("mood", [Term("mood", "Calm")])])

    assert load_rules("omniai").vocabulary is load_vocabulary()
    assert load_rules("omniai").adapted(vocabulary=own).vocabulary is own
