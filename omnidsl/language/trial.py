"""How far a parse would get: the engine's loop on states alone, to try a repair before it is taken."""

from collections.abc import Sequence

from omnidsl.language.lalr import Machine
from omnidsl.language.lalr_tables import END, Raw, Tables
from omnidsl.language.pattern import pattern

_DEFINITION = pattern(
    r"""(?:prompt|chat|pipeline)[ \t]+\w+[ \t]*(?:[({:=]|->)|let[ \t]+\w+[ \t]*[:=]|(?:use|test)[ \t]+\""""
)
_PROMPT_LINE = ("TEXT", "CATEGORY")


def is_definition(text: str, at: int) -> bool:
    """Tell whether a definition seems to begin at the left margin, whatever the parser takes it for."""
    return (at == 0 or text[at - 1] == "\n") and _DEFINITION.match(text, at) is not None


class Patch:
    """A change of what the parser reads: `tokens` are taken at `at`, behind a token, and reading goes on at `resume`.

    `broken` is the symbol that stands for everything from `at` to `resume`, where nothing of it can be used. A patch
    that `ends` or reopens a block is none of the statement that begins there.
    """

    __slots__ = ("at", "broken", "ends", "resume", "tokens")

    def __init__(
        self, at: int, tokens: Sequence[Raw], resume: int, broken: str = "", *, ends: bool = False
    ) -> None:
        self.at = at
        self.tokens = tuple(tokens)
        self.resume = resume
        self.broken = broken
        self.ends = ends

    def __repr__(self) -> str:
        return (
            f"Patch({self.at}, {[one[0] for one in self.tokens]}, {self.resume}, {self.broken!r})"
        )


class Trial:
    """States, and a place in the text; the machine that they are taken from is not touched."""

    __slots__ = ("at", "depth", "end", "states", "tables", "text")

    def __init__(self, machine: Machine, states: Sequence[int], at: int, depth: int = 0) -> None:
        self.tables: Tables = machine.assembly.tables
        self.text = machine.text
        self.end = machine.end
        self.states = list(states)
        self.at = at
        self.depth = depth

    @classmethod
    def here(cls, machine: Machine) -> "Trial":
        """Begin where the machine stands."""
        return cls(machine, machine.states, machine.at, machine.depth)

    @classmethod
    def statement(cls, machine: Machine) -> "Trial":
        """Begin at the last place where a statement could begin."""
        return cls(machine, *machine.mark)

    @classmethod
    def text_(cls, machine: Machine) -> "Trial":
        """Begin at the beginning of the text."""
        return cls(machine, machine.states[:1], 0)

    def run(
        self,
        goal: int,
        patches: Sequence[Patch] = (),
        *,
        until: int | None = None,
        seen: list[Raw] | None = None,
    ) -> int:
        """Go on until a token at or behind `goal` was taken; return where it begins, or where one did not fit.

        At the end of the text that is one more than its length. `until` is where to stop before reading on; `seen` is
        filled with the tokens taken.
        """
        tables = self.tables
        coming = list(reversed(patches))
        while True:
            while coming and self.at >= coming[-1].at:
                patch = coming.pop()
                for token in patch.tokens:
                    if not self._take(token):
                        return token[1]
                if patch.broken in tables.states[self.states[-1]]:
                    self.states.append(tables.states[self.states[-1]][patch.broken])
                self.at = patch.resume
            if until is not None and self.at >= until:
                return self.at
            token = tables.token(self.states[-1], self.text, self.at, self.end)
            kind, begin, stop = token
            if kind in tables.ignored or (kind == tables.newline and self.depth):
                self.at = stop
                continue
            if not self._take(token):
                return begin
            if kind in _PROMPT_LINE and is_definition(self.text, begin):
                return begin  # a prompt would take anything
            if kind == END:
                return self.end + 1
            if seen is not None:
                seen.append(token)
            self.at = stop
            if begin >= goal:
                return begin

    def _take(self, token: Raw) -> bool:
        kind = token[0]
        if not self.tables.after(self.states, kind):
            return False
        self.depth += (kind in self.tables.opening) - (kind in self.tables.closing)
        return True
