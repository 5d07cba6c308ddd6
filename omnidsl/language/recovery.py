"""Going on behind a syntax error, so that one run tells every true one: one report a statement, and no cascades.

A fault is mended by the first small change that lets the parse go on behind its line (`repairs`); a header that cannot
be mended is replaced by a plain one, so that its block is read; any other statement is skipped. The file is read again
from its beginning only where a brace was forgotten or is one too many, which shows long after.
"""

from omnidsl.language.blocks import Braces, at_margin, header, indent_at, line_start, skip_to
from omnidsl.language.builder import TreeBuilder
from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.faults import Repair, explain, unclosed
from omnidsl.language.lalr import Assembly, Machine, unexpected
from omnidsl.language.lalr_tables import END, LINES, Raw
from omnidsl.language.repairs import ITEMS, SURE, Stop, candidates
from omnidsl.language.source import Source
from omnidsl.language.trial import Patch, Trial

MOST_FAULTS = 200
"""Faults of one file that are told; what is behind them is not read."""

_TRIED = 250
"""Repairs tried for one fault."""

_READ = 60_000
"""Characters read while repairs of one fault are tried: a usual statement has a hundred."""

OPENING = ("PROMPT", "_CHAT", "_PIPELINE", "_TEST", "_FOR", "_IF")
"""What begins a block: which one was meant shows in the block, and so these are tried to the end."""

_FURTHER = 4
"""Lines behind a fault by which repairs that all fit are compared."""


class Recovery:
    """One source, read to its end."""

    def __init__(self, assembly: Assembly, source: Source, builder: TreeBuilder) -> None:
        self._assembly = assembly
        self._source = source
        self._builder = builder
        self._patches: list[tuple[Patch, Diagnostic | None]] = []
        self._faults = 0
        self._skipped = -1
        self._closed: set[int] = set()
        self._given_up: set[tuple[int, int]] = set()

    @property
    def findings(self) -> list[Diagnostic]:
        """What was wrong, in the order of the text."""
        return [finding for _, finding in self._patches if finding is not None]

    @property
    def patches(self) -> list[Patch]:
        """What was read otherwise than it stands."""
        return [patch for patch, _ in self._patches]

    def run(self) -> object | None:
        """Return what the start rule makes of the mended text; None where there are too many faults."""
        machine, done = self._machine(), 0
        while True:
            fault, done = self._go(machine, done)
            self._faults += 1
            if self._faults > MOST_FAULTS:
                return None
            stray = self._swallowed(machine)
            if stray is not None:
                machine, done = self._again(*stray)
            elif fault is None:
                return machine.values[-1]
            elif fault[0] == END and (fault[1], len(self._patches)) in self._given_up:
                return None
            else:
                if fault[0] == END:
                    self._given_up.add((fault[1], len(self._patches)))
                machine, done = self._mend(machine, fault)

    def _machine(self) -> Machine:
        self._builder.swallowed.clear()
        return Machine(self._assembly, self._builder, self._source.text, "recipe")

    def _go(self, machine: Machine, done: int) -> tuple[Raw | None, int]:
        """Read on through the patches that are left; return the token that does not fit, and how many were done."""
        while done < len(self._patches):
            patch, _ = self._patches[done]
            fault = machine.run(patch.at, patch.tokens)
            if fault is not None or patch.at >= machine.end:
                return fault, done
            if patch.broken in machine.assembly.tables.states[machine.states[-1]]:
                words = self._builder.broken(patch.at, patch.resume)
                machine.push(patch.broken, words, patch.at, patch.resume)
            machine.at = patch.resume
            done += 1
        return machine.run(machine.end), done

    def _again(self, patch: Patch, finding: Diagnostic | None) -> tuple[Machine, int]:
        """Begin from the beginning, with one patch more; what was patched behind it is forgotten."""
        kept = [one for one in self._patches if _before(one[0], patch)]
        self._patches = [*kept, (patch, finding)]
        return self._machine(), 0

    def _swallowed(self, machine: Machine) -> tuple[Patch, Diagnostic | None] | None:
        """Tell of a prompt that took the next definition for its text: its own end is missing."""
        known = {patch.at for patch in self.patches}
        for at in self._builder.swallowed:
            if at not in known:
                opener = Braces(machine.braces, self._source.text).open_at(at)
                patch = Patch(at, [("RBRACE", at, at), ("_NL", at, at)], at, ends=True)
                return patch, self._unclosed(opener)
        return None

    def _mend(self, machine: Machine, fault: Raw) -> tuple[Machine, int]:
        told: Diagnostic | None = explain(unexpected(machine, fault), self._source)
        again = self._mend_braces(machine, fault)
        if again is not None:
            return self._again(*again)
        stop = Stop(machine, fault)
        start = machine.mark[1]
        second = stop.whole and self._mended(start)
        found = None if second else self._choose(stop)
        if found is not None:
            sort, patch = found
            finding = self._first(self._told(machine, fault, sort, patch))
        else:
            patch = self._skip(stop)
            while self._mended(patch.at):
                _, earlier = self._patches.pop()
                told = earlier or told
            finding = told and self._first(told)
        if patch.at < machine.at:
            machine.restore()
        self._patches.append((patch, finding))
        return machine, len(self._patches) - 1

    def _mended(self, start: int) -> bool:
        """Tell whether the statement that begins there has been mended already."""
        return (
            bool(self._patches)
            and self._patches[-1][0].at >= start
            and not self._patches[-1][0].ends
        )

    def _told(self, machine: Machine, fault: Raw, sort: str, patch: Patch) -> Diagnostic:
        tables = machine.assembly.tables
        token = patch.tokens[0] if patch.tokens else None
        named = token and (tables.shown.get(token[0], token[0]), token[1], token[2])
        repair = Repair(sort, patch.at, patch.resume, named)
        return explain(unexpected(machine, fault), self._source, repair=repair)

    def _choose(self, stop: Stop) -> tuple[str, Patch] | None:
        """Return the first repair with which the next lines can be read; else what goes furthest beyond its own."""
        goal = further = stop.line_end + 1
        for _ in range(_FURTHER):
            line = self._source.text.find("\n", further)
            further = len(self._source.text) if line < 0 else line + 1
        best, reached, read = None, goal - 1, 0
        for number, (sort, patch) in enumerate(candidates(stop)):
            if number >= _TRIED or read > _READ:
                break
            opens = bool(patch.tokens) and patch.tokens[0][0] in OPENING
            reach = self._reach(stop, patch, len(self._source.text) if opens else further)
            again = stop.whole and patch.at < stop.machine.at
            read += max(0, reach - (stop.machine.mark[1] if again else patch.at))
            if sort == "close" and reach > stop.bad[1]:
                reach = max(reach, goal)
            if sort in SURE and reach >= goal:
                return sort, patch  # there is no doubt about these
            if reach > reached:
                best, reached = (sort, patch), reach
            if reach >= further and not opens:
                break
        return best

    def _reach(self, stop: Stop, patch: Patch, goal: int) -> int:
        if patch.at < stop.machine.at:
            return Trial.statement(stop.machine).run(goal, [patch]) if stop.whole else -1
        return Trial.here(stop.machine).run(goal, [patch])

    def _mend_braces(self, machine: Machine, fault: Raw) -> tuple[Patch, Diagnostic | None] | None:
        """Return a brace to add or to leave out, where that explains a fault between blocks."""
        text, (kind, begin, _) = self._source.text, fault
        tables = machine.assembly.tables
        word = tables.likely(machine.states[-1], text, begin, machine.end) if kind != END else fault
        braces = Braces(machine.braces, text)
        goal = begin + 1
        opener = braces.unclosed()
        margin = opener is not None and at_margin(text, begin, opener)
        if opener in self._closed:
            opener = None  # it did not help
        if opener is not None and (kind == END or (margin and word[0] in ITEMS)):
            at = braces.end_of(opener, begin)
            closing = [("RBRACE", at, at), ("_NL", at, at)]
            if at >= machine.end or (kind == END and at >= begin):
                closing.pop()
            patch = Patch(at, closing, at, ends=True)
            goal = min([goal, *(one.at for one in self.patches if one.at > at)])
            if (
                self._closes(machine, patch)
                if kind == END
                else self._from_start(machine, patch, goal) >= goal
            ):
                self._closed.add(opener)
                return patch, self._unclosed(opener)
            return None
        stray = braces.stray()
        if (
            stray is not None
            and machine.mark[1] <= machine.at
            and "item" in tables.states[machine.mark[0][-1]]
        ):
            patch = Patch(line_start(text, stray), (), stray + 1, ends=True)
            if self._from_start(machine, patch, goal) >= goal:
                finding = explain(unexpected(machine, (kind, stray, stray + 1)), self._source)
                return patch, finding
        return None

    def _closes(self, machine: Machine, patch: Patch) -> bool:
        """Tell whether a brace may close a block there; at the end of a text others may be missing still."""
        trial = Trial.text_(machine)
        kept = [one for one in self.patches if _before(one, patch)]
        trial.run(machine.end, kept, until=patch.at)
        return machine.assembly.tables.accepts(trial.states, "RBRACE")

    def _unclosed(self, opener: int | None) -> Diagnostic | None:
        """Report a brace that is never closed; one that was put in by a patch has been told."""
        if opener is None or self._source.text[opener] != "{":
            return None
        return self._first(unclosed(self._source, opener))

    def _first(self, finding: Diagnostic) -> Diagnostic | None:
        """Return an unclosed brace only where nothing else was found on its line: one report a statement."""
        if finding.code != "OM004" or finding.span is None:
            return finding
        row = self._source.position(finding.span.start).row
        rows = (self._source.position(one.span.start).row for one in self.findings if one.span)
        return None if row in rows else finding

    def _from_start(self, machine: Machine, patch: Patch, goal: int) -> int:
        kept = [one for one in self.patches if _before(one, patch)]
        return Trial.text_(machine).run(goal, [*kept, patch])

    def _skip(self, stop: Stop) -> Patch:
        """Return the patch that leaves a statement out, or puts a plain header in its place."""
        machine, text = stop.machine, self._source.text
        tables, start = machine.assembly.tables, machine.mark[1]
        if not stop.whole or self._skipped == start:
            return Patch(machine.at, (), max(stop.line_end, stop.bad[2]))
        self._skipped = start
        best, furthest = None, stop.line_end
        for tokens, resume in header(text, start, stop.line_end):
            patch = Patch(start, tokens, resume)
            reached = Trial.statement(machine).run(len(text), [patch])
            if reached > furthest:
                best, furthest = patch, reached
        if best is not None:
            return best
        state = machine.mark[0][-1]
        broken = next((one for one in LINES if one in tables.states[state]), "")
        begin = stop.bad[1]
        if line_start(text, begin) == begin and indent_at(text, begin) < indent_at(text, start):
            begin = machine.last  # what stands less deep is another's, as the `}` of the block is
        return Patch(start, (), max(skip_to(text, start, begin), start), broken)


def _before(one: Patch, other: Patch) -> bool:
    """Tell whether a patch stays when another comes: one place may lack several braces."""
    return one.at < other.at or (one.at == other.at and one.ends)
