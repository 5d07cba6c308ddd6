"""What a plugin brings beside services: rules about prompts, pure functions, engines. Declared here, as data for the index.

`omni check` runs no plugin's code, so a rule is data of the form that Midjourney's own rules have, and of a function it
knows the types alone; what a function gives is computed where a plan is made.
"""

import re
from collections.abc import Iterable, Mapping

import attrs

from omnidsl.plugins.annotations import accepted
from omnidsl.plugins.declarations import plain_text
from omnidsl.plugins.errors import DeclarationError
from omnidsl.plugins.media import JSON
from omnidsl.prompts.house_rules import FORBIDDEN, NEEDED, read_rule

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DOTTED = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_PATH = re.compile(r"[\w.]+:\w+")

PLAIN = ("text", "int", "number", "bool")
"""The types of what functions take and give, by themselves or in lists."""


def _tuple(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(given)


@attrs.frozen(kw_only=True)
class PromptRule:
    """A rule of a team about Midjourney prompts; `omni check` reports what breaks it as OM429, with `help` or `zh` as words.

    Either `banned` (words and phrases that no prompt may hold), or `option` (an option of your own that prompts may hold,
    without dashes), or `parameter`: what one of Midjourney's parameters must be. It may be one of `choices`, at `least`
    and at `most` a number; `given` True says that every prompt needs it, False that none may have it. `when` names another
    parameter that a prompt has, with one of `values` (none: any): the rule about a parameter holds only then.
    """

    name: str
    banned: tuple[str, ...] = attrs.field(default=(), converter=_tuple)
    option: str = ""
    parameter: str = ""
    choices: tuple[str, ...] = attrs.field(default=(), converter=_tuple)
    least: float | None = None
    most: float | None = None
    given: bool | None = None
    when: str = ""
    values: tuple[str, ...] = attrs.field(default=(), converter=_tuple)
    help: str = ""
    zh: str = ""

    def describe(self) -> dict[str, JSON]:
        """Return the rule as the index keeps it; DeclarationError says what is wrong with it."""
        where = f"rule {self.name}"
        if not isinstance(self.name, str) or not _SLUG.fullmatch(self.name):
            raise DeclarationError(where, "a name is small words with dashes, as `wide-only`")
        kinds = [bool(self.banned), bool(self.option), bool(self.parameter)]
        if sum(kinds) != 1:
            raise DeclarationError(where, "is about `banned` words, an `option` or a `parameter`")
        given = {True: NEEDED, False: FORBIDDEN}
        row: dict[str, JSON] = {
            "name": self.name,
            "banned": list(self.banned),
            "option": self.option,
            "parameter": self.parameter,
            "choices": list(self.choices),
            "least": self.least,
            "most": self.most,
            "given": "" if self.given is None else given[self.given],
            "when": self.when,
            "values": list(self.values),
            "help": self.help,
            "zh": self.zh,
        }
        kept: dict[str, JSON] = {
            name: value for name, value in row.items() if value not in ("", [], None)
        }
        try:
            read_rule(kept)
        except (TypeError, ValueError) as error:
            raise DeclarationError(where, str(error)) from None
        return kept


@attrs.frozen(kw_only=True)
class Function:
    """A pure function of recipes: `name` is `space.name`, `implementation` a Python function as `package.module:function`.

    `arguments` are Python types by name, in order (`str`, `int`, `float`, `bool`, lists of them), `returns` is one more.
    Equal arguments give equal values, for ever: what it gives enters plans, and with them what is bought.
    """

    name: str
    implementation: str
    arguments: Mapping[str, object]
    returns: object = str
    help: str = ""
    zh: str = ""

    def describe(self) -> dict[str, JSON]:
        """Return the function as the index keeps it; DeclarationError says what is wrong with it."""
        where = f"function {self.name}"
        if not isinstance(self.name, str) or not _DOTTED.fullmatch(self.name):
            raise DeclarationError(where, "a name has two parts, as `brand.slug`")
        arguments: list[JSON] = [
            {"name": _word(name, where), "type": _type(annotation, f"{where}.{name}")}
            for name, annotation in self.arguments.items()
        ]
        return {
            "implementation": _path(self.implementation, where),
            "arguments": arguments,
            "returns": _type(self.returns, f"{where}.returns"),
            "help": plain_text(self.help, where),
            "zh": plain_text(self.zh, where),
        }


@attrs.frozen(kw_only=True)
class NamedEngine:
    """An engine for `--engine NAME` and the setting `engine`: `implementation` makes it, as `package.module:name`.

    What stands there is called with the run's `Limits` and gives an `omnidsl.running.Engine`.
    """

    name: str
    implementation: str
    help: str = ""
    zh: str = ""

    def describe(self) -> dict[str, JSON]:
        """Return the engine as the index keeps it; DeclarationError says what is wrong with it."""
        where = f"engine {self.name}"
        if not isinstance(self.name, str) or not _SLUG.fullmatch(self.name):
            raise DeclarationError(where, "a name is small words with dashes, as `two-rooms`")
        return {
            "implementation": _path(self.implementation, where),
            "help": plain_text(self.help, where),
            "zh": plain_text(self.zh, where),
        }


def _word(name: object, where: str) -> str:
    if not isinstance(name, str) or not _WORD.fullmatch(name):
        raise DeclarationError(where, f"an argument cannot be called {name!r}")
    return name


def _path(path: object, where: str) -> str:
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise DeclarationError(where, "`implementation` is `package.module:name`")
    return path


def _type(annotation: object, where: str) -> str:
    try:
        accepts = accepted(annotation)
    except TypeError as error:
        raise DeclarationError(where, str(error)) from None
    [*kinds] = accepts.types
    if len(kinds) != 1 or kinds[0] not in PLAIN or accepts.choices or accepts.optional:
        raise DeclarationError(where, "is str, int, float, bool, or a list of one of them")
    return f"list[{kinds[0]}]" if accepts.many else kinds[0]
