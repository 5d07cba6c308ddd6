"""A definition that was misspelt: one report where it stands, in place of one at each use."""

import re
from collections.abc import Iterator

from omnidsl.checking.rules.rule import Rule
from omnidsl.language import syntax
from omnidsl.language.diagnostics import Diagnostic, Edit, Fix, Label
from omnidsl.language.suggestions import nearest

UNKNOWN = ("OM101", "OM224")
"""A name that nothing defines, or that means what has no value, such as the pipeline that it stands in."""


class MisspeltDefinition(Rule):
    """A name that nothing uses, beside a name like it that is used and not defined."""

    codes = ("OM140",)

    def check(self) -> None:
        """Report definitions, and take back what was said of the uses."""
        unknown: dict[str, list[Diagnostic]] = {}
        for one in self._report.diagnostics:
            if one.code in UNKNOWN and one.source is self.survey.source:
                unknown.setdefault(str(one.values["name"]), []).append(one)
        if not unknown:
            return
        defined = {word.text: word for word in self._unused()}
        for name, uses in unknown.items():
            close = nearest(name, defined)
            if len(close) == 1 and self._written(name) > self._written(close[0]):
                self._report.withdraw(uses)
                word = defined[close[0]]
                fix = Fix([Edit(word.span, name)], safe=False)
                labels = [Label(one.span, "use") for one in uses[:3] if one.span is not None]
                self.tell(
                    "OM140",
                    word.span,
                    labels=labels,
                    suggestions=[name],
                    fix=fix,
                    name=word.text,
                    used=name,
                )

    def _written(self, name: str) -> int:
        """Return how often a word is written anywhere in the file, in prose too.

        Of one use and one definition either may be the slip: the word that people write elsewhere is the right one.
        """
        return len(re.findall(rf"\b{re.escape(name)}\b", self.survey.source.text, re.IGNORECASE))

    def _unused(self) -> Iterator[syntax.Word]:
        words = [one.name for _, one in self.survey.binds]
        words += [one.name for _, one in self.survey.clauses]
        for item in self.survey.module.tree.items:
            if isinstance(item, syntax.Prompt | syntax.Chat | syntax.Pipeline):
                words += [one.name for one in item.parameters]
            if isinstance(item, syntax.Let | syntax.Prompt | syntax.Chat):
                words.append(item.name)
        for word in words:
            if word.text not in self.survey.uses:
                yield word
