"""The JSON of a prompt that was read, written at once: what `as_json` and `json.dumps` would make of it, in a third of the time.

Long lists of prompts are shown to programs one object a line; most of the time went into dictionaries that nobody looks at.
"""

from json import JSONEncoder
from json.encoder import encode_basestring_ascii as _quoted
from math import isfinite

from omnidsl.prompts.expansion import MOST
from omnidsl.prompts.parsed import Job, ParsedPrompt, shown_finding
from omnidsl.prompts.values import Value
from omnidsl.prompts.wording import Segment

_encoded = JSONEncoder().encode


def json_text(read: ParsedPrompt) -> str:
    """Return the text of the object that `omni prompt parse --json` prints."""
    first = read.jobs[0]
    text, inside = _job(first)
    several = ""
    if read.permutations > 1:
        jobs = ((text, inside), *map(_job, read.jobs[1:]))
        shown = ", ".join([f'{{"text": {each}, {rest}}}' for each, rest in jobs])
        several = f'"jobs": [{shown}], '
    return (
        f'{{"prompt": {_quoted(read.prompt)}, "valid": {"true" if read.valid else "false"}, "text": {text}, '
        f'"images": {_texts(first.images)}, {inside}, "vocabulary": {_vocabulary(first)}, '
        f'"permutations": {read.permutations if read.permutations < MOST else "null"}, {several}'
        f'"canonical": {_quoted(first.canonical)}, "diagnostics": {_findings(read)}}}'
    )


def _job(job: Job) -> tuple[str, str]:
    """Return the text of a job, quoted, and the members that stand behind it."""
    text = _quoted(job.text)
    segments = ", ".join([_segment(one, job.text, text) for one in job.segments])
    parameters = _parameters(job) if job.settings else "{}"
    return text, f'"segments": [{segments}], "parameters": {parameters}'


def _segment(one: Segment, whole: str, quoted: str) -> str:
    """Return a segment; `quoted` is the `whole` text of the job, which most often is the only one."""
    text = quoted if one.text is whole else _quoted(one.text)
    return f'{{"text": {text}, "weight": {_number(one.weight)}}}'


def _parameters(job: Job) -> str:
    values = job.parameters
    if any(isinstance(one, tuple) for one in values.values()):
        return _encoded(job.shown_parameters())
    shown = [f"{_quoted(name)}: {_value(one)}" for name, one in values.items()]
    return f"{{{', '.join(shown)}}}"


def _value(value: Value) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool | tuple):
        return _encoded(value)
    return _number(value)


def _number(value: float) -> str:
    return repr(value) if isfinite(value) else _encoded(value)


def _texts(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _vocabulary(job: Job) -> str:
    shown = [f"{_quoted(name)}: {_texts(terms)}" for name, terms in job.vocabulary.items()]
    return f"{{{', '.join(shown)}}}"


def _findings(read: ParsedPrompt) -> str:
    if not read.diagnostics:
        return "[]"
    return _encoded([shown_finding(one) for one in read.diagnostics])
