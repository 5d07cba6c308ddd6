"""The plan: a DAG of steps and the files to save, plain JSON, stored under its run and resumed from there."""

from collections.abc import Mapping

from omnidsl._record import Record
from omnidsl._typing import TYPE_CHECKING
from omnidsl.planning.values import Pending, TextInput, Value, refs
from omnidsl.prompts import HouseRules
from omnidsl.settings.house import AS_SHIPPED

if TYPE_CHECKING:
    from typing import Literal

    from omnidsl.plugins.media import JSON

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
    def served(self) -> bool:
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
    """All that a run does. `gateway` is the identity that every key in it is bound to.

    `gateways` are the identities of those that single services have of their own; their keys are bound to these.
    """

    __slots__ = (
        "bindings",
        "gateway",
        "gateways",
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
        "gateways",
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
        rules: HouseRules = AS_SHIPPED,
        gateways: Mapping[str, str] | None = None,
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
        self.gateways = dict(gateways or {})

    def gateway_of(self, operation: str) -> str:
        """Return the identity of the gateway that an operation goes to."""
        return self.gateways.get(operation.partition(".")[0], self.gateway)

    @property
    def services(self) -> tuple[str, ...]:
        """The services that its steps are bought from, in the order in which they stand."""
        found = (node.operation.partition(".")[0] for node in self.nodes if node.served)
        return tuple(dict.fromkeys(found))

    @property
    def places(self) -> tuple[str, ...]:
        """The identities of the gateways that its steps go to; of a plan that buys nothing: its own."""
        return tuple(dict.fromkeys(map(self.gateway_of, self.services))) or (self.gateway,)

    def node(self, node_id: str) -> PlanNode:
        """Return a step by its id; KeyError where there is none."""
        return next(one for one in self.nodes if one.id == node_id)

    @classmethod
    def from_json(cls, data: "Mapping[str, JSON]") -> "Plan":
        """Read what `to_json` wrote; ValueError for anything else."""
        from omnidsl.planning.stored import read_plan

        return read_plan(data)

    def to_json(self) -> "dict[str, JSON]":
        """Return the plan in its stored form."""
        from omnidsl.planning.stored import stored_plan

        return stored_plan(self)
