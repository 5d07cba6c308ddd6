"""The work of a soak: chains of pictures, windows, chats and descriptions, drawn from a seed."""

import random

from omnidsl.planning.plan import Options, Plan, PlanNode, Save
from omnidsl.planning.values import PromptInput, Ref, TextInput, Value
from omnidsl.testing import step

_KINDS = ("picture", "two", "varied", "rerolled", "zoomed", "described", "chat", "chained", "drawn")


class Work:
    """The steps so far; every prompt is another one, so that the books can be counted by request."""

    def __init__(self, seed: int, patience: float) -> None:
        self._patience = patience
        self.nodes: list[PlanNode] = []
        self.saves: list[Save] = []
        self._chance = random.Random(seed)  # noqa: S311  # a plan, no secret

    def add(self) -> None:
        """Add one chain, of one to five steps."""
        number = len(self.nodes)
        kind = self._chance.choice(_KINDS)
        if kind == "chat":
            self._step("chat", self._model(), {"messages": f"question {number}"})
            return
        if kind == "chained":
            first = self._step("chat", self._model(), {"messages": f"question {number}"})
            words = TextInput((f"go on with {number}: ", Ref(first)))
            last = self._step("chat", self._model(), {"messages": words})
            self.saves.append(Save(Ref(last), f"{last}.txt"))
            return
        if kind == "drawn":
            made = self._step("drawn", "openai.image", {"prompt": f"a hen number {number}"})
            self.saves.append(Save(Ref(made), f"{made}.png"))
            return
        prompt = PromptInput((f"a fox number {number}",))
        grid = self._step("grid", "midjourney.imagine", {"prompt": prompt})
        if kind in ("varied", "rerolled"):
            again = (
                self._step("again", "midjourney.vary", {"picture": Ref(grid), "index": 2})
                if kind == "varied"
                else self._step("again", "midjourney.reroll", {"grid": Ref(grid)})
            )
            self.saves.append(Save(Ref(again), f"{again}.png"))
            return
        indices = self._chance.sample((1, 2, 3, 4), 2 if kind == "two" else 1)
        heroes = [
            self._step("hero", "midjourney.upscale", {"grid": Ref(grid), "index": index})
            for index in indices
        ]
        self.saves += [Save(Ref(one), f"{one}.png") for one in heroes]
        if kind == "zoomed":
            # A factor without a button of its own opens a window: two requests, and one sale.
            factor = self._chance.choice((1.3, 1.8, 2.0))
            wide = self._step(
                "wide", "midjourney.zoom", {"picture": Ref(heroes[0]), "factor": factor}
            )
            self.saves.append(Save(Ref(wide), f"{wide}.png"))
        if kind == "described":
            told = self._step("told", "midjourney.describe", {"picture": Ref(heroes[0])})
            self.saves.append(Save(Ref(told), f"{told}.txt"))

    def _model(self) -> str:
        return self._chance.choice(("openai.chat", "claude.chat", "gemini.chat"))

    def _step(self, name: str, operation: str, arguments: dict[str, Value]) -> str:
        node = f"{name}.{len(self.nodes)}"
        self.nodes.append(step(node, operation, arguments, options=self._options()))
        return node

    def _options(self) -> Options:
        return Options(
            timeout=self._patience,
            repurchase=self._chance.choice((0, 0, 1)),
            on_ambiguous=self._chance.choice((None, None, "resubmit", "fail")),
        )


def plan(steps: int, seed: int, gateway: str, patience: float) -> Plan:
    """Return a plan of so many steps, or a few more; each waits `patience` seconds for a task, since some never end."""
    work = Work(seed, patience)
    while len(work.nodes) < steps:
        work.add()
    return Plan("soak.omni", "soak", gateway, {}, tuple(work.nodes), tuple(work.saves), None)
