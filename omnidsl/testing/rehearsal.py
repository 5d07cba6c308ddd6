"""A sample at work: a project folder, the author's gateway, and runs of the one recipe."""

import asyncio
import base64
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from omnidsl.plugins.backend import Receipt
from omnidsl.plugins.catalogue import Catalogue
from omnidsl.plugins.containment import Contained
from omnidsl.plugins.index import load
from omnidsl.plugins.manager import Plugins
from omnidsl.recipe import Recipe
from omnidsl.recipe import load as load_recipe
from omnidsl.running.clock import SystemClock
from omnidsl.running.gateway import Gateway
from omnidsl.running.memory_store import MemoryStore
from omnidsl.running.payment import FreeContext
from omnidsl.running.results import RunResult
from omnidsl.running.transport import Transport
from omnidsl.testing.bench import HASTY, QUICK, Bench, hastened
from omnidsl.testing.inspection import LedgerInspection
from omnidsl.testing.samples import MADE, files_of, recipe_of, view_of
from omnidsl.testing.scripted import ScriptedGateway
from omnidsl.testing.serial_limiter import SerialLimiter
from omnidsl.testing.till import Till

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.planning.plan import Plan
    from omnidsl.plugins.backend import Backend
    from omnidsl.plugins.catalogue import OperationView
    from omnidsl.testing.cases import Cases, Sample

    Answer = TypeVar("Answer")

KEY = "sk-planted-6f1c0d9e8b7a4523"
"""The key of every rehearsal: nothing of it may be found anywhere."""

PLACE = "rehearsal"
"""The gateway's identity, whatever its port."""


class Rehearsal:
    """One sample in one folder; its gateway answers while the `with` block lasts."""

    def __init__(self, folder: Path, cases: "Cases", sample: "Sample", *, copies: int = 1) -> None:
        self.folder = folder
        self.cases = cases
        self.sample = sample
        self.catalogue = load()
        self.till = Till(cases.gateway(), cases.sells)
        self.till.after = sum(one.sales for one in sample.before)
        self._stack = ExitStack()
        self.ledger = LedgerInspection(folder / ".omni")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "omni.toml").touch()
        for one in files_of(sample):
            (folder / one.name).write_bytes(one.data)
        self.write(recipe_of(sample, cases.service, self.catalogue, copies=copies))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    @cached_property
    def server(self) -> ScriptedGateway:
        """The gateway, which begins to serve when it is asked for: what is only checked needs none."""
        return self._stack.enter_context(ScriptedGateway(self.till))

    @cached_property
    def bench(self) -> Bench:
        """Where the recipe runs."""
        return Bench(self.folder, self.gateway, catalogue=self.catalogue)

    @cached_property
    def gateway(self) -> Gateway:
        """The gateway as runs know it: the key travels as the service declares."""
        return place_of(self.server.url, self.cases.service, self.catalogue)

    def write(self, text: str) -> None:
        """Put another text into the recipe's file."""
        self.file.write_text(text, "utf-8")

    @property
    def file(self) -> Path:
        """The recipe's file."""
        return self.folder / "sample.omni"

    @property
    def view(self) -> "OperationView":
        """The declaration of the operation."""
        return view_of(self.sample, self.cases.service, self.catalogue)

    @property
    def sales(self) -> int:
        """How many paid requests the recipe takes in all."""
        return sum(one.sales for one in (*self.sample.before, self.sample))

    # ---- from the recipe to its results

    def recipe(self) -> Recipe:
        """Read the recipe; nothing in it is waited for as long as the service declares."""
        found = load_recipe(self.file)
        hastened(found.catalogue)
        return found

    def check(self) -> "list[Diagnostic]":
        """Return the errors that `omni check` finds."""
        return [one for one in Recipe(self.file).check() if one.severity == "error"]

    def plan(self) -> "Plan":
        """Return the plan of the recipe."""
        return self.recipe().plan(gateway=PLACE)

    def run(self) -> RunResult:
        """Run the recipe, by limits that wait for little."""
        return self.bench.run(self.plan())

    def resume(self, run: str) -> RunResult:
        """Go on with a run."""
        return self.bench.resume(run)

    @property
    def receipts(self) -> list[Receipt]:
        """The receipts of the last step and of its copies, as the ledger has them."""
        return [
            one.receipt
            for one in self.ledger.attempts()
            if one.receipt and one.node.startswith(MADE)
        ]

    # ---- the backend itself

    def backend(self) -> "Backend":
        """Make the service's backend; PluginError says why it does not load."""
        return plugins_of(self.catalogue).backend(self.cases.service)

    def ask(self, work: "Callable[[FreeContext], Awaitable[Answer]]") -> "Answer":
        """Do something that costs nothing with a context such as pollers get."""

        async def asked() -> "Answer":
            limiter = SerialLimiter("default", QUICK, SystemClock())
            settings = self.bench.around().settings.get(self.cases.service)
            async with Transport(self.gateway, HASTY) as transport:
                return await work(FreeContext(limiter, transport, MemoryStore(), settings))

        return asyncio.run(asked())

    # ---- what is left behind

    def leaks(self, *said: str) -> list[str]:
        """Return where the key can be seen: files, requests that carry it elsewhere than in a header, and texts."""
        found = [
            str(one.relative_to(self.folder))
            for one in sorted(self.folder.rglob("*"))
            if one.is_file() and shows_key(one.read_bytes())
        ]
        found += [
            f"the request to {one.path.partition('?')[0]}"
            for one in self.server.requests
            if shows_key(one.path.encode() + one.body)
        ]
        told = "\n".join([*said, *(repr(one.to_json()) for one in self.bench.events)])
        return [*found, "what is told or returned"] if shows_key(told.encode()) else found


def shows_key(data: bytes) -> bool:
    """Tell whether bytes hold the key, as it is or as the usual encodings write it."""
    plain = KEY.removeprefix("sk-").encode()
    coded = [base64.b64encode(KEY.encode())[:-4], plain.hex().encode(), plain[::-1]]
    return any(one in data for one in (plain, *coded))


def backend_class(catalogue: Catalogue, service: str) -> "type[Backend]":
    """Return the plugin's own class, without what the runner holds it in."""
    found = plugins_of(catalogue).backend(service)
    return type(found.inner if isinstance(found, Contained) else found)


def place_of(url: str, service: str, catalogue: Catalogue) -> Gateway:
    """Return the gateway of rehearsals, whose key travels as a service declares it."""
    view = catalogue.services.get(service)
    return Gateway.at(url, key=KEY, name=PLACE, header=view.key_header if view else "")


def plugins_of(catalogue: Catalogue) -> Plugins:
    """Return the installed plugins, alive."""
    return Plugins(catalogue.points, catalogue.services, needed=catalogue.services)


@contextmanager
def key_in_environment(service: str) -> Iterator[None]:
    """Plant the key where users of a service have it."""
    view = load().services.get(service)
    own = view.key_variable if view else ""
    before = {one: os.environ.get(one) for one in ("OMNI_API_KEY", own) if one}
    os.environ.update(dict.fromkeys(before, KEY))
    try:
        yield
    finally:
        for one, value in before.items():
            if value is None:
                del os.environ[one]
            else:
                os.environ[one] = value
