"""From the language's values to the values that stand in a plan."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from omnidsl.checking.rendering import Rendered, Renderer
from omnidsl.checking.values import (
    Computed,
    Duration,
    Instance,
    Joined,
    Later,
    Parts,
    ProjectFile,
    Ratio,
    Record,
    Value,
    text_of,
)
from omnidsl.language import syntax
from omnidsl.language.line_names import role_name
from omnidsl.planning import values as plan

Said = str | plan.Pending | plan.FileInput
"""One part of a turn."""


MOST_VALUES = 200_000
DEEPEST = 100
"""What is computed with results stands in the plan as it will be computed: names that use a name twice, and again, would
grow without end."""


class PlanSizeError(Exception):
    """Raised when what is computed with results grows too large, or too deep, for a plan."""


class Inputs:
    """Converts values; files are hashed once. `root` is the folder that file paths are written relative to."""

    def __init__(self, root: Path, renderer: Renderer) -> None:
        self._root = root
        self._renderer = renderer
        self._files: dict[str, plan.FileInput] = {}
        self._count = 0
        self._depth = 0

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Go one level into a value; PlanSizeError where that is too deep, or there were too many."""
        self._count += self._depth > 0
        self._depth += 1
        try:
            if self._count > MOST_VALUES or self._depth > DEEPEST:
                raise PlanSizeError
            yield
        finally:
            self._depth -= 1

    def value(self, value: Value) -> plan.Value:
        """Return a value as it stands in a plan; PlanSizeError where it grows too large."""
        if isinstance(value, list):
            with self.inside():
                return tuple(self.value(one) for one in value)
        if isinstance(value, Later):
            return self.pending(value)
        if isinstance(value, Joined):
            return plan.TextInput(
                tuple(one if isinstance(one, str) else self.pending(one) for one in value.parts)
            )
        if isinstance(value, Ratio):
            return str(value)
        if isinstance(value, Duration):
            return value.seconds
        if isinstance(value, ProjectFile):
            return self.file(value)
        if isinstance(value, Instance):
            return self.messages(value)
        if isinstance(value, Parts | Record):
            raise TypeError(value)  # no operation takes one
        return value

    def pending(self, value: Later) -> plan.Pending:
        """Return what refers to a step's result, or computes with it."""
        if isinstance(value, Computed):
            with self.inside():
                arguments = tuple(self._operand(one) for one in value.arguments)
                return plan.Computed(value.operation, arguments)
        return plan.Ref(value.node, value.part)

    def _operand(self, value: Value) -> plan.Value:
        """Return what is computed with: ratios and durations stay what they are."""
        if isinstance(value, list):
            with self.inside():
                return tuple(self._operand(one) for one in value)
        return value if isinstance(value, Ratio | Duration) else self.value(value)

    def picture(self, value: ProjectFile | Later) -> plan.FileInput | plan.Pending:
        """Return a reference picture."""
        return self.file(value) if isinstance(value, ProjectFile) else self.pending(value)

    def file(self, file: ProjectFile) -> plan.FileInput:
        """Return a file with what it holds now."""
        if file.path not in self._files:
            import hashlib  # OpenSSL: two milliseconds that only recipes with files pay

            path = Path(file.path)
            data = path.read_bytes()
            shown = path.relative_to(self._root) if path.is_relative_to(self._root) else path
            self._files[file.path] = plan.FileInput(
                shown.as_posix(), hashlib.sha256(data).hexdigest(), len(data)
            )
        return self._files[file.path]

    def messages(self, chat: Instance) -> plan.MessagesInput:
        """Return a conversation with its arguments filled in."""
        node, module = chat.symbol.node, chat.symbol.module
        if not isinstance(node, syntax.Chat) or module is None:
            raise TypeError(chat.symbol)
        names = self._renderer.environment(chat.symbol, chat.arguments)
        turns = []
        for turn in node.turns:
            parts: list[Said] = []
            for part in turn.text.parts:
                piece = (
                    part.text
                    if isinstance(part, syntax.Piece)
                    else self._renderer.value(part, module, names)
                )
                inner = piece.parts if isinstance(piece, Joined) else [piece]
                parts += [self._said(one) for one in inner]
            turns.append(plan.TurnInput(role_name(turn.role.text) or "", _merged(parts)))
        return plan.MessagesInput(tuple(turns))

    def _said(self, value: Value) -> Said:
        made = self.value(value)
        if isinstance(made, plan.Pending | plan.FileInput):
            return made
        return text_of(value)

    def job(self, text: str, rendered: Rendered) -> plan.PromptInput:
        """Return one job of a rendered prompt; marks become references to results."""
        marks = "".join(rendered.later)
        parts: list[str | plan.Pending] = [text]
        if marks:
            pieces = re.split(f"([{marks}])", text)
            later = rendered.later
            parts = [self.pending(later[one]) if one in later else one for one in pieces]
        pictures = tuple(self.picture(one.file) for one in rendered.pictures)
        return plan.PromptInput(tuple(one for one in parts if one != ""), pictures)


def _merged(parts: list[Said]) -> tuple[Said, ...]:
    """Join neighbouring texts."""
    merged: list[Said] = []
    for one in parts:
        if isinstance(one, str) and merged and isinstance(merged[-1], str):
            merged[-1] += one
        elif one != "":
            merged.append(one)
    return tuple(merged)
