"""How attempts and stages may change their state: the one table that every ledger asks before it writes.

`docs/ledger.md` shows the same tables to people, and a test compares them.
"""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar, cast, get_args

import attrs

from omnidsl.running.errors import LedgerError
from omnidsl.running.records import AttemptState, StageState

S = TypeVar("S", bound=str)


@attrs.frozen
class Move(Generic[S]):
    """One move: what may be done in which states, and the state afterwards. The state `""` is before the beginning."""

    name: str
    before: Sequence[S | str]
    after: S


ATTEMPTS: Sequence[Move[AttemptState]] = (
    Move("open", ("",), "open"),
    # A doubt that was resolved (the gateway never took it) goes on under the same attempt id.
    Move("intend", ("open", "ambiguous"), "open"),
    Move("intend", ("submitted",), "submitted"),
    # A receipt proves a purchase, whatever was believed before; only an end is not undone by it.
    Move("receive", ("open", "submitted", "ambiguous", "refused", "abandoned"), "submitted"),
    Move("receive", ("failed",), "failed"),
    Move("receive", ("done",), "done"),
    # What was made and is here is never thrown away.
    Move("store", get_args(AttemptState), "done"),
    Move("mark ambiguous", ("open", "ambiguous"), "ambiguous"),
    Move("mark refused", ("open", "ambiguous", "refused"), "refused"),
    Move("mark failed", ("open", "submitted", "ambiguous", "failed"), "failed"),
    Move("mark abandoned", ("open", "submitted", "ambiguous", "abandoned"), "abandoned"),
)
"""The moves of attempts."""

STAGES: Sequence[Move[StageState]] = (
    Move("intend", ("", "refused"), "intent"),
    # A process that slept may hear of its request after another one took it for lost: what it heard is worth more.
    Move("settle answered", ("intent", "ambiguous", "refused", "answered"), "answered"),
    Move("settle refused", ("intent", "ambiguous", "refused"), "refused"),
    Move("settle ambiguous", ("intent", "ambiguous", "refused"), "ambiguous"),
    Move("settle ambiguous", ("answered",), "answered"),
)
"""The moves of stages. Only a refusal lets a request be sent again: nothing was paid for then."""


class Lifecycle:
    """Answers what state follows a move; LedgerError for a move that the tables do not have."""

    def __init__(
        self,
        attempts: Sequence[Move[AttemptState]] = ATTEMPTS,
        stages: Sequence[Move[StageState]] = STAGES,
    ) -> None:
        self._attempts = _by_move(attempts)
        self._stages = _by_move(stages)

    def attempt(self, attempt: str, move: str, before: AttemptState | None) -> AttemptState:
        """Return the state of an attempt after a move; `before` is None for one that is not there yet."""
        after = self._attempts.get((move, before or ""))
        if after is None:
            raise LedgerError("illegal-move", what=attempt, move=move, state=before or "—")
        return cast(AttemptState, after)

    def stage(self, attempt: str, name: str, move: str, before: StageState | None) -> StageState:
        """Return the state of a stage after a move; `before` is None for one that is not there yet."""
        after = self._stages.get((move, before or ""))
        if after is None:
            what = f"{attempt} ({name})"
            raise LedgerError("illegal-move", what=what, move=move, state=before or "—")
        return cast(StageState, after)


def _by_move(moves: Sequence[Move[S]]) -> Mapping[tuple[str, str], str]:
    return {(one.name, before): one.after for one in moves for before in one.before}
