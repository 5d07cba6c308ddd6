"""The plan: a DAG of steps and the files to save, plain JSON, stored under its run and resumed from there."""

from collections.abc import Mapping

from omnidsl._record import Record
from omnidsl._typing import TYPE_CHECKING
from omnidsl.planning.values import Pending, TextInput, Value, from_json, refs, to_json

if TYPE_CHECKING:
    from typing import Literal

    from omnidsl.plugins.media import JSON

FORMAT = 2
_READ = (1, 2)
"""Format 1 knew no conditions, loops over results or names that results give."""

PICK = "pick"
EXPECT = "expect"
"""What a run does by itself: ask a person, and hold a result to what the recipe expects of it. Neither is paid for."""


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
    `line` is the place in the recipe, counted from 1. Where `when` turns out false the step is skipped; None: always
    taken. `after` are expectations that have to be met before.
    """

    __slots__ = (
        "after",
        "arguments",
        "expects",
        "id",
        "key",
        "line",
        "operation",
        "options",
        "result",
        "take",
        "when",
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
        "when",
        "after",
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
        when: Value = None,
        after: tuple[str, ...] = (),
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
        self.when = when
        self.after = after

    @property
    def needs(self) -> tuple[str, ...]:
        """The ids of the steps that this one waits for, without repeats."""
        return _needs((self.when, *self.arguments.values()), self.after)

    @property
    def paid(self) -> bool:
        """Whether a service does it."""
        return self.operation not in (PICK, EXPECT)


Saved = str | TextInput | Pending


class Save(Record):
    """Copy a result to `path`, a POSIX path below the output folder; `when` and `after` as those of a step."""

    __slots__ = ("after", "line", "path", "value", "when")
    __match_args__ = ("value", "path", "line", "when", "after")

    def __init__(
        self,
        value: Saved,
        path: str | TextInput,
        line: int = 0,
        when: Value = None,
        after: tuple[str, ...] = (),
    ) -> None:
        self.value = value
        self.path = path
        self.line = line
        self.when = when
        self.after = after

    @property
    def needs(self) -> tuple[str, ...]:
        """The ids of the steps that this waits for, without repeats."""
        return _needs((self.when, self.value, self.path), self.after)

    @property
    def shown(self) -> str:
        """The path as far as it is known; `…` stands for what results give."""
        parts = self.path.parts if isinstance(self.path, TextInput) else (self.path,)
        return "".join(one if isinstance(one, str) else "…" for one in parts)


class Loop(Record):
    """A loop over a list that a step gives: it goes round `most` times at most. `when` as that of a step."""

    __slots__ = ("line", "most", "values", "when")
    __match_args__ = ("values", "most", "line", "when")

    def __init__(self, values: Value, most: int, line: int = 0, when: Value = None) -> None:
        self.values = values
        self.most = most
        self.line = line
        self.when = when

    @property
    def needs(self) -> tuple[str, ...]:
        """The ids of the steps that give the list, without repeats."""
        return _needs((self.when, self.values), ())


def _needs(values: tuple[Value, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(ref.node for one in values for ref in refs(one)), *after]))


class Plan(Record):
    """All that a run does. `gateway` is the identity that every key in it is bound to; `root` is the project's folder."""

    __slots__ = (
        "bindings",
        "gateway",
        "loops",
        "nodes",
        "pipeline",
        "recipe",
        "returns",
        "rules",
        "saves",
    )
    __match_args__ = (
        "recipe",
        "pipeline",
        "gateway",
        "bindings",
        "nodes",
        "saves",
        "returns",
        "loops",
        "rules",
    )

    def __init__(
        self,
        recipe: str,
        pipeline: str,
        gateway: str,
        bindings: "Mapping[str, JSON]",
        nodes: tuple[PlanNode, ...],
        saves: tuple[Save, ...] = (),
        returns: Value = None,
        loops: tuple[Loop, ...] = (),
        rules: str = "omniai",
    ) -> None:
        self.recipe = recipe
        self.pipeline = pipeline
        self.gateway = gateway
        self.bindings = bindings
        self.nodes = nodes
        self.saves = saves
        self.returns = returns
        self.loops = loops
        self.rules = rules

    @property
    def jobs(self) -> int:
        """How many paid jobs it sends at most."""
        return sum(node.paid for node in self.nodes)

    def node(self, node_id: str) -> PlanNode:
        """Return a step by its id; KeyError where there is none."""
        return next(one for one in self.nodes if one.id == node_id)

    @classmethod
    def from_json(cls, data: "Mapping[str, JSON]") -> "Plan":
        """Read what `to_json` wrote; ValueError for anything else."""
        if data.get("format") not in _READ:
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
                    tuple(_loop_from_json(one) for one in _list(data.get("loops", []))),
                    rules if isinstance(rules := data.get("rules"), str) else "omniai",
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
                {
                    "value": to_json(one.value),
                    "path": to_json(one.path),
                    "line": one.line,
                    **_conditions(one.when, one.after),
                }
                for one in self.saves
            ],
            "returns": to_json(self.returns),
            "loops": [
                {
                    "values": to_json(one.values),
                    "most": one.most,
                    "line": one.line,
                    **_conditions(one.when, ()),
                }
                for one in self.loops
            ],
            "rules": self.rules,
        }


def _conditions(when: Value, after: tuple[str, ...]) -> "dict[str, JSON]":
    """Return what only a statement that depends on results has."""
    found: dict[str, JSON] = {}
    if when is not None:
        found["when"] = to_json(when)
    if after:
        found["after"] = list(after)
    return found


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
        **_conditions(node.when, node.after),
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
            when, after = _conditions_from_json(_mapping(data))
            return PlanNode(
                node_id, operation, values, key, take, result, expects, read, line, when, after
            )
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
        case {"value": value, "path": path, "line": int(line)}:
            read, name = from_json(value), from_json(path)
            if isinstance(read, Saved) and isinstance(name, str | TextInput):
                return Save(read, name, line, *_conditions_from_json(_mapping(data)))
    raise ValueError(f"a stored plan has a broken save: {data!r}")


def _loop_from_json(data: "JSON") -> Loop:
    match data:
        case {"values": values, "most": int(most), "line": int(line)}:
            return Loop(from_json(values), most, line, _conditions_from_json(_mapping(data))[0])
    raise ValueError(f"a stored plan has a broken loop: {data!r}")


def _conditions_from_json(data: "dict[str, JSON]") -> tuple[Value, tuple[str, ...]]:
    after = tuple(one for one in _list(data.get("after", [])) if isinstance(one, str))
    return from_json(data.get("when")), after


def _list(data: "JSON") -> "list[JSON]":
    if isinstance(data, list):
        return data
    raise ValueError(f"a stored plan has no list where one belongs: {data!r}")
