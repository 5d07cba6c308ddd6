"""Whole recipes by chance: every item, statement and expression, with comments and blank lines wherever they may stand.

`recipe(random)` writes one, the same for the same seed; `recipes()` is that as a Hypothesis strategy, which shrinks. They
follow the grammar and mean nothing: names need not be bound. A piece is a list of words and gaps; what a gap becomes
(blanks, tabs, lines, comments) is drawn last, so that every legal place gets its comments.
"""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import partial
from random import Random
from typing import TypeVar

from hypothesis import strategies as st


class Gap(Enum):
    """What may stand between two words."""

    MAY = auto()
    """Blanks or nothing."""
    MUST = auto()
    """Blanks."""
    LINE = auto()
    """The end of the line, comments, empty lines."""
    MAY_LINE = auto()
    """Any of the three: around `->`, before `else`, inside braces."""
    MUST_LINE = auto()
    """Blanks or the end of the line: between words inside brackets."""


Piece = list[str | Gap]
Some = TypeVar("Some")
MAY, MUST, LINE, MAY_LINE, MUST_LINE = Gap

NAMES = ("cat", "look", "mood", "a", "猫", "x1", "_y", "banner", "grid2")
MEMBERS = (*NAMES, "use", "in", "text", "parameters")
CATEGORIES = ("style", "view", "light", "风格", "text", "image", "drop")
TERMS = ("Cyberpunk", "冷光", "Wide view", "${look}", "VCU", "{红,绿} 围巾", "a::2")
WORDS = (
    *("a", "calico", "cat", "可爱的猫，", "#ff8800", "#1", "{red, green}", "${who}", "${a.b[1]}", "moon::2", "re-do", "--", "-"),
    *("\\{", '"quoted"', "it's", "//", "https://example.test/a.png", "，", "、", "(1:1)", "a}b", "->", "=", "，--x"),
)  # fmt: skip  # words read best side by side
PARAMETERS = (
    "--ar 4:3",
    "--v 6.1",
    "--tile",
    "--no text, 水印",
    "--q .5",
    "--sref ${look}",
    "--unknown a b",
)
LITERALS = ("1", "0.5", ".5", "16:9", "30s", "1.5h", "true", "false", '"a cat"', '"a \\"b\\" # c"', '"${a} 冷光"', '"""long"""', '"""two\n  lines # no comment\n"""')  # fmt: skip  # as above
COMMENTS = ("# c", "#", "# 可爱的猫", "#\tx", "# omni: ignore[OM301]", "# a -> b { (", '# "')
TYPES = ("text", "int(1..4)", "list[text]", "prompt", "openai.voice", "list[int(1..4)]")


class Writer:
    """Writes pieces of recipes with one source of chance."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def recipe(self) -> str:
        """Write a whole file, in one of the two line endings or in both."""
        items = [self._item() for _ in range(self._chance.randrange(5))]
        text = self._space(MAY_LINE if not items else self._pick((MAY, LINE)))
        text += self._rendered(_joined(items, [LINE])) + self._end()
        match self._chance.randrange(6):
            case 0:
                return text.replace("\n", "\r\n")
            case 1:
                return text.replace("\n", "\r\n", 2)
        return text

    # Items

    def _item(self) -> Piece:
        return self._one_of(
            self._use, self._let, self._prompt, self._raw_prompt, self._chat, self._pipeline, self._test
        )  # fmt: skip  # one line says it

    def _use(self) -> Piece:
        return ["use", MUST, '"brand.omni"', *self._perhaps([MUST, "as", MUST, self._name()])]

    def _let(self) -> Piece:
        kind = self._perhaps([self._colon(), MAY, *self._type()])
        return ["let", MUST, self._name(), *kind, MAY, "=", MAY, *self._expression()]

    def _prompt(self) -> Piece:
        parent = self._perhaps([self._colon(), MAY, "brand.cat", *self._perhaps(self._arguments())])
        return [
            "prompt",
            MUST,
            self._name(),
            *self._parameters(),
            *parent,
            MAY,
            *self._prompt_body(),
        ]

    def _prompt_body(self) -> Piece:
        lines = [self._prompt_line() for _ in range(self._chance.randrange(6))]
        return self._braced(lines)

    def _prompt_line(self) -> Piece:
        parameters: list[Piece] = [[one] for one in self._some(PARAMETERS)]
        text: Piece = [" ".join(["a", *self._some(WORDS)])]
        match self._chance.randrange(3):
            case 0:
                category = self._category()
                comma = self._pick((", ", ",", "，", "、", " , ", ",,"))
                text = [comma.join([self._pick(TERMS), *self._some(TERMS)])]
                return [category, *self._perhaps([MAY, *text]), *_after(parameters, MUST)]
            case 1 if parameters:
                return _joined(parameters, [MUST])
        return [*text, *_after(parameters, MUST)]

    def _raw_prompt(self) -> Piece:
        pasted = self._pick(('"a cat --ar 4:3"', '"""\n  a {b, c}\n  # text\n"""'))
        return ["prompt", MUST, self._name(), *self._parameters(), MAY, "=", MAY, pasted]

    def _chat(self) -> Piece:
        said = (
            "You are # an art director.",
            "${picture} 哪张最好？",
            '"""\n  a\n  b"""',
            "a { b } --c",
        )
        turns: list[Piece] = [
            [self._pick(("system", "user")) + self._colon(), MAY, self._pick(said)]
            for _ in range(self._chance.randrange(4))
        ]  # fmt: skip  # one line a turn
        inner = [*_joined(turns, [LINE]), LINE] if turns else []
        return ["chat", MUST, self._name(), *self._parameters(), MAY, "{", LINE, *inner, "}"]

    def _pipeline(self) -> Piece:
        result = self._perhaps([MAY_LINE, "->", MAY_LINE, *self._type()])
        return ["pipeline", MUST, self._name(), *self._parameters(), *result, MAY, *self._block(2)]

    def _test(self) -> Piece:
        return ["test", MUST, '"it is # so"', MAY, *self._block(1)]

    def _parameters(self) -> Piece:
        declared: list[Piece] = [
            [self._name(), self._colon(), MAY, *self._type(), *self._default()]
            for _ in range(self._chance.randrange(4))
        ]
        return self._perhaps([MAY, *self._bracketed("(", declared, ")")])

    def _default(self) -> Piece:
        return self._perhaps([MAY, "=", MAY, *self._expression()])

    def _type(self) -> Piece:
        return [self._pick(TYPES)]

    # Statements

    def _block(self, depth: int) -> Piece:
        return self._braced([self._statement(depth) for _ in range(self._chance.randrange(4))])

    def _braced(self, lines: Sequence[Piece]) -> Piece:
        """Write lines between braces; the first and the last may stand on the line of a brace."""
        return ["{", MAY_LINE, *_joined(lines, [LINE]), *([MAY_LINE] if lines else []), "}"]

    def _statement(self, depth: int) -> Piece:
        simple = (self._bind, self._save, self._expect, self._return)
        nested = (lambda: self._for(depth), lambda: self._if(depth)) if depth else ()
        return self._one_of(*simple, *nested)

    def _bind(self) -> Piece:
        kind = self._perhaps([self._colon(), MAY, *self._type()])
        return [self._name(), *kind, MAY, "=", MAY, *self._value(), *self._options()]

    def _save(self) -> Piece:
        return [
            "save",
            MUST,
            *self._value(),
            MUST,
            "as",
            MUST,
            *self._expression(),
            *self._options(),
        ]

    def _expect(self) -> Piece:
        message = self._perhaps([MAY, ",", MAY, '"so it is"'])
        return ["expect", MUST, *self._expression(), *message]

    def _return(self) -> Piece:
        return ["return", MUST, *self._value()]

    def _for(self, depth: int) -> Piece:
        clauses: list[Piece] = [
            [self._name(), MUST, "in", MUST, *self._expression(), *self._perhaps([MUST, "max", MUST, "10"])]
            for _ in range(1 + self._chance.randrange(2))
        ]  # fmt: skip  # one line a clause
        return ["for", MUST, *_joined(clauses, [MAY, ",", MAY]), MAY, *self._block(depth - 1)]

    def _if(self, depth: int) -> Piece:
        start: Piece = ["if", MUST, *self._expression(), MAY, *self._block(depth - 1)]
        match self._chance.randrange(4):
            case 0:
                return [*start, MAY_LINE, "else", MUST, *self._if(depth)]
            case 1:
                return [*start, MAY_LINE, "else", MAY, *self._block(depth - 1)]
        return start

    def _options(self) -> Piece:
        options: list[Piece] = [
            [one] for one in self._some(("timeout: 2m", "retries:2", 'on_ambiguous: "fail"'))
        ]
        return [MUST, "with", MUST, *_joined(options, [MAY, ",", MAY])] if options else []

    # Values

    def _value(self, depth: int = 2) -> Piece:
        if self._chance.random() < 0.4:
            return self._expression(depth)
        value = self._postfix(depth)
        for _ in range(self._chance.randrange(3)):
            path: Piece = ["midjourney", MAY, ".", MAY, self._pick(MEMBERS)]
            target = self._one_of(partial(list, path), lambda: [self._name()])
            value = [*value, MAY_LINE, "->", MAY_LINE, *target, *self._perhaps(self._arguments())]
        return value

    def _expression(self, depth: int = 2) -> Piece:
        if not depth or self._chance.random() < 0.4:
            return self._postfix(depth)
        match self._chance.randrange(4):
            case 0:
                return [self._pick("+-"), MAY, *self._postfix(depth)]
            case 1:
                return ["not", MUST, *self._postfix(depth)]
            case 2:
                return [*self._postfix(depth), MUST, self._pick(_WORD_OPERATORS), MUST, *self._postfix(depth)]  # fmt: skip
        return [*self._postfix(depth), MAY, self._pick(_SIGN_OPERATORS), MAY, *self._postfix(depth)]

    def _postfix(self, depth: int = 2) -> Piece:
        atom = self._one_of(
            lambda: [self._name()], lambda: [self._pick(LITERALS)], lambda: self._nested(depth)
        )
        for _ in range(self._chance.choice((0, 0, 1, 2))):
            match self._chance.randrange(3):
                case 0:
                    atom = [*atom, MAY, ".", MAY, self._pick(MEMBERS)]
                case 1 if depth:
                    atom = [*atom, *self._arguments(depth - 1)]
                case 2 if depth:
                    atom = [
                        *atom,
                        MAY,
                        *_inside(["[", MAY, *self._expression(depth - 1), MAY, "]"]),
                    ]
        return atom

    def _nested(self, depth: int) -> Piece:
        if not depth:
            return [self._name()]
        if self._chance.random() < 0.5:
            return _inside(["(", MAY, *self._value(depth - 1), MAY, ")"])
        items = [self._expression(depth - 1) for _ in range(self._chance.randrange(4))]
        return self._bracketed("[", items, "]")

    def _arguments(self, depth: int = 1) -> Piece:
        given: list[Piece] = []
        for _ in range(self._chance.randrange(4)):
            name: Piece = self._perhaps([self._pick(MEMBERS), self._colon(), MAY])
            given.append([*name, *self._expression(depth)])
        return [MAY, *self._bracketed("(", given, ")")]

    def _bracketed(self, opening: str, items: Sequence[Piece], closing: str) -> Piece:
        comma = self._perhaps([MAY, ","]) if items else []
        return _inside([opening, MAY, *_joined(items, [MAY, ",", MAY]), *comma, MAY, closing])

    # Words and gaps

    def _name(self) -> str:
        return self._pick(NAMES)

    def _colon(self) -> str:
        """Write a colon; it stands on the line of its name, in brackets too."""
        return self._pick((":", ":", "：", " :"))

    def _category(self) -> str:
        return self._pick(CATEGORIES) + self._colon()

    def _pick(self, words: Sequence[Some]) -> Some:
        return words[self._chance.randrange(len(words))]

    def _some(self, words: Sequence[Some]) -> list[Some]:
        return [self._pick(words) for _ in range(self._chance.choice((0, 0, 1, 2, 5)))]

    def _perhaps(self, piece: Piece) -> Piece:
        return piece if self._chance.random() < 0.5 else []

    def _one_of(self, *makers: Callable[[], Piece]) -> Piece:
        return self._pick(makers)()

    def _rendered(self, piece: Piece) -> str:
        return "".join(self._space(one) if isinstance(one, Gap) else one for one in piece)

    def _space(self, gap: "Gap | str") -> str:
        if gap is MUST_LINE or gap is MAY_LINE:
            least = MUST if gap is MUST_LINE else MAY
            gap = LINE if self._chance.random() < 0.2 else least
        if gap is LINE:
            lines = [self._comment(" ") for _ in range(self._chance.choice((1, 1, 1, 2, 3)))]
            return "\n".join([*lines, ""]) + self._pick(("", "    ", "\t", "  "))
        if gap is MUST:
            return self._pick((" ", " ", " ", "  ", "\t"))
        return self._pick(("", " ", " ", "   "))

    def _comment(self, blank: str) -> str:
        return (
            self._pick(("", "  ")) if self._chance.random() < 0.7 else blank + self._pick(COMMENTS)
        )

    def _end(self) -> str:
        """Write how a file ends: without a newline too, and in a comment."""
        return self._pick(("", "\n", "\n\n\n", "  ", "  # last", "\n# last\n"))


_SIGN_OPERATORS = ("+", "-", "*", "/", "%", "==", "!=", "<=", ">=", "<", ">", "..")
_WORD_OPERATORS = ("and", "or", "in", "contains")


def _inside(piece: Piece) -> Piece:
    """Return a piece as it may stand inside brackets: newlines are blanks there."""
    return [{MAY: MAY_LINE, MUST: MUST_LINE}.get(one, one) if isinstance(one, Gap) else one for one in piece]  # fmt: skip


def _joined(pieces: Sequence[Piece], between: Piece) -> Piece:
    joined: Piece = []
    for at, piece in enumerate(pieces):
        joined += [*between, *piece] if at else piece
    return joined


def _after(pieces: Sequence[Piece], gap: Gap) -> Piece:
    return [part for piece in pieces for part in (gap, *piece)]


def recipe(chance: Random) -> str:
    """Write a recipe that follows the grammar, by chance."""
    return Writer(chance).recipe()


def recipes() -> st.SearchStrategy[str]:
    """Return recipes that follow the grammar."""
    return st.randoms(use_true_random=False).map(recipe)
