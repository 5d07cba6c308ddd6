"""What is said of a prompt that its model refuses, wholly or in part; loaded where there is something to say."""

from omnidsl.prompts.bounds import Bounds
from omnidsl.prompts.edition import Edition
from omnidsl.prompts.findings import Change, Findings
from omnidsl.prompts.setting import Setting
from omnidsl.prompts.values import number_text, value_text
from omnidsl.prompts.version_rules import Model, Settings
from omnidsl.prompts.versions import Version


class Judge:
    """What the model of a job says of one setting after the other; made where there is something to say."""

    __slots__ = ("_edition", "_findings", "_model", "_settings", "_text", "_weights")

    def __init__(
        self,
        settings: Settings,
        model: Model,
        findings: Findings,
        text: str,
        weights: list[tuple[int, int]],
    ) -> None:
        self._settings = settings
        self._model = model
        self._edition = model.edition
        self._findings = findings
        self._text = text
        self._weights = weights

    def setting(self, one: Setting, held: Bounds) -> bool:
        """Report what is wrong with a setting; say whether anything was."""
        version = self._model.version.written
        if not held.supported:
            self._refuse(one, held)
        elif not held.accepts(one.value):
            self._refuse_value(one, held)
        elif one.was:
            values = {"name": one.was, "instead": one.text}
            changes = [(*self._value_place(one), value_text(one.value or 0))]
            self._findings.add("OM348", *one.span, values, changes=changes)
        elif isinstance(one.value, str) and one.value in held.flag:
            flag = f"--{held.flag[one.value]}"
            values = {"name": one.text, "instead": flag}
            self._findings.add("OM347", *one.span, values, changes=[(*one.span, flag)])
        elif held.sure is not None and not held.sure.accepts(one.value):
            self._findings.add("OM344", *one.span, {"name": one.text, "version": version})
        else:
            return False
        return True

    def weights(self, held: Bounds, text_end: int) -> None:
        """Report the `::` of a model that knows no multi-prompts, or may not."""
        span = (self._weights[0][0], self._weights[-1][1])
        values: dict[str, object] = {"name": "::", "version": self._model.version.written}
        if not held.certain:
            self._findings.add("OM344", *span, values)
            return
        values["takers"] = spans(self._edition.accepting("::"), self._edition)
        if not self._model.open:
            self._findings.add("OM341", *span, values)
            return
        place = self._settings[0].span[0] if self._settings else text_end
        changes = self._pinning(place)
        if not self._settings:
            changes = [(start, end, f" {pin.rstrip()}") for start, end, pin in changes]
        self._findings.add("OM343", *span, values, changes=changes)

    def unpinned(self, unsettled: frozenset[str]) -> None:
        """Report the first parameter that a model of today refuses, in a prompt that leaves the model open."""
        version = self._model.version
        for one in self._settings:
            if one.name not in unsettled or one.faulty:
                continue
            other = next(
                other
                for other in self._edition.today(version.family)
                if _surely_refuses(self._edition.bounds(other).get(one.name))
            )
            values = {"name": _written(one), "version": other.written, "default": version.written}
            changes = self._pinning(one.span[0])
            self._findings.add("OM346", *one.span, values, changes=changes)
            return

    def unavailable(self) -> None:
        """Report a model that is gone, or that was not there yet on the day of the rules."""
        version, pin, day = self._model.version, self._model.pin, self._edition.day
        span = pin.span if pin is not None else (0, 0)
        values: dict[str, object] = {"version": version.written, "rules": day}
        if version.gone and version.gone <= day:
            newest = self._edition.default(version.family)
            values["day"] = version.gone
            changes: list[Change] = [(*span, newest.pin)] if newest else []
            self._findings.add("OM345", *span, values, changes=changes, safe=False)
        else:
            values["day"] = version.first
            self._findings.add("OM355", *span, values)

    def _refuse(self, one: Setting, held: Bounds) -> None:
        """Report a parameter that the model does not have."""
        values: dict[str, object] = {"name": _written(one), "version": self._model.version.written}
        if not held.certain:
            self._findings.add("OM344", *one.span, values)
            return
        values["takers"] = spans(self._edition.accepting(one.name), self._edition)
        if self._model.open:
            changes = self._pinning(one.span[0])
            self._findings.add("OM343", *one.span, values, changes=changes)
        else:
            self._findings.add("OM341", *one.span, values, changes=[(*one.span, "")], safe=False)

    def _refuse_value(self, one: Setting, held: Bounds) -> None:
        """Report a value that the model does not take."""
        values: dict[str, object] = {
            "name": one.text,
            "version": self._model.version.written,
            "accepted": held.shown(),
        }
        takers = self._edition.accepting(one.name, one.value)
        if not held.certain:
            self._findings.add("OM344", *one.span, values)
        elif (
            self._model.open
            and any(taker.current or isinstance(one.value, str) for taker in takers)
        ):  # a model of today takes it, or it is a word that only one model has: somebody may have meant it
            values["takers"] = spans(takers, self._edition)
            changes = self._pinning(one.span[0], wanted=one)
            self._findings.add("OM343", *one.span, values, changes=changes)
        else:
            place = self._value_place(one)
            changes = [(*place, near)] if (near := _nearest(one, held)) else []
            self._findings.add("OM342", *place, values, changes=changes, safe=False)

    def _value_place(self, one: Setting) -> tuple[int, int]:
        """Return where the value of a setting stands, which is one word."""
        start, end = one.span
        at = end
        while at > start and not self._text[at - 1].isspace():
            at -= 1
        return at, end

    def _pinning(self, place: int, *, wanted: Setting | None = None) -> list[Change]:
        """Return the change that pins, at a place, the newest model that takes the whole job; once a prompt.

        It is one of the family, or one that is known for the word that is `wanted`.
        """
        if self._findings.pins:
            return []
        candidates = self._candidates(wanted)
        fit = [one for one in candidates if self._takes(one, doubts=False)]
        fit = fit or [one for one in candidates if self._takes(one, doubts=True)]
        if not fit:
            return []
        self._findings.pins = [one.pin for one in fit]
        pin = self._model.pin
        return [(place, place, f"{fit[0].pin} ")] if pin is None else [(*pin.span, fit[0].pin)]

    def _candidates(self, wanted: Setting | None) -> list[Version]:
        """Return the models that may have been meant, newest first."""
        newest = tuple(reversed(self._edition.available))
        if wanted is not None and isinstance(wanted.value, str):
            known = [
                (one, held)
                for one in newest
                if (held := self._edition.bounds(one).get(wanted.name))
                and wanted.value in held.choices
            ]
            if known:
                return [one for one, _ in sorted(known, key=lambda row: row[1].sure is not None)]
        return [one for one in newest if one.family == self._model.version.family]

    def _takes(self, version: Version, *, doubts: bool) -> bool:
        """Say whether a model takes the whole job; with `doubts` what it may refuse counts as taken."""
        bounds = self._edition.bounds(version)
        return not (self._weights and "::" in bounds) and all(
            held.accepts(one.value) or (doubts and not held.certain)
            for one in self._settings
            if not one.faulty and (held := bounds.get(one.name)) is not None
        )


def _surely_refuses(held: Bounds | None) -> bool:
    return held is not None and not held.supported and held.certain


def _written(one: Setting) -> str:
    return f"--{one.parameter.written}" if one.parameter else one.text


def _nearest(one: Setting, held: Bounds) -> str:
    """Return the nearest number that is accepted; empty where there is none."""
    if not isinstance(one.value, int | float):
        return ""
    ends = held.choices or tuple(end for end in (held.least, held.most) if end is not None)
    numbers = [end for end in ends if not isinstance(end, str)]
    value = one.value
    return number_text(min(numbers, key=lambda number: abs(number - value))) if numbers else ""


def spans(versions: list[Version], edition: Edition) -> str:
    """Return models as people list them, runs as ranges: `6–7, niji 6`; `–` where there is none."""
    found: list[list[Version]] = []
    for one in versions:
        family = [other for other in edition.available if other.family == one.family]
        before = family.index(one) - 1
        if found and before >= 0 and found[-1][-1] is family[before]:
            found[-1].append(one)
        else:
            found.append([one])
    return ", ".join(
        run[0].name if len(run) == 1 else f"{run[0].name}–{run[-1].number or run[-1].name}"
        for run in found
    ) or "–"  # fmt: skip
