"""What a plugin author writes: services, operations, limits.

Declarations are all that `omni check` needs. They import no HTTP library and name their implementation by a string.
"""

import typing
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Literal, TypeVar

import attrs

from omnidsl.plugins import UNSTATED
from omnidsl.plugins.annotations import Accepts, accepted
from omnidsl.plugins.arguments import is_given, operation_name
from omnidsl.plugins.conditions import Condition, applying, as_text
from omnidsl.plugins.errors import ArgumentError, DeclarationError
from omnidsl.plugins.media import JSON
from omnidsl.plugins.prices import Price
from omnidsl.plugins.service_settings import ServiceSetting
from omnidsl.settings.declaration import KINDS

OnAmbiguous = Literal["hold", "resubmit", "fail"]
Result = TypeVar("Result")


class Operation(Generic[Result]):
    """The base of `Task` and `Immediate`; a subclass is an attrs class whose fields are its arguments.

    `deterministic` says that equal requests give equal answers, `free` that it is paid for nowhere: a plan counts it among
    no paid jobs and has no price for it. `on_ambiguous` is what happens to a paid request
    whose answer was lost: `hold` it for a person (the default), `resubmit` (accept paying twice), or `fail`.
    `not_served_by` names the kinds of gateway (`KINDS`) that refuse it: `omni check` says so where the project has
    settled its gateway's kind; else the gateway's own refusal, of the reason `not-served`, does.
    `limits` are those of arguments that depend on others. `parts` are what a result has beside itself, by name and
    type: media are lists, made of the files that name the part; anything else is the fact of that name.
    The first line of the docstring says in English what it does, `zh` the same in Simplified Chinese.
    """

    name: ClassVar[str] = ""
    deterministic: ClassVar[bool] = False
    free: ClassVar[bool] = False
    on_ambiguous: ClassVar[OnAmbiguous] = "hold"
    not_served_by: ClassVar[tuple[str, ...]] = ()
    limits: "ClassVar[tuple[Limit, ...]]" = ()
    parts: ClassVar[Mapping[str, object]] = {}
    zh: ClassVar[str] = ""

    def __attrs_post_init__(self) -> None:
        """Refuse arguments that do not go together: the last gate before anything is sent."""
        if self.limits:
            _keep_together(self)


class Task(Operation[Result]):
    """A slow operation: submitted, polled, collected."""


class Immediate(Operation[Result]):
    """An operation that answers in the reply to its request."""


@attrs.frozen
class Limit:
    """What one argument may be beside others: a row of an operation's `limits`.

    `when` has globs on the texts of other arguments: `*` is whatever is given, `!` in front means what does not fit. For
    one argument the first row whose `when` fits decides. `choices` are texts, bounds inclusive, `max_length` counts
    characters or items; `given=False` says that the argument must be left out, `given=True` that it is needed. `help`
    is one English line that says why, `zh` the same in Simplified Chinese.
    """

    argument: str
    when: Mapping[str, str] = attrs.field(kw_only=True)
    choices: tuple[str, ...] = attrs.field(default=(), kw_only=True)
    minimum: float | None = attrs.field(default=None, kw_only=True)
    maximum: float | None = attrs.field(default=None, kw_only=True)
    max_length: int | None = attrs.field(default=None, kw_only=True)
    given: bool | None = attrs.field(default=None, kw_only=True)
    help: str = attrs.field(default="", kw_only=True)
    zh: str = attrs.field(default="", kw_only=True)

    def to_json(self) -> dict[str, JSON]:
        """Return the row as the declaration index keeps it."""
        row = attrs.asdict(self)
        row["choices"], row["when"] = list(self.choices), dict(self.when)
        return {name: value for name, value in row.items() if value not in (None, "", [])}


def _keep_together(operation: "Operation[Any]") -> None:
    """Refuse arguments that the operation's `limits` forbid together."""
    cls: Any = type(operation)
    values = {one.name: getattr(operation, one.name) for one in attrs.fields(cls)}
    known = {name: as_text(value) for name, value in values.items() if is_given(value)}
    for one in applying((Condition(row.to_json()) for row in operation.limits), known):
        value, beside = values[one.argument], one.beside(known)
        if one.given is not None and is_given(value) is not one.given:
            expected = f"given beside {beside}" if one.given else f"left out beside {beside}"
        elif is_given(value) and not one.permits(value):
            expected = f"{one.allowed()} beside {beside}"
        else:
            continue
        raise ArgumentError(operation_name(cls), one.argument, expected, value)


def result_type(operation: type) -> Accepts:
    """Return what an operation makes, read from the parameter of `Task[…]` or `Immediate[…]`; TypeError for others."""
    for base in getattr(operation, "__orig_bases__", ()):
        if typing.get_origin(base) in (Task, Immediate):
            return accepted(typing.get_args(base)[0])
    raise TypeError("an operation derives from `Task[…]` or `Immediate[…]` with what it makes")


def serving(operation: type[Operation[Any]]) -> tuple[str, ...]:
    """Return the kinds of gateway that serve an operation."""
    return tuple(one for one in KINDS if one not in operation.not_served_by)


def plain_text(value: object, where: str) -> str:
    """Return a text; DeclarationError for what JSON or UTF-8 cannot hold."""
    if not isinstance(value, str) or value != value.encode("utf-8", "replace").decode("utf-8"):
        raise DeclarationError(where, f"must be a plain text, not {value!r}")
    return value


def _plain_text(service: object, attribute: "attrs.Attribute[str]", value: object) -> None:  # noqa: ARG001  # attrs' signature
    plain_text(value, f"service.{attribute.name}")


@attrs.frozen(kw_only=True)
class Service:
    """One model service: its operations, and the backend class as `package.module:Class`.

    `usual_seconds` is how long a task usually takes: polling starts after a third of it. `settling_seconds` is how
    long after a request at most its gateway shows what it took: only then does absence prove anything. `prices` are
    estimates of what operations cost (see `read_prices`). `settings` are what a project may settle about it.

    `base_url` is the root of a gateway of its own, which a stranger's API is; `key_variable` the environment variable with
    the key to it, `key_header` how that travels: `x-api-key`, or `Authorization: Bearer` (the default). Without `base_url`
    the service goes through the gateway that all share, and any project may say otherwise.
    """

    name: str = attrs.field(validator=attrs.validators.matches_re(r"[a-z][a-z0-9_]*"))
    operations: tuple[type[Operation[Any]], ...]
    implementation: str = attrs.field(validator=attrs.validators.matches_re(r"[\w.]+:\w+"))
    api: int = UNSTATED
    summary: str = attrs.field(default="", validator=_plain_text)
    zh: str = attrs.field(default="", validator=_plain_text)
    usual_seconds: float = 30.0
    prices: tuple[Price, ...] = ()
    settling_seconds: float = attrs.field(default=30.0, validator=attrs.validators.ge(0))
    settings: tuple[ServiceSetting, ...] = ()
    base_url: str = attrs.field(default="", validator=_plain_text)
    key_variable: str = attrs.field(default="", validator=_plain_text)
    key_header: str = attrs.field(default="", validator=_plain_text)
