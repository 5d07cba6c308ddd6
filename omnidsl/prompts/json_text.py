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
    parameters = _parameters(first)
    text, inside = _job(first, parameters)
    several = ""
    if read.permutations > 1:
        shown = [f'{{"text": {text}, {inside}}}']
        for job in read.jobs[1:]:
            own = parameters if _alike(job, first) else _parameters(job)
            its_text, rest = _job(job, own)
            shown.append(f'{{"text": {its_text}, {rest}}}')
        several = f'"jobs": [{", ".join(shown)}], '
    return (
        f'{{"prompt": {_quoted(read.prompt)}, "valid": {"true" if read.valid else "false"}, "text": {text}, '
        f'"images": {_texts(first.images)}, {inside}, "vocabulary": {_vocabulary(first)}, '
        f'"permutations": {read.permutations if read.permutations < MOST else "null"}, {several}'
        f'"canonical": {_quoted(first.canonical)}, "diagnostics": {_findings(read)}}}'
    )


def _alike(job: Job, other: Job) -> bool:
    """Say whether two jobs have the very same values, as those of a prompt with groups in its text alone have."""
    if len(job.settings) != len(other.settings):
        return False
    for one, same in zip(job.settings, other.settings, strict=True):
        if one.value is not same.value or one.parameter is not same.parameter:
            return False
    return True


def _job(job: Job, parameters: str) -> tuple[str, str]:
    """Return the text of a job, quoted, and the members that stand behind it."""
    text = _quoted(job.text)
    segments = ", ".join([_segment(one, job.text, text) for one in job.segments])
    return text, f'"segments": [{segments}], "parameters": {parameters}'


def _segment(one: Segment, whole: str, quoted: str) -> str:
    """Return a segment; `quoted` is the `whole` text of the job, which most often is the only one."""
    text = quoted if one.text is whole else _quoted(one.text)
    return f'{{"text": {text}, "weight": {_number(one.weight)}}}'


def _parameters(job: Job) -> str:
    if not job.settings:
        return "{}"
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
