"""Reads one Midjourney prompt: permutations first, then each job's images, text and parameters, then the rules."""

from omnidsl.language.source import Source
from omnidsl.prompts._engine import Piece, pieces
from omnidsl.prompts.division import Parts, divide
from omnidsl.prompts.expansion import DEFAULT_MAX_JOBS, Template
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.opening import grouped, image_address, read_opening
from omnidsl.prompts.origin import Origin
from omnidsl.prompts.parsed import Job, ParsedPrompt, emitted
from omnidsl.prompts.rules import check_images, check_job
from omnidsl.prompts.rulesets import Rules, load_rules
from omnidsl.prompts.settings import Settler
from omnidsl.prompts.templates import check_template
from omnidsl.prompts.vocabulary import Vocabulary, load_vocabulary
from omnidsl.prompts.wording import check_text, plain, quoted, segments

DEFAULT_RULES = "omniai"


def parse(
    text: str,
    *,
    rules: str | Rules = DEFAULT_RULES,
    max_jobs: int = DEFAULT_MAX_JOBS,
    source: Source | None = None,
    vocabulary: Vocabulary | None = None,
    files: int = 0,
) -> ParsedPrompt:
    """Read a prompt; never fails, whatever the text is: what is wrong stands in `diagnostics`.

    `rules` is a rule set or its name (raises `UnknownName`); `max_jobs` is the most jobs that the prompt may make;
    `source` is what diagnostics name as their text (default: one that holds `text` alone); `files` is how many images
    travel beside the prompt. Spans are character offsets into `text`.
    """
    held = load_rules(rules) if isinstance(rules, str) else rules
    terms = load_vocabulary() if vocabulary is None else vocabulary
    findings = Findings(source or Source(text, "<prompt>"))
    template = Template(text)
    check_template(template, findings)
    made: list[Job] = []
    for job_text, origin in template.jobs(max(1, max_jobs)):
        found = (
            template.pieces
            if template.count == 1 and job_text == template.text
            else pieces(job_text)
        )
        made.append(
            _job(
                job_text,
                found,
                origin,
                held,
                terms,
                findings,
                files=files,
                several=template.count > 1,
            )
        )
    _check_number(made, template, held, findings, max_jobs, len(text))
    return ParsedPrompt(text, findings.source, made, template.count, findings.sorted())


def _job(
    text: str,
    found: list[Piece],
    origin: Origin,
    rules: Rules,
    vocabulary: Vocabulary,
    findings: Findings,
    *,
    files: int,
    several: bool,
) -> Job:
    findings.origin = origin
    parts = divide(text, found, rules.parameters, mending=True)
    settler = Settler(text, rules.parameters, findings, parts.text_end)
    settings = tuple(settler.settle(one) for one in parts.occurrences)
    images = tuple(image_address(text[start:end]) for start, end in parts.images)
    terms, start, end = read_opening(text, parts, vocabulary)
    if end < parts.text_end:
        findings.add("OM416", end, parts.text_end, changes=[(end, parts.text_end, "")])
    check_text(text, parts.text_start, end, parts.weights, rules.parameters, findings)
    by_category = grouped(terms, vocabulary)
    spoken = segments(text, start, end, parts.weights, findings, after_terms=bool(terms))
    body = plain(text[start:end])
    job = Job(
        images=images,
        text=body,
        segments=tuple(spoken),
        vocabulary=by_category,
        settings=settings,
        quoted=tuple(quoted(body)),
        canonical=emitted(
            images,
            [one for many in by_category.values() for one in many],
            " ".join(text[start:end].split()),
            settings,
        ),
    )
    check_job(job, findings, files=files, several=several)
    check_images(job, rules, findings, parts.images, files)
    _check_content(job, parts, findings, files)
    if len(text) > rules.limits["length"]:
        findings.add(
            "OM417", parts.text_start, end, {"length": len(text), "most": rules.limits["length"]}
        )
    return job


def _check_content(job: Job, parts: Parts, findings: Findings, files: int) -> None:
    if job.text or job.vocabulary:
        return
    if findings.has("OM302"):
        return  # the text stands behind the parameters, and is reported there
    found = len(job.images) + files
    if found == 1:
        findings.add("OM402", *(parts.images[0] if parts.images else (0, 0)))
    elif not found:
        findings.add("OM401", 0, 0)


def _check_number(
    jobs: list[Job],
    template: Template,
    rules: Rules,
    findings: Findings,
    max_jobs: int,
    length: int,
) -> None:
    """Count the pictures that a prompt asks for: its permutations, each as often as `--repeat` says."""
    total = template.count if template.count > len(jobs) else sum(job.repeat for job in jobs)
    findings.origin = Origin([(0, 0)])
    whole = (0, length)
    if total > max_jobs:
        findings.add("OM411", *whole, {"found": total, "most": max_jobs})
    elif total > rules.limits["plan"]:
        findings.add("OM418", *whole, {"found": total, "plan": rules.limits["plan"]})
