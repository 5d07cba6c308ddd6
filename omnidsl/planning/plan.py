"""The plan: a DAG of steps and the files to save, plain JSON, stored under its run and resumed from there."""

from collections.abc import Mapping
from typing import Literal

import attrs

from omnidsl.planning.values import Ref, Value, from_json, refs, to_json
from omnidsl.plugins.media import JSON

FORMAT = 1


@attrs.frozen
class Options:
    """What `with` sets. `timeout` is in seconds; `retries` never means a second purchase; None: the default."""

    timeout: float | None = None
    retries: int | None = None
    repurchase: int = 0
    take: int | None = None
    cache: bool = True
    on_ambiguous: Literal["hold", "resubmit", "fail"] | None = None


@attrs.frozen
class PlanNode:
    """One step: an operation and its arguments, which may refer to other steps.

    `id` is what people see (`hero.1`, `wide[3]`). `key` is the planned step key: final where no argument depends on a
    result, else it stands for the request by the keys of the steps it depends on. `take` counts equal requests of the
    plan from 1. `result` is a type of the language; `expects` the type that the binding states, or an empty string.
    `line` is the place in the recipe, counted from 1.
    """

    id: str
    operation: str
    arguments: Mapping[str, Value]
    key: str
    take: int
    result: str
    expects: str = ""
    options: Options = Options()
    line: int = 0

    @property
    def needs(self) -> tuple[str, ...]:
        """The ids of the steps whose results this one waits for, without repeats."""
        return tuple(
            dict.fromkeys(ref.node for value in self.arguments.values() for ref in refs(value))
        )


@attrs.frozen
class Save:
    """Copy a result to `path`, a POSIX path below the output folder."""

    value: Ref | str
    path: str
    line: int = 0


@attrs.frozen
class Plan:
    """All that a run does. `gateway` is the identity that every key in it is bound to; `root` is the project's folder."""

    recipe: str
    pipeline: str
    gateway: str
    bindings: Mapping[str, JSON]
    nodes: tuple[PlanNode, ...]
    saves: tuple[Save, ...] = ()
    returns: Value = None

    def node(self, node_id: str) -> PlanNode:
        """Return a step by its id; KeyError where there is none."""
        return next(one for one in self.nodes if one.id == node_id)

    @classmethod
    def from_json(cls, data: Mapping[str, JSON]) -> "Plan":
        """Read what `to_json` wrote; ValueError for anything else."""
        if data.get("format") != FORMAT:
            raise ValueError(f"a plan of format {data.get('format')!r}, this reads {FORMAT}")
        match data:
            case {
                "recipe": str(recipe),
                "pipeline": str(pipeline),
                "gateway": str(gateway),
                "bindings": bindings,
                "nodes": [*nodes],
                "saves": [*saves],
                "returns": returns,
            }:
                return cls(
                    recipe,
                    pipeline,
                    gateway,
                    _mapping(bindings),
                    tuple(_node_from_json(one) for one in nodes),
                    tuple(_save_from_json(one) for one in saves),
                    from_json(returns),
                )
        raise ValueError("a stored plan lacks a part")

    def to_json(self) -> dict[str, JSON]:
        """Return the plan in its stored form."""
        return {
            "format": FORMAT,
            "recipe": self.recipe,
            "pipeline": self.pipeline,
            "gateway": self.gateway,
            "bindings": dict(self.bindings),
            "nodes": [_node_to_json(one) for one in self.nodes],
            "saves": [
                {"value": to_json(one.value), "path": one.path, "line": one.line}
                for one in self.saves
            ],
            "returns": to_json(self.returns),
        }


def _node_to_json(node: PlanNode) -> dict[str, JSON]:
    options: dict[str, JSON] = {
        key: value
        for key, value in attrs.asdict(node.options).items()
        if value != getattr(Options(), key)
    }
    return {
        "id": node.id,
        "operation": node.operation,
        "arguments": {name: to_json(value) for name, value in node.arguments.items()},
        "key": node.key,
        "take": node.take,
        "result": node.result,
        "expects": node.expects,
        "options": options,
        "line": node.line,
    }


def _node_from_json(data: JSON) -> PlanNode:
    match data:
        case {
            "id": str(node_id),
            "operation": str(operation),
            "arguments": arguments,
            "key": str(key),
            "take": int(take),
            "result": str(result),
            "expects": str(expects),
            "options": options,
            "line": int(line),
        }:
            values = {name: from_json(value) for name, value in _mapping(arguments).items()}
            read = _options_from_json(_mapping(options))
            return PlanNode(node_id, operation, values, key, take, result, expects, read, line)
    raise ValueError(f"a stored plan has a broken step: {data!r}")


def _options_from_json(data: dict[str, JSON]) -> Options:
    from cattrs import Converter  # a hundred milliseconds that only reading a stored plan pays

    try:
        return Converter(forbid_extra_keys=True, detailed_validation=False).structure(data, Options)
    except Exception as error:  # noqa: BLE001  # cattrs has a class of its own for every misfit
        raise ValueError(f"a stored plan has unknown options: {error}") from None


def _mapping(data: JSON) -> dict[str, JSON]:
    if isinstance(data, dict):
        return data
    raise ValueError(f"a stored plan has no object where one belongs: {data!r}")


def _save_from_json(data: JSON) -> Save:
    match data:
        case {"value": value, "path": str(path), "line": int(line)}:
            read = from_json(value)
            if isinstance(read, Ref | str):
                return Save(read, path, line)
    raise ValueError(f"a stored plan has a broken save: {data!r}")
