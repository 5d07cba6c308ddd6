"""What a plugin author writes: services, operations, arguments.

Declarations are all that `omni check` needs. They import no HTTP library and name their implementation by a string.
"""

import re
import types
import typing
from collections.abc import Mapping
from math import inf
from typing import Any, ClassVar, Generic, Literal, TypeVar

import attrs

from omnidsl.plugins.conditions import Condition, applying, as_text
from omnidsl.plugins.contract import UNSTATED
from omnidsl.plugins.errors import ArgumentError, DeclarationError, TooLongError
from omnidsl.plugins.media import (
    JSON,
    Artifact,
    Audio,
    Grid,
    Handle,
    Image,
    Messages,
    PromptJob,
    Video,
)
from omnidsl.plugins.prices import Price
from omnidsl.plugins.service_settings import (
    ServiceSetting,
    describe_settings,
    described_address,
)
from omnidsl.settings.declaration import KINDS

OnAmbiguous = Literal["hold", "resubmit", "fail"]
Result = TypeVar("Result")

_OMNI_TYPES: dict[object, str] = {
    str: "text",
    int: "int",
    float: "number",
    bool: "bool",
    PromptJob: "prompt",
    Messages: "messages",
    Image: "image",
    Grid: "grid",
    Audio: "audio",
    Video: "video",
    dict: "json",
}


class Operation(Generic[Result]):
    """The base of `Task` and `Immediate`; a subclass is an attrs class whose fields are its arguments.

    `deterministic` says that equal requests give equal answers. `on_ambiguous` is what happens to a paid request
    whose answer was lost: `hold` it for a person (the default), `resubmit` (accept paying twice), or `fail`.
    `not_served_by` names the kinds of gateway (`KINDS`) that refuse it: `omni check` says so where the project has
    settled its gateway's kind; else the gateway's own refusal, of the reason `not-served`, does.
    `limits` are those of arguments that depend on others. `parts` are what a result has beside itself, by name and
    type: media are lists, made of the files that name the part; anything else is the fact of that name.
    """

    name: ClassVar[str] = ""
    deterministic: ClassVar[bool] = False
    on_ambiguous: ClassVar[OnAmbiguous] = "hold"
    not_served_by: ClassVar[tuple[str, ...]] = ()
    limits: "ClassVar[tuple[Limit, ...]]" = ()
    parts: ClassVar[Mapping[str, object]] = {}

    def __attrs_post_init__(self) -> None:
        """Refuse arguments that do not go together: the last gate before anything is sent."""
        if self.limits:
            _keep_together(self)


class Task(Operation[Result]):
    """A slow operation: submitted, polled, collected."""


class Immediate(Operation[Result]):
    """An operation that answers in the reply to its request."""


@attrs.frozen
class Rule:
    """What an argument's value must keep: bounds are inclusive, lengths count characters or items.

    `of` names the one type of subject that the argument is for, `needed` says that such a subject cannot do without.
    """

    subject: bool = False
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    max_bytes: int | None = None
    open: bool = False
    splits: bool = False
    of: str = ""
    needed: bool = False
    help: str = ""
    zh: str = ""


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


def argument(
    *,
    default: object = attrs.NOTHING,
    subject: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
    max_length: int | None = None,
    min_items: int | None = None,
    max_items: int | None = None,
    max_bytes: int | None = None,
    open: bool = False,  # noqa: A002  # the field's own word: choices that may grow
    splits: bool = False,
    of: str = "",
    needed: bool = False,
    help: str = "",  # noqa: A002  # argparse's word, which every author knows
    zh: str = "",
) -> Any:  # attrs' own field() is typed so
    """Declare one argument of an operation.

    Bounds are inclusive; `max_bytes` is what each file may have. `subject` marks what stands left of `->`. `open` lets values beyond a `Literal`'s choices pass (model names).
    `splits` says of a subject with a `max_length` that a longer text makes sense in pieces, as what is read aloud does.
    Where the subject may be of several types, `of` names the one that the argument is for, and `needed` says that it
    must be given beside it. `help` is one English line, `zh` the same in Simplified Chinese.
    """
    rule = Rule(
        subject=subject,
        minimum=minimum,
        maximum=maximum,
        max_length=max_length,
        min_items=min_items,
        max_items=max_items,
        max_bytes=max_bytes,
        open=open,
        splits=splits,
        of=of,
        needed=needed,
        help=help,
        zh=zh,
    )
    return attrs.field(default=default, kw_only=True, metadata={"omni": rule}, validator=_keep)


def _keep(instance: object, attribute: "attrs.Attribute[object]", value: object) -> None:
    """Refuse a value that the declaration forbids: the last gate before anything is sent."""
    if value is None and attribute.default is None:
        return
    rule: Rule = attribute.metadata["omni"]
    operation = operation_name(type(instance))
    try:
        accepts = accepted(attribute.type)
    except TypeError as error:
        raise DeclarationError(f"{operation}.{attribute.name}", str(error)) from None

    items = value if accepts.many and isinstance(value, list | tuple) else (value,)
    for item in items:
        if not _fits(item, accepts):
            raise ArgumentError(operation, attribute.name, _words(accepts), item)
        if rule.max_bytes is not None and isinstance(item, Artifact) and item.size > rule.max_bytes:
            expected = f"a file of at most {rule.max_bytes} bytes"
            raise ArgumentError(operation, attribute.name, expected, item)
    if accepts.choices and not rule.open and value not in accepts.choices:
        listed = "one of " + ", ".join(f"`{one}`" for one in accepts.choices)
        raise ArgumentError(operation, attribute.name, listed, value)
    if rule.splits and isinstance(value, str) and len(value) > (rule.max_length or inf):
        raise TooLongError(operation, attribute.name, rule.max_length or 0, value)
    if bound := _broken_bound(value, rule):
        raise ArgumentError(operation, attribute.name, bound, value)


def _broken_bound(value: object, rule: Rule) -> str:
    """Return the bound that a value passes, in words; empty where it keeps all."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if rule.minimum is not None and value < rule.minimum:
            return f"at least {rule.minimum:g}"
        if rule.maximum is not None and value > rule.maximum:
            return f"at most {rule.maximum:g}"
    if isinstance(value, str) and rule.max_length is not None and len(value) > rule.max_length:
        return f"at most {rule.max_length} characters long"
    if isinstance(value, list | tuple):
        if rule.max_items is not None and len(value) > rule.max_items:
            return f"a list of at most {rule.max_items}"
        if rule.min_items is not None and len(value) < rule.min_items:
            return f"a list of at least {rule.min_items}"
    return ""


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


def is_given(value: object) -> bool:
    """Tell whether a value counts as given: an empty one does not."""
    return value is not None and value not in ("", [], ())


def _fits(value: object, accepts: "Accepts") -> bool:
    if accepts.handle:
        return isinstance(value, Handle)
    if isinstance(value, bool):
        return "bool" in accepts.types
    if "json" in accepts.types:
        return value is None or isinstance(value, dict | list | str | int | float)
    if "number" in accepts.types and isinstance(value, int):
        return True
    return any(
        python is type(value) for python, omni in _OMNI_TYPES.items() if omni in accepts.types
    )


def _words(accepts: "Accepts") -> str:
    return ("a list of " if accepts.many else "") + " or ".join(f"`{one}`" for one in accepts.types)


@attrs.frozen
class Accepts:
    """An annotation in the language's words: types by name, choices, list or not, optional or not, handle or file.

    `single` says of a list that one alone, without brackets, is taken too.
    """

    types: tuple[str, ...]
    choices: tuple[str, ...] = ()
    many: bool = False
    single: bool = False
    optional: bool = False
    handle: bool = False


def accepted(annotation: object) -> Accepts:
    """Read a Python annotation; TypeError for one that the language has no word for."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in _OMNI_TYPES:
        return Accepts((_OMNI_TYPES[annotation],))
    if origin is Literal:
        if not all(isinstance(one, str) for one in inner):
            raise TypeError("choices are texts, as in `Literal['fast', 'slow']`")
        return Accepts(("text",), choices=tuple(str(one) for one in inner))
    if origin is Handle:
        return attrs.evolve(accepted(inner[0]), handle=True)
    if origin is dict:
        return Accepts(("json",))
    if origin in (list, tuple):
        return attrs.evolve(accepted(inner[0]), many=True)
    if origin in (typing.Union, types.UnionType):
        rest = [accepted(one) for one in inner if one is not types.NoneType]
        merged = rest[0]
        if any(one.handle != merged.handle for one in rest):
            raise TypeError("an argument takes handles or values, not both")
        for one in rest[1:]:
            merged = attrs.evolve(
                merged,
                types=tuple(dict.fromkeys(merged.types + one.types)),
                choices=merged.choices + one.choices,
                many=merged.many or one.many,
                single=merged.single or merged.many is not one.many,
            )
        return attrs.evolve(merged, optional=len(rest) < len(inner))
    msg = f"the language has no type for {annotation!r}"
    raise TypeError(msg)


def operation_name(operation: type) -> str:
    """Return an operation's name in recipes: its `name`, else its class name in snake case."""
    own: str = operation.__dict__.get("name", "")
    return own or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation.__name__).lower()


def result_type(operation: type) -> Accepts:
    """Return what an operation makes, read from the parameter of `Task[…]` or `Immediate[…]`; TypeError for others."""
    for base in getattr(operation, "__orig_bases__", ()):
        if typing.get_origin(base) in (Task, Immediate):
            return accepted(typing.get_args(base)[0])
    raise TypeError("an operation derives from `Task[…]` or `Immediate[…]` with what it makes")


def _plain_text(service: object, attribute: "attrs.Attribute[str]", value: object) -> None:  # noqa: ARG001  # attrs' signature
    """Refuse what JSON or UTF-8 cannot hold."""
    if not isinstance(value, str) or value != value.encode("utf-8", "replace").decode("utf-8"):
        raise DeclarationError(f"service.{attribute.name}", f"must be a plain text, not {value!r}")


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


def describe(service: Service) -> dict[str, JSON]:
    """Return a service's declarations as JSON, for the index; DeclarationError names the field that is wrong."""
    operations: dict[str, JSON] = {}
    for operation in service.operations:
        if not isinstance(operation, type):
            raise DeclarationError(f"{service.name}.operations", f"{operation!r} is no class")
        name = operation_name(operation)
        if not attrs.has(operation):
            raise DeclarationError(
                f"{service.name}.{name}", "an operation must be an attrs class (`@attrs.frozen`)"
            )
        try:
            attrs.resolve_types(operation)
        except NameError as error:
            raise DeclarationError(
                f"{service.name}.{name}", f"an annotation names something unknown: {error}"
            ) from None
        if name in operations:
            raise DeclarationError(f"{service.name}.{name}", "two operations have this name")
        operations[name] = _describe_operation(service.name, name, operation)  # type: ignore[arg-type]  # `attrs.has` narrows it away
    if wrong := [one for one in service.prices if one.operation not in operations]:
        raise DeclarationError(
            f"{service.name}.prices", f"there is no operation `{wrong[0].operation}`"
        )
    return {
        "summary": service.summary,
        "zh": service.zh,
        "implementation": service.implementation,
        "usual_seconds": service.usual_seconds,
        "prices": [one.to_json() for one in service.prices],
        "settling_seconds": service.settling_seconds,
        "settings": describe_settings(service.name, service.settings),
        **described_address(
            service.name, service.base_url, service.key_variable, service.key_header
        ),
        "operations": operations,
    }


def _describe_operation(service: str, name: str, operation: type[Operation[Any]]) -> JSON:
    try:
        made = result_type(operation)
    except TypeError as error:
        raise DeclarationError(f"{service}.{name}", str(error)) from None
    parameters: list[JSON] = []
    fields: tuple[attrs.Attribute[object], ...] = attrs.fields(operation)  # type: ignore[arg-type]  # the caller has seen that it is an attrs class
    for field in fields:
        where = f"{service}.{name}.{field.name}"
        if "omni" not in field.metadata:
            raise DeclarationError(where, "declare it with `argument(…)`")
        try:
            accepts = accepted(field.type)
        except TypeError as error:
            raise DeclarationError(where, str(error)) from None
        parameters.append(
            _describe_parameter(field.name, field.default, field.metadata["omni"], accepts)
        )
    _check_subjects(f"{service}.{name}", fields)
    _check_kinds(f"{service}.{name}", operation)
    _check_limits(f"{service}.{name}", operation, fields)
    doc = (operation.__doc__ or "").strip().splitlines()
    row: dict[str, JSON] = {
        "doc": doc[0] if doc else "",
        "kind": "task" if issubclass(operation, Task) else "immediate",
        "result": _type_text(made),
        "deterministic": operation.deterministic,
        "on_ambiguous": operation.on_ambiguous,
        "parameters": parameters,
    }
    if operation.not_served_by:
        row["not_served_by"] = list(operation.not_served_by)
    if operation.limits:
        row["limits"] = [one.to_json() for one in operation.limits]
    if operation.parts:
        row["parts"] = _describe_parts(f"{service}.{name}", operation.parts)
    return row


_MEDIA = ("image", "grid", "audio", "video")


def _describe_parts(where: str, parts: Mapping[str, object]) -> dict[str, JSON]:
    found: dict[str, JSON] = {}
    for name, annotation in parts.items():
        try:
            accepts = accepted(annotation)
        except TypeError as error:
            raise DeclarationError(f"{where}.parts.{name}", str(error)) from None
        if accepts.types[0] in _MEDIA and not accepts.many:
            raise DeclarationError(f"{where}.parts.{name}", "media are a list, as `list[Image]`")
        found[name] = _type_text(accepts)
    return found


def _check_limits(
    where: str, operation: type[Operation[Any]], fields: "tuple[attrs.Attribute[object], ...]"
) -> None:
    """Refuse a limit of, or beside, an argument that the operation does not have."""
    by_name = {one.name: one for one in fields}
    for number, one in enumerate(operation.limits, 1):
        place = f"{where}.limits[{number}]"
        if not isinstance(one, Limit):
            raise DeclarationError(place, f"must be a Limit, not {type(one).__name__}")
        for name in (one.argument, *one.when):
            if name not in by_name:
                raise DeclarationError(place, f"there is no argument `{name}`")
        if (
            one.given is not None
            and is_given(by_name[one.argument].default)
            and (by_name[one.argument].default is not attrs.NOTHING)
        ):
            problem = f"`{one.argument}` has a default, so that it is always given"
            raise DeclarationError(place, problem)


def _check_subjects(where: str, fields: "tuple[attrs.Attribute[object], ...]") -> None:
    """Refuse an argument that is for a type of subject which the operation does not take."""
    known = {
        kind
        for field in fields
        if field.metadata["omni"].subject
        for kind in accepted(field.type).types
    }
    for field in fields:
        rule: Rule = field.metadata["omni"]
        if (rule.of and rule.of not in known) or (rule.needed and not rule.of):
            listed = ", ".join(sorted(known)) or "none"
            problem = f"`of` names a type of the subject ({listed}), and `needed` wants one"
            raise DeclarationError(f"{where}.{field.name}", problem)


def _check_kinds(where: str, operation: type[Operation[Any]]) -> None:
    """Refuse kinds of gateway that there are none of, or all of them: nobody would serve the operation."""
    refused = operation.not_served_by
    if not isinstance(refused, tuple) or set(refused) - set(KINDS) or set(refused) == set(KINDS):
        problem = f"must be a tuple of some of {', '.join(KINDS)}, not {refused!r}"
        raise DeclarationError(f"{where}.not_served_by", problem)


def serving(operation: type[Operation[Any]]) -> tuple[str, ...]:
    """Return the kinds of gateway that serve an operation."""
    return tuple(one for one in KINDS if one not in operation.not_served_by)


def _type_text(accepts: Accepts) -> str:
    return f"list[{accepts.types[0]}]" if accepts.many else accepts.types[0]


def _describe_parameter(name: str, default: object, rule: Rule, accepts: Accepts) -> JSON:
    row: dict[str, JSON] = {"name": name, "accepts": list(accepts.types)}
    if default is attrs.NOTHING:
        row["required"] = True
    elif isinstance(default, bool | int | float | str):
        row["default"] = default
    flags = {
        "many": accepts.many,
        "single": accepts.single,
        "handle": accepts.handle,
        "subject": rule.subject,
        "open": rule.open,
        "splits": rule.splits,
        "needed": rule.needed,
    }
    row.update({key: True for key, on in flags.items() if on})
    if rule.of:
        row["of"] = rule.of
    if accepts.choices:
        row["choices"] = list(accepts.choices)
    bounds = {
        "minimum": rule.minimum,
        "maximum": rule.maximum,
        "max_length": rule.max_length,
        "min_items": rule.min_items,
        "max_items": rule.max_items,
        "max_bytes": rule.max_bytes,
    }
    row.update({key: bound for key, bound in bounds.items() if bound is not None})
    row.update({key: text for key, text in {"help": rule.help, "zh": rule.zh}.items() if text})
    return row
