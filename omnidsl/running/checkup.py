"""What `omni doctor` finds of a state folder and of plugins; `visits` has what it finds of gateways.

Nothing is changed: the ledger is opened for reading.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import attrs

from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.media import JSON
from omnidsl.running.file_systems import network_kind
from omnidsl.running.migrations import FORMAT, format_of
from omnidsl.running.owners import Owners, locks_hold

State = Literal["good", "remark", "warning", "bad"]

SLOW = 0.2
"""Seconds that a plugin may take to be imported and to declare what it has: every change of an installation waits for it."""


@attrs.frozen
class Check:
    """One thing that was looked at: in which area, what, how it is, and why (a slug, whose words are filled with `values`)."""

    area: str
    subject: str
    state: State
    reason: str
    values: Mapping[str, JSON] = attrs.field(factory=dict)


# ---- the state folder


def state_checks(state: Path) -> Iterator[Check]:
    """Yield what is to be said of a state folder; SQLite and locks need a disk of this computer."""
    shown = str(state)
    kind = network_kind(state)
    if kind is not None:
        yield Check("state", shown, "bad", "state-remote", {"kind": kind})
        return
    if not state.is_dir():
        yield Check("state", shown, "remark", "state-none")
        return
    if not os.access(state, os.W_OK | os.X_OK):
        yield Check("state", shown, "bad", "state-read-only")
        return
    if not locks_hold(state / ".gitignore"):
        yield Check("state", shown, "bad", "state-no-locks")
        return
    yield Check("state", shown, "good", "state-ok")
    file = state / "ledger.sqlite3"
    if file.is_file():
        yield _ledger(file, Owners(state / "owners"))


def _ledger(file: Path, owners: Owners) -> Check:
    try:
        with contextlib.closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        ) as database:
            found = format_of(database)
            ours = {"format": found, "ours": FORMAT}
            if found > FORMAT:
                return Check("state", file.name, "bad", "ledger-newer", ours)
            runs = database.execute("SELECT owner FROM runs").fetchall() if found else []
            live = sum(owners.alive(owner) for (owner,) in runs[-50:])
    except (sqlite3.Error, OSError) as error:
        return Check("state", file.name, "bad", "ledger-broken", {"words": str(error)})
    if found < FORMAT:
        return Check("state", file.name, "remark", "ledger-older", ours)
    return Check("state", file.name, "good", "ledger-ok", {"runs": len(runs), "live": live, **ours})


# ---- plugins


def plugin_checks(catalogue: Catalogue) -> Iterator[Check]:
    """Yield how long each plugin takes to be imported and to declare what it has, and what is wrong with it."""
    from omnidsl.plugins.building import examined

    if not catalogue.points:
        yield Check("plugin", "—", "remark", "plugin-none")
    broken = {one.distribution for one in catalogue.problems}
    for point, seconds in examined(list(catalogue.points)):
        shown = f"{point.name} {point.version}".strip()
        values: dict[str, JSON] = {"ms": round(seconds * 1000), "distribution": point.distribution}
        if seconds > SLOW:
            yield Check("plugin", shown, "warning", "plugin-slow", values)
        elif point.distribution not in broken:
            yield Check("plugin", shown, "good", "plugin-ok", values)
    for one in catalogue.problems:
        found = one.diagnostic()
        if found.code == "OM901":
            named: dict[str, JSON] = {"hook": one.hook, "problem": one.problem}
            named["distribution"] = one.distribution
            yield Check("plugin", one.distribution, "bad", "plugin-broken", named)
        else:
            state: State = "bad" if found.severity == "error" else "warning"
            told: dict[str, JSON] = {"place": "", "code": found.code, "message": found.message()}
            yield Check("plugin", one.distribution, state, "finding", told)
