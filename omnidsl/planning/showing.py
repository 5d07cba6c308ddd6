"""Values as a recipe would write them, short enough for a report."""

from pathlib import Path

from omnidsl.checking.evaluation import Evaluator
from omnidsl.checking.values import (
    Instance,
    Joined,
    Later,
    Parts,
    ProjectFile,
    Record,
    Value,
    text_of,
)

LONGEST = 160
"""Characters of a value."""

AROUND = 60
"""Characters of a long text around the place where it differs."""


def shown(value: Value, evaluator: Evaluator) -> str:
    """Return a value on one line; prompts as they would be sent."""
    return _cut(_whole(value, evaluator))


def _whole(value: Value, evaluator: Evaluator) -> str:
    match value:
        case str():
            return _quoted(value)
        case list():
            return f"[{', '.join(_whole(one, evaluator) for one in value)}]"
        case ProjectFile():
            return _quoted(Path(value.path).name)
        case Instance():
            return _prompt(value, evaluator)
        case Record():
            parts = (f"{name}: {_whole(one, evaluator)}" for name, one in value.parts.items())
            return f"({', '.join(parts)})"
        case Parts() | Later() | Joined():
            return "…"
    return text_of(value)


def _prompt(prompt: Instance, evaluator: Evaluator) -> str:
    if prompt.symbol.kind != "prompt":
        return prompt.symbol.name
    reading = evaluator.reading(prompt)
    jobs = [_quoted(one.canonical) for one in reading.jobs] if reading is not None else []
    if not jobs:
        return prompt.symbol.name
    return jobs[0] if len(jobs) == 1 else f"[{', '.join(jobs)}]"


def difference(left: str, right: str) -> tuple[str, str]:
    """Return two different texts, long ones around the first place where they differ."""
    if max(len(left), len(right)) <= AROUND:
        return _quoted(left), _quoted(right)
    pairs = zip(left, right, strict=False)
    at = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))
    start = max(0, at - AROUND // 3)
    return _window(left, start), _window(right, start)


def _window(text: str, start: int) -> str:
    before, behind = "…" * (start > 0), "…" * (len(text) > start + AROUND)
    return _quoted(f"{before}{text[start : start + AROUND]}{behind}")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
