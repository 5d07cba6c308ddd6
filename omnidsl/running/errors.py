"""What running raises."""

from typing import TYPE_CHECKING

from omnidsl.errors import OmniError
from omnidsl.planning.money import amount
from omnidsl.plugins.media import JSON
from omnidsl.running.words import words

if TYPE_CHECKING:
    from omnidsl.running.records import Attempt, Cap, Spending


class RunningError(OmniError, RuntimeError):
    """Raised, through a subclass, when something that runs goes wrong; `reason` is a slug, `values` its data.

    The words stand in `data/failures.toml` under the reason.
    """

    def __init__(self, reason: str, **values: JSON) -> None:
        self.reason = reason
        self.values = values
        super().__init__(self.message())

    def message(self, language: str = "en") -> str:
        """Say what happened."""
        return words(self.reason, self.values, language=language)

    def help(self, language: str = "en") -> str:
        """Say the way out."""
        return words(self.reason, self.values, part="help", language=language)


class SettingsError(RunningError, ValueError):
    """Raised before anything runs: an unusable address, a missing key, a plan for another gateway."""


class LedgerError(RunningError):
    """Raised when the ledger cannot be opened, read or written."""


class Fenced(LedgerError):
    """Raised when an attempt belongs to another owner by now: whoever sees this must stop working on it."""


class StepError(RunningError):
    """Raised when one step cannot be done; others go on."""


class Spoiled(Exception):
    """Raised at the end of a flat transaction in which an inner one has raised: all of it was undone."""


class OverBudget(StepError):
    """Raised when an intent would pass a limit; nothing was written or sent.

    `cap` is the limit, `spending` what its scope has spent, `needed` what was asked for on top, in micros.
    """

    def __init__(self, cap: "Cap", spending: "Spending", needed: int) -> None:
        most = cap.most or 0
        kind, _, run = cap.scope.partition(":")
        super().__init__(
            "over-budget" if kind == "run" else "over-project-budget",
            scope=cap.scope,
            run=run,
            most=_shown(most, cap),
            left=_shown(max(0, most - spending.total), cap),
            needed=_shown(needed, cap),
        )
        self.cap = cap
        self.spending = spending
        self.needed = needed


class LeftOut(StepError):
    """Raised when a step is not begun, or not bought, because the run is stopping; it is no failure of the step."""


class HeldError(RunningError):
    """Raised when a step has to wait for a person; `attempt` is what waits, `run` the run that holds it."""

    def __init__(
        self, reason: str, *, attempt: "Attempt", node: str, run: str, **values: JSON
    ) -> None:
        super().__init__(reason, attempt=attempt.id, node=node, run=run, **values)
        self.attempt = attempt


class FetchError(StepError, OSError):
    """Raised when a result cannot be fetched; `final` says that another try now would not help."""

    def __init__(self, reason: str, *, final: bool = False, **values: JSON) -> None:
        super().__init__(reason, **values)
        self.final = final


class SaveError(StepError, OSError):
    """Raised when a result cannot be copied to where the recipe wants it."""


def _shown(micros: int, cap: "Cap") -> str:
    return f"{cap.currency} {amount(micros)}".lstrip()
