"""`make grammar`: Lark compiles `grammars/*.lark` into the table modules that ship.

`python -m omnidsl.language.compiler` writes them, with `--check` it only says whether they are stale. Lark is imported
here and nowhere else in the product.
"""

import hashlib
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from lark import Lark
from lark.grammar import Rule as LarkRule
from lark.lexer import BasicLexer, ContextualLexer, TerminalDef
from lark.parsers.lalr_analysis import IntParseTable, Shift

from omnidsl.language.brackets import CLOSING, NEWLINE, OPENING, Brackets
from omnidsl.language.grammars_path import grammar_folder
from omnidsl.language.lalr_tables import END, FIXED, Rule

GRAMMARS = {"recipe": ("recipe", "interpolation"), "prompt": ("prompt",)}
"""Every grammar and its start rules."""

WITH_LINES = ("recipe",)
"""The grammars in which a newline ends a statement."""

SPACE = "SPACE"
"""The terminal of white space inside a line: each scanner skips it."""

GREEDY = frozenset(("TEXT", "CHATTEXT", "PVALUE", "CHOICE", "WORD", "CATEGORY", "MEMBER"))
"""Terminals that fit almost everywhere, free text above all. States that take the same of these share one scanner, and ask
their own where that finds what they cannot take: the first terminal of many that fits is also the first of those that a
state takes. White space, comments and newlines are in all shared ones, and so in none of the states' own. A terminal that
is missing here is sought in vain where it does not belong, to the end of the text, at each word."""

SAMPLES = 'aZ_1 .:："#-=>{}(\n\\'
"""What may stand behind a sign, a character of each sort."""


def main(arguments: list[str]) -> int:
    """Write the table modules, or with `--check` return 1 where one is stale."""
    stale = []
    for name in GRAMMARS:
        path = Path(__file__).parent / f"_{name}_tables.py"
        made = module(name)
        if not path.exists() or path.read_text("utf-8") != made:
            stale.append(path.name)
            if "--check" not in arguments:
                path.write_text(made, "utf-8")
    if "--check" in arguments and stale:
        sys.stderr.write(f"stale: {', '.join(stale)}; run `make grammar`\n")
        return 1
    return 0


def module(name: str) -> str:
    """Return the text of a grammar's table module; the same grammar gives the same text."""
    files = sorted(grammar_folder().glob("*.lark"))
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
    lines = [
        f'"""Tables of `{name}.lark`, made by `make grammar`; never edited.',
        "",
        f"Grammars: sha256 {digest}.",
        '"""',
        "",
        "from omnidsl.language.lalr_tables import Tables",
        "",
        "TABLES = Tables(",
        *(f"    {key}={value!r}," for key, value in tables(name).items()),
        ")",
        "",
    ]
    return "\n".join(lines)


def tables(name: str) -> dict[str, object]:
    """Return the parts of a grammar's tables.

    Each state maps symbols to a state to go to, or to the complement of a rule to reduce by. A scanner is one
    expression of the terminals that a state takes, in Lark's order of priority; `shown` is how messages call them.
    """
    lark = Lark.open(
        str(grammar_folder() / f"{name}.lark"),
        parser="lalr",
        start=list(GRAMMARS[name]),
        propagate_positions=True,
        maybe_placeholders=True,
        postlex=Brackets() if name in WITH_LINES else None,
    )
    parse_table = lark.parser.parser._parse_table  # noqa: SLF001  # Lark has no public name for it
    order = _order(parse_table)
    rule_of = {rule: number for number, rule in enumerate(lark.rules)}
    states: list[dict[str, int]] = []
    for state in order:
        row = sorted(parse_table.states[state].items())
        states.append(
            {
                str(symbol): order[to] if kind is Shift else ~rule_of[to]
                for symbol, (kind, to) in row
            }
        )
    lexer = getattr(
        lark.parser.lexer, "lexer", lark.parser.lexer
    )  # behind `Brackets`, where there are some
    root = lexer.root_lexer if isinstance(lexer, ContextualLexer) else None
    if not isinstance(lexer, ContextualLexer) or not isinstance(root, BasicLexer):
        raise TypeError(lexer)
    expressions: dict[str, int] = {}

    def scanner(kinds: Iterable[str]) -> int:
        wanted = frozenset(kinds)
        chosen = [one for one in root.terminals if one.name in wanted]
        return expressions.setdefault(_expression(chosen), len(expressions))

    ignored = {str(one) for one in root.ignore_types}
    accepted = [frozenset[str]()] * len(states)
    for state, number in order.items():
        own = lexer.lexers[state]
        if not isinstance(own, BasicLexer):
            raise TypeError(own)
        accepted[number] = frozenset(one.name for one in own.scanner.terminals)
    alike = _alike(lark.terminals)
    together: dict[frozenset[str], set[str]] = {}
    texts = [frozenset(alike.get(name, name) for name in one & GREEDY) for one in accepted]
    for free, one in zip(texts, accepted, strict=True):
        together.setdefault(free, set()).update(alike.get(name, name) for name in one)
    shared = [scanner(together[free]) for free in texts]
    told = ignored | ({NEWLINE} if name in WITH_LINES else set())
    fixed = {text: str(one.name) for one in lark.terminals if (text := _fixed(one)) is not None}
    if len(fixed) < sum(_fixed(one) is not None for one in lark.terminals):
        raise ValueError("two terminals of one text: name one of them and use it everywhere")
    symbols = [""] * len(states)
    for actions in states:
        for symbol, action in actions.items():
            if action >= 0:
                symbols[action] = symbol
    return {
        "rules": tuple(_rule(one) for one in lark.rules),
        "states": tuple(states),
        "symbols": tuple(symbols),
        "starts": {
            str(one): order[state] for one, state in sorted(parse_table.start_states.items())
        },
        "ends": {str(one): order[state] for one, state in sorted(parse_table.end_states.items())},
        "shared": tuple(shared),
        "own": tuple(scanner((one - told) | {SPACE}) for one in accepted),
        "whole": scanner(one.name for one in root.scanner.terminals),
        "scanners": tuple(expressions),
        "blank": "".join(
            f"(?:{one.pattern.to_regexp()})?" for one in root.terminals if one.name == SPACE
        ),
        "fixed": fixed,
        "alike": {str(chosen): str(one) for one, chosen in sorted(alike.items())},
        "kept": tuple(sorted({str(one) for rule in lark.rules for one in _kept(rule)})),
        "ignored": tuple(sorted(ignored)),
        "newline": NEWLINE if name in WITH_LINES else "",
        "opening": OPENING,
        "closing": CLOSING,
        "shown": {
            END: END,
            **{
                str(one.name): _shown(one)
                for one in sorted(lark.terminals, key=lambda each: each.name)
            },
        },
    }


def _order(parse_table: IntParseTable) -> dict[int, int]:
    """Return the states numbered as they are reached: Lark's own numbers differ from run to run."""
    order: dict[int, int] = {}
    waiting = [state for _, state in sorted(parse_table.start_states.items())]
    while waiting:
        state = waiting.pop(0)
        if state not in order:
            order[state] = len(order)
            row = sorted(parse_table.states[state].items())
            waiting += [target for _, (kind, target) in row if kind is Shift]
    return order


def _rule(rule: LarkRule) -> Rule:
    """Return how a rule shapes its branch, as Lark's own tree builder would."""
    options = rule.options
    groups = "".join(str(int(one)) for one in options.empty_indices).split("0")
    absent = (
        [len(one) for one in groups] if options.empty_indices else [0] * (len(rule.expansion) + 1)
    )
    include: list[tuple[int, bool, int]] = []
    before = 0
    for place, symbol in enumerate(rule.expansion):
        before += absent[place]
        if symbol.is_term and getattr(symbol, "filter_out", False) and not options.keep_all_tokens:
            continue
        include.append((place, not symbol.is_term and symbol.name.startswith("_"), before))
        before = 0
    name = str(rule.alias or options.template_source or rule.origin.name)
    single = bool(options.expand1 and not rule.alias)
    return (
        str(rule.origin.name),
        len(rule.expansion),
        name,
        single,
        tuple(include),
        before + absent[-1],
    )


def _alike(terminals: Iterable[TerminalDef]) -> dict[str, str]:
    """Return terminals of free text that match alike, each with the one that stands for both in a scanner."""
    by_pattern: dict[str, str] = {}
    alike = {}
    for one in sorted(terminals, key=lambda each: each.name, reverse=True):
        if one.name in GREEDY:
            chosen = by_pattern.setdefault(one.pattern.to_regexp(), one.name)
            if chosen != one.name:
                alike[one.name] = chosen
    return alike


def _kept(rule: LarkRule) -> list[str]:
    """Return the terminals that become children of a rule's branch."""
    keep_all = rule.options.keep_all_tokens
    return [
        one.name
        for one in rule.expansion
        if one.is_term and (keep_all or not getattr(one, "filter_out", False))
    ]


def _expression(terminals: list[TerminalDef]) -> str:
    """Return one expression of terminals, a named group each, first match first; white space before them is skipped.

    Terminals of one fixed text share a group, since a failing named group costs more than a failing letter. They come
    last, as the shortest do with Lark; signs that no other terminal can begin with come first, being many.
    """
    spaces = [one.pattern.to_regexp() for one in terminals if one.name == SPACE]
    fixed = [one for one in terminals if _fixed(one) is not None]
    others = [one for one in terminals if one not in fixed and one.name != SPACE]
    first = [one for one in fixed if not any(_may_begin(each, one) for each in others)]
    last = [one for one in fixed if one not in first]
    groups = [
        *([f"(?P<{FIXED[0]}>{_choice(first)})"] if first else []),
        *(f"(?P<{one.name}>{one.pattern.to_regexp()})" for one in others),
        *([f"(?P<{FIXED[1]}>{_choice(last)})"] if last else []),
    ]
    if not groups:
        return "(?!)"  # nothing fits
    return f"{''.join(f'(?:{one})?+' for one in spaces)}(?:{'|'.join(groups)})"


def _choice(terminals: list[TerminalDef]) -> str:
    """Return an expression of fixed texts, the longest first."""
    return "|".join(
        one.pattern.to_regexp()
        for one in sorted(terminals, key=lambda one: (-len(_fixed(one) or ""), one.name))
    )


def _may_begin(terminal: TerminalDef, with_: TerminalDef) -> bool:
    """Tell whether a terminal can match where a fixed text stands, whatever two characters follow."""
    begin, expression = _fixed(with_) or "", re.compile(terminal.pattern.to_regexp())
    behind = ["", *SAMPLES, *(one + two for one in SAMPLES for two in SAMPLES)]
    return any(expression.match(begin + one) for one in behind)


def _fixed(terminal: TerminalDef) -> str | None:
    """Return the one text that a terminal stands for, if it is a sign or a keyword."""
    pattern = terminal.pattern
    if pattern.type == "str":
        return str(pattern.value)
    keyword = re.fullmatch(r"([a-z]+)\\b", pattern.value)
    return keyword[1] if keyword else None


def _shown(terminal: TerminalDef) -> str:
    """Return a literal terminal or keyword as it is typed, in backquotes; another one by its name."""
    fixed = _fixed(terminal)
    return str(terminal.name) if fixed is None else f"`{fixed}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
