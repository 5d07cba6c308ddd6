"""The parts of a prompt: `p.text`, `p.images`, `p.vocabulary.style`, `p.parameters.aspect`.

Their names and meaning are those of `omni prompt parse --json`. A list without items is empty and a flag that is not set
is false; any other part that a prompt lacks is a finding where it is asked for.
"""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.checking.types import BOOL, INT, NUMBER, RATIO, TEXT, Type, list_of
from omnidsl.checking.values import Instance, Parts, ProjectFile, Ratio, Value
from omnidsl.language.suggestions import nearest
from omnidsl.prompts import Parameter, Rules

if TYPE_CHECKING:
    from omnidsl.checking.evaluation import Evaluator
    from omnidsl.prompts import Job

VOCABULARY = Type("vocabulary")
PARAMETERS = Type("parameters")
PARTS = {
    "text": TEXT,
    "images": list_of(TEXT),
    "vocabulary": VOCABULARY,
    "parameters": PARAMETERS,
}
WITH_PARTS = frozenset({"prompt", "vocabulary", "parameters"})


def part_type(of: Type, name: str, rules: Rules) -> Type | None:
    """Return the type of a part of a prompt, or of its vocabulary or parameters; None where it has none so called."""
    if of.name == "prompt":
        return PARTS.get(name)
    if of.name == "vocabulary":
        return list_of(TEXT) if rules.vocabulary.category(name) is not None else None
    row = _rows(rules).get(name)
    return _value_type(row) if row is not None else None


def near_parts(of: Type, name: str, rules: Rules) -> list[str]:
    """Return the parts that somebody may have meant."""
    vocabulary, row = rules.vocabulary, rules.parameters.find(name)
    if of.name == "vocabulary":
        return vocabulary.nearest_category(name)
    if of.name == "parameters":
        return [row.key] if row is not None else nearest(name, _rows(rules))
    category = vocabulary.category(name)
    inside = [f"vocabulary.{category.name}"] if category is not None else []
    inside += [f"parameters.{row.key}"] if row is not None else []
    return inside or nearest(name, [*PARTS, *(f"parameters.{one}" for one in _rows(rules))])


def _rows(rules: Rules) -> dict[str, Parameter]:
    return {row.key: row for row in rules.parameters.rows}


def _value_type(row: Parameter) -> Type:
    if row.value or row.single:
        return TEXT
    if row.is_list:
        return list_of(TEXT)
    return {"flag": BOOL, "int": INT, "number": NUMBER, "ratio": RATIO}.get(row.type, TEXT)


class Reading:
    """A prompt as it would be sent: its jobs in order, `--repeat` unrolled, and its reference pictures."""

    __slots__ = ("jobs", "pictures")

    def __init__(self, jobs: "list[Job]", pictures: list[str]) -> None:
        self.jobs = jobs
        self.pictures = pictures


def read_prompt(
    prompt: Instance, evaluator: "Evaluator", *, partly: bool = False
) -> Reading | None:
    """Read a prompt with its arguments; None where something is wrong, which is reported, or a value is missing.

    With `partly` a missing value is no reason: how many jobs there are does not depend on it.
    """
    from omnidsl.checking.verdicts import judge_prompt

    judged = judge_prompt(prompt, evaluator)
    rendered, parsed, findings = judged.rendered, judged.parsed, judged.findings
    for one in findings:
        evaluator.report.take(one)
    files = [one.file for one in rendered.pictures]
    known = [one.path for one in files if isinstance(one, ProjectFile)]
    waits = bool(rendered.later) or len(known) < len(files)
    if (waits and not partly) or any(one.severity == "error" for one in findings):
        return None
    jobs = [job for job in parsed.jobs for _ in range(job.repeat)]
    if prompt.job is not None:
        jobs = jobs[prompt.job - 1 : prompt.job]
    return Reading(jobs, known)


def part_value(of: Parts, name: str, rules: Rules) -> Value | None:
    """Return a part of one job; None where the job lacks it."""
    job = of.job
    if of.kind == "vocabulary":
        category = rules.vocabulary.category(name)
        return list(job.vocabulary.get(category.name, ())) if category is not None else None
    if of.kind == "parameters":
        return _parameter(job, name, rules)
    match name:
        case "text":
            return job.text
        case "images":
            return [*job.images, *of.pictures]
    return Parts(name, job, of.pictures)


def _parameter(job: "Job", name: str, rules: Rules) -> Value | None:
    row, value = _rows(rules)[name], job.parameters.get(name)
    if value is None:
        empty: dict[str, Value] = {"list": [], "bool": False}
        return empty.get(_value_type(row).name)
    if isinstance(value, tuple):
        items = [str(one) for one in value]
        return items[0] if row.single and items else [*items]
    if row.type == "ratio" and isinstance(value, str):
        width, _, height = value.partition(":")
        return Ratio(int(width), int(height))
    if value is True and not row.value and row.type != "flag":
        return 0 if row.type == "int" else ""  # `--niji`: the service's own
    return value
