"""What a service lets a project settle about it, beside where it is: declared here, set in `[services.NAME]`."""

import re
import types
import typing
from typing import Literal

import attrs

from omnidsl.plugins.errors import DeclarationError
from omnidsl.plugins.media import JSON
from omnidsl.settings.services import ADDRESS, is_base_url, is_key_header, is_variable

_KINDS: dict[object, str] = {bool: "flag", int: "count", float: "number", str: "text"}
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_SECRET = re.compile(r"(?:.*[_-])?(?:api)?(?:key|token|secret|password)")


@attrs.frozen
class ServiceSetting:
    """One thing that a project may settle about a service: `context.settings[name]` of its backend.

    `type` is `bool`, `int`, `float`, `str`, or a `Literal` of texts; `default` is of it, or None for what is not set.
    `help` is one English line, `zh` the same in Simplified Chinese.

    A setting says how a service is spoken to, never what is asked of it, and so it enters no content key: a project that
    switches to another protocol pays for nothing again. What changes an answer is an argument of the operation. A
    backend that speaks two protocols names its stages differently, so that no kept reply is read as another one's.
    """

    name: str
    type: object
    default: bool | int | float | str | None = attrs.field(default=None, kw_only=True)
    help: str = attrs.field(default="", kw_only=True)
    zh: str = attrs.field(default="", kw_only=True)

    def describe(self, service: str) -> JSON:
        """Return the setting as the declaration index keeps it; DeclarationError says what is wrong with it."""
        where = f"{service}.settings.{self.name}"
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise DeclarationError(
                where, "a name has small letters, digits, underscores and dashes"
            )
        if self.name in ADDRESS or _SECRET.fullmatch(self.name):
            problem = (
                "the name is taken: the key and the address of a service have a place of their own"
            )
            raise DeclarationError(where, problem)
        row: dict[str, JSON] = {"name": self.name, "kind": _kind(self.type, where)}
        choices = _choices(self.type)
        if choices:
            row["choices"] = list[JSON](choices)
        if self.default is not None:
            if not _is(self.default, self.type, choices):
                raise DeclarationError(where, f"the default {self.default!r} is not of its type")
            row["default"] = self.default
        for name in ("help", "zh"):
            text = getattr(self, name)
            if not isinstance(text, str):
                raise DeclarationError(where, f"`{name}` is a text")
            row.update({name: text} if text else {})
        return row


def _kind(annotation: object, where: str) -> str:
    if typing.get_origin(annotation) is Literal:
        if not all(isinstance(one, str) for one in typing.get_args(annotation)):
            raise DeclarationError(where, "choices are texts, as in `Literal['fast', 'slow']`")
        return "text"
    if isinstance(annotation, type | types.GenericAlias) and annotation in _KINDS:
        return _KINDS[annotation]
    raise DeclarationError(
        where, "its type is `bool`, `int`, `float`, `str` or a `Literal` of texts"
    )


def _choices(annotation: object) -> tuple[str, ...]:
    return typing.get_args(annotation) if typing.get_origin(annotation) is Literal else ()


def _is(value: object, annotation: object, choices: tuple[str, ...]) -> bool:
    if choices:
        return value in choices
    if annotation is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is annotation


def describe_settings(service: str, settings: object) -> list[JSON]:
    """Return what a service lets one settle, for the index; DeclarationError for what is no list of settings."""
    if not isinstance(settings, list | tuple):
        raise DeclarationError(f"{service}.settings", "is a tuple of ServiceSetting")
    rows: dict[str, JSON] = {}
    for one in settings:
        if not isinstance(one, ServiceSetting):
            raise DeclarationError(f"{service}.settings", f"{one!r} is no ServiceSetting")
        if one.name in rows:
            raise DeclarationError(f"{service}.settings.{one.name}", "two settings have this name")
        rows[one.name] = one.describe(service)
    return list(rows.values())


BEARER = "Authorization: Bearer"
"""How a key travels to a service's own gateway, where its plugin says nothing else."""


def described_address(service: str, base_url: str, variable: str, header: str) -> dict[str, JSON]:
    """Return where a service's own gateway is, for the index; DeclarationError says what is wrong with it."""
    if base_url and not is_base_url(base_url):
        raise DeclarationError(f"{service}.base_url", "is a root as `https://api.example.com`")
    if variable and not is_variable(variable):
        raise DeclarationError(f"{service}.key_variable", "is a name in capitals: EXAMPLE_API_KEY")
    if header and not is_key_header(header):
        raise DeclarationError(f"{service}.key_header", f"is `x-api-key`, or as `{BEARER}`")
    if base_url and not header:
        header = BEARER
    named = {"base_url": base_url, "key_variable": variable, "key_header": header}
    return {name: text for name, text in named.items() if text}
