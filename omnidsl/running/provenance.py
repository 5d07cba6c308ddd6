"""Where a saved file comes from, as JSON that travels with it: beside it as `NAME.omni.json`, and inside a PNG.

`data/provenance.schema.json` is its published form. Addresses and keys never stand in it; what may be secret is cut
out by `Author.text`, last of all.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import attrs

from omnidsl import __version__
from omnidsl.planning.costs import Prices
from omnidsl.planning.plan import Plan, PlanNode, Save
from omnidsl.plugins.media import JSON
from omnidsl.running.gateway import Gateway
from omnidsl.running.records import Attempt, StoredFile
from omnidsl.running.results import Result

FORMAT = 1
SIDECAR = ".omni.json"
"""What the name of a sidecar adds to that of its file."""

KEYWORD = "omnidsl"
"""The keyword of the text inside a PNG."""

LARGEST_TEXT = 2**18
"""Bytes of the text inside a PNG at most: beyond that the plan stands in the sidecar alone."""

SCHEMA = Path(__file__).parent / "data" / "provenance.schema.json"

Mode = Literal["both", "sidecar", "embedded", "none"]
Document = dict[str, JSON]

_json = json.JSONEncoder(ensure_ascii=False).encode


def sidecar_of(path: Path) -> Path:
    """Return where the sidecar of a file lies."""
    return path.with_name(path.name + SIDECAR)


@attrs.frozen
class Source:
    """What a file was made from: a step's result and purchase (neither for a text of several steps), and which file of it.

    `save` is what the plan says about it, `task_of` gives the task of a step that it took something from, where known.
    """

    save: Save
    result: Result | None = None
    attempt: Attempt | None = None
    number: int = 1
    task_of: Callable[[str], str | None] = attrs.field(default=lambda _: None, eq=False)


class Author:
    """Writes the provenance of one run's files. `recipe` is the SHA-256 of the recipe's text, where it is known."""

    def __init__(
        self,
        plan: Plan,
        run: str,
        gateway: Gateway,
        prices: Prices,
        *,
        recipe: str | None = None,
        mode: Mode = "both",
    ) -> None:
        self.mode = mode
        self._prices = prices
        self._plan = plan
        self.run = run
        self._gateway = gateway
        self._recipe = recipe
        self._nodes = {one.id: one for one in plan.nodes}
        self._places = {one.id: place for place, one in enumerate(plan.nodes)}

    def document(self, source: Source, original: StoredFile) -> Document:
        """Return what is said of a file; `original` is what the store holds."""
        plan = self._plan
        node = None if source.result is None else self._nodes.get(source.result.node)
        parents = source.save.needs if node is None else node.needs
        found: Document = {
            "format": FORMAT,
            "omnidsl": __version__,
            "saved": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "run": self.run,
            "recipe": {"path": plan.recipe, "sha256": self._recipe},
            "pipeline": plan.pipeline,
            "bindings": dict(plan.bindings),
            "original": {
                "sha256": original.sha256,
                "size": original.size,
                "media_type": original.media_type,
            },
        }
        if source.result is not None and node is not None:
            found["step"] = self._step(node, source.result, source)
        found["parents"] = [
            self._parent(one, source.task_of(one)) for one in parents if one in self._nodes
        ]
        found["plan"] = self.excerpt(source.save).to_json()
        return found

    def text(self, document: Mapping[str, JSON]) -> str:
        """Return a document as JSON on one line, without the gateway's key, however that came in."""
        return self._hidden(_json(document))

    def sidecar(self, document: Mapping[str, JSON]) -> str:
        """Return a document as a sidecar has it: as `text` does, and a line for each of its parts."""
        # Python's own indenting encoder takes ten times as long.
        rows = {name: _json(one) for name, one in document.items()}
        step = document.get("step")
        if isinstance(step, dict):
            inner = {name: _json(one) for name, one in step.items()}
            rows["step"] = _lines(inner, "    ") + "  }"
        return self._hidden(_lines(rows, "  ") + "}\n")

    def _hidden(self, words: str) -> str:
        for key in self._gateway.secrets:
            escaped = json.dumps(key)[1:-1]
            if escaped != key:
                words = words.replace(escaped, "***")
        return self._gateway.hide(words)

    def embedded(self, document: Mapping[str, JSON]) -> str:
        """Return the text for the inside of a picture."""
        words = self.text(document)
        if len(words.encode("utf-8", "replace")) <= LARGEST_TEXT:
            return words
        return self.text({name: one for name, one in document.items() if name != "plan"})

    def excerpt(self, save: Save) -> Plan:
        """Return the part of the plan that a file comes from: enough to make it again."""
        wanted: set[str] = set()
        waiting = [one for one in save.needs if one in self._nodes]
        while waiting:
            one = waiting.pop()
            if one not in wanted:
                wanted.add(one)
                waiting += self._nodes[one].needs
        plan = self._plan
        nodes = tuple(self._nodes[one] for one in sorted(wanted, key=self._places.__getitem__))
        return Plan(
            plan.recipe,
            plan.pipeline,
            plan.gateway,
            plan.bindings,
            nodes,
            (save,),
            rules=plan.rules,
            gateways=plan.gateways,
        )

    def _step(self, node: PlanNode, result: Result, source: Source) -> JSON:
        prompt = next(_prompts(result.arguments), None)
        parameters = {} if prompt is None else prompt_parameters(prompt, self._plan)
        known: dict[str, JSON] = {
            "id": node.id,
            "line": node.line,
            "operation": node.operation,
            "arguments": dict(result.arguments),
            "prompt": prompt,
            "parameters": parameters or None,
            "seed": _seed(result, parameters),
            "model": _model(result),
            "file": source.number,
            "step": result.step,
            "attempt": result.attempt,
            "task": result.task_id,
            "gateway": result.gateway,
            "account": result.account,
            "cost": self._cost(node, source.attempt),
            "simulated": result.facts.get("simulated") is True,
            "reused": result.reused,
        }
        return {name: one for name, one in known.items() if one is not None}

    def _cost(self, node: PlanNode, attempt: Attempt | None) -> JSON:
        """Return what a purchase was charged with, and whether by a price that is a plugin's estimate."""
        if attempt is None or attempt.charged is None:
            return None
        return {
            "micros": attempt.charged,
            "currency": self._prices.currency,
            "estimated": self._prices.of(node).estimated,
        }

    def _parent(self, name: str, task: str | None) -> JSON:
        found: dict[str, JSON] = {"id": name, "operation": self._nodes[name].operation}
        return {**found, "task": task} if task else found


def prompt_parameters(prompt: str, plan: Plan) -> dict[str, JSON]:
    """Return the values of a prompt's parameters by long name, as a plan's rules read it."""
    from omnidsl.prompts import UnknownName, parse

    try:
        rules = plan.rules.rules
    except UnknownName:  # those of an older plan
        return {}
    shown = parse(prompt, rules=rules, max_jobs=1).jobs[0].shown_parameters()
    found: dict[str, JSON] = json.loads(json.dumps(shown, default=str))
    return found


def _lines(rows: Mapping[str, str], blanks: str) -> str:
    """Return an object with plain names in JSON, a line for each, up to its last brace."""
    inner = ",\n".join(f'{blanks}"{name}": {row}' for name, row in rows.items())
    return f"{{\n{inner}\n"


def _prompts(arguments: Mapping[str, JSON]) -> Iterator[str]:
    """Yield the prompts among canonical arguments."""
    for one in arguments.values():
        if isinstance(one, dict) and isinstance(words := one.get("prompt"), str):
            yield words


def _seed(result: Result, parameters: Mapping[str, JSON]) -> JSON:
    """Return the seed that the service tells, else the one that was asked for."""
    return result.facts.get("seed") or parameters.get("seed")


def _model(result: Result) -> JSON:
    """Return the model that answered, else the one that was asked for."""
    named: Sequence[JSON] = (result.facts.get("model"), result.arguments.get("model"))
    return next((one for one in named if isinstance(one, str) and one), None)
