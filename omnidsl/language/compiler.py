"""`make grammar`: Lark compiles `grammars/*.lark` into the table modules that ship.

`python -m omnidsl.language.compiler` writes them, with `--check` it only says whether they are stale. Lark is imported
here and nowhere else in the product.
"""

import hashlib
import re
import sys
from pathlib import Path

from lark import Lark
from lark.grammar import Rule as LarkRule
from lark.lexer import AbstractBasicLexer, BasicLexer, ContextualLexer, TerminalDef
from lark.parsers.lalr_analysis import IntParseTable, Shift

from omnidsl.language.brackets import CLOSING, NEWLINE, OPENING, Brackets
from omnidsl.language.grammars_path import grammar_folder
from omnidsl.language.lalr import END, Rule

GRAMMARS = {"recipe": ("recipe", "interpolation"), "prompt": ("prompt",)}
"""Every grammar and its start rules."""

WITH_LINES = ("recipe",)
"""The grammars in which a newline ends a statement."""

_WORD_END = r"\b"


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
        "from omnidsl.language.lalr import Tables",
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
    scanners: dict[str, int] = {}
    scanner_of = [0] * len(states)
    for state, number in order.items():
        scanner_of[number] = scanners.setdefault(_expression(lexer.lexers[state]), len(scanners))
    return {
        "rules": tuple(_rule(one) for one in lark.rules),
        "states": tuple(states),
        "starts": {
            str(one): order[state] for one, state in sorted(parse_table.start_states.items())
        },
        "ends": {str(one): order[state] for one, state in sorted(parse_table.end_states.items())},
        "scanners": tuple(scanners),
        "scanner_of": tuple(scanner_of),
        "whole": _expression(root),
        "ignored": tuple(sorted(map(str, root.ignore_types))),
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


def _expression(lexer: AbstractBasicLexer) -> str:
    """Return one expression of a lexer's terminals, a named group each, first match first."""
    if not isinstance(lexer, BasicLexer):
        raise TypeError(lexer)
    return "|".join(f"(?P<{one.name}>{one.pattern.to_regexp()})" for one in lexer.scanner.terminals)


def _shown(terminal: TerminalDef) -> str:
    """Return a literal terminal or keyword as it is typed, in backquotes; another one by its name."""
    pattern = terminal.pattern
    if pattern.type == "re" and not re.fullmatch(r"[a-z]+\\b", pattern.value):
        return str(terminal.name)
    return f"`{pattern.value.removesuffix(_WORD_END)}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
