"""What a job's model takes of it: the version that the prompt pins, or the one that prompts without any are judged by.

What a pinned version refuses is an error, in the bot's words. Where the prompt pins none, the account's own default decides,
and that moves: there it is a warning whose fix pins the version that was meant. Where sources disagree nothing is an error.
"""

from collections.abc import Mapping

from omnidsl.prompts.bounds import Bounds
from omnidsl.prompts.edition import Edition
from omnidsl.prompts.findings import Findings
from omnidsl.prompts.rulesets import Rules
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.values import Value, number_text
from omnidsl.prompts.versions import Version

Settings = tuple[Setting, ...]


class Model:
    """The model that a job is judged by.

    `pin` is the setting that asks for it, None where none does; `open` says that no number is named: a default decides.
    """

    __slots__ = ("edition", "open", "pin", "version")

    def __init__(self, edition: Edition, version: Version, pin: Setting | None) -> None:
        self.edition = edition
        self.version = version
        self.pin = pin
        self.open = pin is None or (pin.name == "niji" and pin.value is True)


def model_of(settings: Settings, rules: Rules) -> Model | None:
    """Return the model of a job; None where the rule set knows no versions, or the prompt's own is not understood."""
    edition = rules.edition
    if edition is None:
        return None
    pin = None
    for one in settings:
        if one.parameter is not None:
            if one.parameter.slot == "model":
                pin = one if pin is None else pin
            elif one.name == "video":
                return None  # another model, which the files describe by what needs `--video`
    if pin is None:
        version = edition.versions.find(rules.default_version)
    elif pin.faulty or pin.value is None:
        return None
    elif pin.value is True:
        version = edition.default("niji") if pin.name == "niji" else edition.versions.find(pin.name)
    else:
        family = "" if pin.name == "version" else f"{pin.name} "
        version = edition.versions.find(f"{family}{pin.value}")
    return None if version is None else Model(edition, version, pin)


def understood(settings: Settings, model: Model) -> Settings:
    """Return settings with the values that the model takes others for."""
    silent = model.edition.silent(model.version)
    if silent.issuperset([one.text for one in settings]):
        return settings
    bounds = model.edition.bounds(model.version)
    return tuple(
        one if (meant := _meant(one, bounds.get(one.name))) is None else _with(one, meant)
        for one in settings
    )


def _meant(one: Setting, held: Bounds | None) -> float | None:
    if held is None or not held.becomes or one.faulty or not isinstance(one.value, int | float):
        return None
    return held.becomes.get(number_text(one.value))


def _with(one: Setting, value: Value) -> Setting:
    if one.parameter is None:
        return one
    return Setting(
        one.name, one.parameter, value, one.parameter.write(value), one.span, was=one.text
    )


def check_version(
    settings: Settings,
    model: Model,
    weights: list[tuple[int, int]],
    findings: Findings,
    text: str,
    text_end: int,
) -> Settings:
    """Report what the model refuses of a job, and return the settings that something was told of.

    `weights` are the places of the `::` in the job's text, which ends at `text_end` of the whole `text`.
    """
    edition, version = model.edition, model.version
    bounds, silent = edition.bounds(version), edition.silent(version)
    there = model.pin is None or version.available(edition.day)
    doubtful = []
    for one in settings:
        if one.faulty or (one.text in silent and not one.was):
            continue
        if _plain(one, bounds):
            silent.remember(one.text)
        else:
            doubtful.append(one)
    refused = bounds.get("::") if weights else None
    unsettled = edition.unsettled(version.family) if model.pin is None and settings else frozenset()
    loose = bool(unsettled) and any(one.name in unsettled and not one.faulty for one in settings)
    if there and not doubtful and not refused and not loose:
        return ()
    from omnidsl.prompts.version_verdicts import Judge  # what few prompts need

    judge = Judge(settings, model, findings, text, weights)
    if not there:
        judge.unavailable()
        return settings
    told = tuple(one for one in doubtful if judge.setting(one, bounds[one.name]))
    if refused is not None:
        judge.weights(refused, text_end)
    elif loose and not told:
        judge.unpinned(unsettled)
    return told


def _plain(one: Setting, bounds: Mapping[str, Bounds]) -> bool:
    """Say whether there is nothing to tell of a setting."""
    held = bounds.get(one.name)
    return held is None or (
        held.accepts(one.value)
        and (held.sure is None or held.sure.accepts(one.value))
        and not (held.flag and one.value in held.flag)
        and not one.was
    )
