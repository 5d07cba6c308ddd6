"""Declarations as JSON, for the index: read from their classes, and refused where they do not hang together."""

from collections.abc import Mapping
from typing import Any

import attrs

from omnidsl.plugins.annotations import Accepts, accepted, type_text
from omnidsl.plugins.arguments import Rule, is_given, operation_name
from omnidsl.plugins.declarations import Limit, Operation, Service, Task, result_type
from omnidsl.plugins.errors import DeclarationError
from omnidsl.plugins.media import JSON
from omnidsl.plugins.service_settings import describe_settings, described_address
from omnidsl.settings.declaration import KINDS


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
        "result": type_text(made),
        "deterministic": operation.deterministic,
        "on_ambiguous": operation.on_ambiguous,
        "parameters": parameters,
    }
    if operation.zh:
        row["zh"] = operation.zh
    if operation.free:
        row["free"] = True
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
        found[name] = type_text(accepts)
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
