"""Arguments of operations: how they are declared, and what each value must keep."""

import re
from math import inf
from typing import Any

import attrs

from omnidsl.plugins.annotations import accepted, fits, in_words
from omnidsl.plugins.errors import ArgumentError, DeclarationError, TooLongError
from omnidsl.plugins.media import Artifact


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
        if not fits(item, accepts):
            raise ArgumentError(operation, attribute.name, in_words(accepts), item)
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


def is_given(value: object) -> bool:
    """Tell whether a value counts as given: an empty one does not."""
    return value is not None and value not in ("", [], ())


def operation_name(operation: type) -> str:
    """Return an operation's name in recipes: its `name`, else its class name in snake case."""
    own: str = operation.__dict__.get("name", "")
    return own or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation.__name__).lower()
