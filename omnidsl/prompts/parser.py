"""Reads one Midjourney prompt: permutations first, then each job's images, text and parameters, then the rules."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.source import Source
from omnidsl.prompts._engine import pieces
from omnidsl.prompts.conflict_rules import check_conflicts
from omnidsl.prompts.division import Parts, divide
from omnidsl.prompts.expansion import DEFAULT_MAX_JOBS, Template, shown_count
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.opening import check_terms, grouped, image_address, read_opening
from omnidsl.prompts.origin import Origin
from omnidsl.prompts.parsed import Job, ParsedPrompt
from omnidsl.prompts.rules import check_images, check_job, check_length
from omnidsl.prompts.rulesets import PLANS, Rules, load_rules
from omnidsl.prompts.settings import Settler
from omnidsl.prompts.templates import check_template
from omnidsl.prompts.usual import read_usual
from omnidsl.prompts.version_rules import Model, check_version, model_of, understood
from omnidsl.prompts.vocabulary import Vocabulary
from omnidsl.prompts.wording import Segment, check_text, plain, segments

if TYPE_CHECKING:
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.prompts.banned import BannedWords

DEFAULT_RULES = "latest"

_FAULTS_OF_DASHES = ("OM325", "OM327", "OM328", "OM340")
"""Where one of these is reported, a comma in front of it is part of the same slip."""


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
    terms = held.vocabulary if vocabulary is None else vocabulary
    findings = Findings(source or Source(text, "<prompt>"), text)
    template = Template(text)

    def read(template: Template, findings: Findings) -> list[Job]:
        check_template(template, findings)
        reader = _JobReader(held, terms, findings, files=files, several=template.count > 1)
        if template.whole is None:
            return [reader.read(template.text, template.origin)]
        return [reader.read(job, origin) for job, origin in template.jobs(max(1, max_jobs))]

    def again(mended: str) -> "list[Diagnostic]":
        found = Findings(findings.source, mended)
        read(Template(mended), found)
        return found.sorted()

    made = read(template, findings)
    if findings.pins and template.whole is not None:
        from omnidsl.prompts.pinning import hold_pin  # few prompts come here

        hold_pin(text, findings, again)
    if template.whole is not None or made[0].repeat != 1 or max_jobs < 1:
        _check_number(made, template, held, findings, max_jobs)
    return ParsedPrompt(text, findings.source, made, template.count, findings.sorted())


class _JobReader:
    """Reads the jobs of one prompt, each of them against the same rules and into the same findings."""

    __slots__ = ("_files", "_findings", "_rules", "_several", "_vocabulary")

    def __init__(
        self,
        rules: Rules,
        vocabulary: Vocabulary,
        findings: Findings,
        *,
        files: int,
        several: bool,
    ) -> None:
        self._rules = rules
        self._vocabulary = vocabulary
        self._findings = findings
        self._files = files
        self._several = several

    def read(self, text: str, origin: Origin) -> Job:
        """Return one job, and report what is wrong with it."""
        findings, rules = self._findings, self._rules
        findings.origin = origin
        usual = None if rules.remarks or self._files else read_usual(text, rules.parameters)
        if usual is None:
            parts = divide(text, pieces(text), rules.parameters, mending=True)
            settler = Settler(text, rules.parameters, findings, parts.text_end)
            settings = tuple([settler.settle(one) for one in parts.occurrences])
            known = None
        else:
            parts, settings, written = usual
            known = rules.sound.get(written)
        model = None
        if known is None:
            model = model_of(settings, rules)
            if model is not None:
                settings = understood(settings, model)
        terms, start, end = read_opening(text, parts, self._vocabulary)
        if len(terms) > 1:
            check_terms(terms, self._vocabulary, findings)
        spoken = plain(text[start:end])
        weighted: tuple[Segment, ...] = (Segment(spoken),) if spoken else ()
        if parts.weights:
            weighted = segments(
                text,
                start,
                end,
                parts.weights,
                findings,
                after_terms=bool(terms),
                without=any(one.name == "no" and not one.faulty for one in settings),
            )
        job = Job(
            images=tuple([image_address(text[first:last]) for first, last in parts.images])
            if parts.images
            else (),
            text=spoken,
            source_text=text[start:end],
            segments=weighted,
            vocabulary=grouped(terms, self._vocabulary),
            settings=settings,
        )
        if usual is None or end < parts.text_end:
            self._check_text(text, parts, end, slips=usual is None)
        if known is None:
            known = self._check_settings(text, job, parts, model)
            if usual is not None and findings.none:
                rules.sound.remember(usual[2], known, settings)
        check_length(text, rules, findings, (parts.text_start, end), known=known)
        if (banned := rules.banned_words) is not None:
            _check_banned(text, parts, banned, rules, findings)
        if rules.rows:  # few have any
            place = (parts.text_start, parts.text_end)
            for rule in rules.house_rules:
                rule.check(job, text, place, findings)
        if not (spoken or terms):
            _check_content(job, parts, findings, self._files)
        return job

    def _check_text(self, text: str, parts: Parts, end: int, *, slips: bool) -> None:
        findings = self._findings
        if slips:
            check_text(text, parts.text_start, end, parts.weights, self._rules.parameters, findings)
        if end < parts.text_end:
            fault = parts.occurrences[0].fault if parts.occurrences else ""
            if fault not in _FAULTS_OF_DASHES:
                findings.add("OM416", end, parts.text_end, changes=[(end, parts.text_end, "")])

    def _check_settings(self, text: str, job: Job, parts: Parts, model: Model | None) -> int:
        """Report what is wrong with a job's parameters; return how long a prompt its model is known to read, or 0."""
        findings, rules, settings = self._findings, self._rules, job.settings
        if rules.remarks:
            from omnidsl.prompts.aliases import check_names  # what few ask for

            check_names(settings, parts.occurrences, findings)
        check_job(job, findings, files=self._files, several=self._several)
        if model is not None:
            told = check_version(settings, model, parts.weights, findings, text, parts.text_end)
            check_conflicts(settings, model.edition, findings, told, remarks=rules.remarks)
        check_images(job, rules, findings, parts.images, self._files)
        return model.version.length if model is not None else 0


def _check_banned(
    text: str, parts: Parts, banned: "BannedWords", rules: Rules, findings: Findings
) -> None:
    """Report each banned word once a job; Midjourney reads those of `--no` as it reads the text."""
    spans = [(parts.text_start, parts.text_end)]
    for one in parts.occurrences:
        row = rules.parameters.find(one.name)
        if row is not None and row.type == "words":
            spans.append((one.name_end, one.end))
    told: set[str] = set()
    for start, end in spans:
        for here, there, word in banned.find(text, start, end):
            if word not in told:
                told.add(word)
                findings.add("OM425", here, there, {"word": text[here:there]})


def _check_content(job: Job, parts: Parts, findings: Findings, files: int) -> None:
    """Report a job of which nothing is shown but images, or nothing at all."""
    if findings.has("OM302") or findings.has("OM327"):
        return  # the text stands behind the parameters, and what is wrong is reported there
    found = len(job.images) + files
    if found == 1:
        findings.add("OM402", *(parts.images[0] if parts.images else (0, 0)))
    elif not found:
        findings.add("OM401", 0, 0)


def _check_number(
    jobs: list[Job], template: Template, rules: Rules, findings: Findings, max_jobs: int
) -> None:
    """Count the pictures that a prompt asks for: its permutations, each as often as `--repeat` says."""
    if findings.has("OM413"):
        return  # the braces beyond are taken for text, so that their number means nothing
    unread = template.count > len(jobs)  # of those nobody knows how often they repeat
    repeated = sum([job.repeat for job in jobs])
    total = template.count if unread else repeated
    findings.origin = template.origin
    whole = (0, len(template.text))
    most = PLANS.get(rules.plan, max_jobs)
    if total > most <= max_jobs and rules.plan:
        repeat = next((one.span for one in jobs[0].settings if one.name == "repeat"), whole)
        values = {"found": shown_count(total), "most": most, "plan": rules.plan.capitalize()}
        findings.add("OM426", *(repeat if template.count == 1 else whole), values)
    elif total > max_jobs:
        found = shown_count(total)
        if unread and repeated > len(jobs) and not found.startswith(">"):
            found = f">{found}"
        findings.add("OM411", *whole, {"found": found, "most": max_jobs})
    elif not rules.plan and total > rules.limits["plan"]:
        findings.add("OM418", *whole, {"found": total, "plan": rules.limits["plan"]})
