"""The plan: a DAG of steps and the files to save, plain JSON, stored under its run and resumed from there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from omnidsl._record import Record
from omnidsl.planning.values import Ref, Value, from_json, refs, to_json

if TYPE_CHECKING:
    from typing import Literal

    from omnidsl.plugins.media import JSON

FORMAT = 1


class Options(Record):
    """What `with` sets. `timeout` is in seconds; `retries` never means a second purchase; None: the default."""

    __slots__ = ("cache", "on_ambiguous", "repurchase", "retries", "take", "timeout")
    __match_args__ = ("timeout", "retries", "repurchase", "take", "cache", "on_ambiguous")

    def __init__(
        self,
        timeout: float | None = None,
        retries: int | None = None,
        repurchase: int = 0,
        take: int | None = None,
        cache: bool = True,  # noqa: FBT001, FBT002  # always given by name, as `with` does
        on_ambiguous: 'Literal["hold", "resubmit", "fail"] | None' = None,
    ) -> None:
        self.timeout = timeout
        self.retries = retries
        self.repurchase = repurchase
        self.take = take
        self.cache = cache
        self.on_ambiguous = on_ambiguous


DEFAULT = Options()


class PlanNode(Record):
    """One step: an operation and its arguments, which may refer to other steps.

    `id` is what people see (`hero.1`, `wide[3]`). `key` is the planned step key: final where no argument depends on a
    result, else it stands for the request by the keys of the steps it depends on. `take` counts equal requests of the
    plan from 1. `result` is a type of the language; `expects` the type that the binding states, or an empty string.
    `line` is the place in the recipe, counted from 1.
    """

    __slots__ = (
        "arguments",
        "expects",
        "id",
        "key",
        "line",
        "operation",
        "options",
        "result",
        "take",
    )
    __match_args__ = (
        "id",
        "operation",
        "arguments",
        "key",
        "take",
        "result",
        "expects",
        "options",
        "line",
    )

    def __init__(
        self,
        id: str,  # noqa: A002  # its name in the stored plan
        operation: str,
        arguments: Mapping[str, Value],
        key: str,
        take: int,
        result: str,
        expects: str = "",
        options: Options = DEFAULT,
        line: int = 0,
    ) -> None:
        self.id = id
        self.operation = operation
        self.arguments = arguments
        self.key = key
        self.take = take
        self.result = result
        self.expects = expects
        self.options = options
        self.line = line

    @property
    def needs(self) -> tuple[str, ...]:
        """The ids of the steps whose results this one waits for, without repeats."""
        return tuple(
            dict.fromkeys(ref.node for value in self.arguments.values() for ref in refs(value))
        )


class Save(Record):
    """Copy a result to `path`, a POSIX path below the output folder."""

    __slots__ = ("line", "path", "value")
    __match_args__ = ("value", "path", "line")

    def __init__(self, value: Ref | str, path: str, line: int = 0) -> None:
        self.value = value
        self.path = path
        self.line = line


class Plan(Record):
    """All that a run does. `gateway` is the identity that every key in it is bound to; `root` is the project's folder."""

    __slots__ = ("bindings", "gateway", "nodes", "pipeline", "recipe", "returns", "saves")
    __match_args__ = ("recipe", "pipeline", "gateway", "bindings", "nodes", "saves", "returns")

    def __init__(
        self,
        recipe: str,
        pipeline: str,
        gateway: str,
        bindings: "Mapping[str, JSON]",
        nodes: tuple[PlanNode, ...],
        saves: tuple[Save, ...] = (),
        returns: Value = None,
    ) -> None:
        self.recipe = recipe
        self.pipeline = pipeline
        self.gateway = gateway
        self.bindings = bindings
        self.nodes = nodes
        self.saves = saves
        self.returns = returns

    def node(self, node_id: str) -> PlanNode:
        """Return a step by its id; KeyError where there is none."""
        return next(one for one in self.nodes if one.id == node_id)

    @classmethod
    def from_json(cls, data: "Mapping[str, JSON]") -> "Plan":
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

    def to_json(self) -> "dict[str, JSON]":
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


def _node_to_json(node: PlanNode) -> "dict[str, JSON]":
    options: dict[str, JSON] = {
        name: getattr(node.options, name)
        for name in Options.__match_args__
        if getattr(node.options, name) != getattr(DEFAULT, name)
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


def _node_from_json(data: "JSON") -> PlanNode:
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


def _options_from_json(data: "dict[str, JSON]") -> Options:
    for name, value in data.items():
        kinds = _KINDS.get(name, ())
        if type(value) not in kinds or (name == "on_ambiguous" and value not in _AMBIGUOUS):
            raise ValueError(f"a stored plan has unknown options: {name}={value!r}")
    return Options(**data)  # type: ignore[arg-type]  # names and types were looked at above


_NONE = type(None)
_KINDS = {
    "timeout": (int, float, _NONE),
    "retries": (int, _NONE),
    "repurchase": (int,),
    "take": (int, _NONE),
    "cache": (bool,),
    "on_ambiguous": (str, _NONE),
}
_AMBIGUOUS = ("hold", "resubmit", "fail", None)


def _mapping(data: "JSON") -> "dict[str, JSON]":
    if isinstance(data, dict):
        return data
    raise ValueError(f"a stored plan has no object where one belongs: {data!r}")


def _save_from_json(data: "JSON") -> Save:
    match data:
        case {"value": value, "path": str(path), "line": int(line)}:
            read = from_json(value)
            if isinstance(read, Ref | str):
                return Save(read, path, line)
    raise ValueError(f"a stored plan has a broken save: {data!r}")
