"""What differs from one family of gateways to another: the words of refusals, and the shapes of replies."""

import abc
import tomllib
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from typing import ClassVar

import attrs

from omnidsl_sandbox.json_values import Json, JsonObject, dump
from omnidsl_sandbox.tasks import Snapshot, Task

JSON = "application/json"
JSON_UTF8 = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@attrs.frozen
class Reply:
    """One HTTP reply: status, body and content type."""

    status: int
    body: bytes
    media_type: str = JSON_UTF8


class Profile(abc.ABC):
    """One family of gateways; `data/<name>.toml` holds its words."""

    name: ClassVar[str]

    @cached_property
    def words(self) -> Mapping[str, "Mapping[str, Json]"]:
        """The profile's data file."""
        text = files("omnidsl_sandbox").joinpath("data", f"{self.name}.toml").read_text("utf-8")
        return tomllib.loads(text)

    def word(self, table: str, key: str) -> str:
        """Return one text of the data file."""
        return str(self.words[table][key])

    @property
    def request_id_header(self) -> str:
        """The header that carries the number of a request in every reply."""
        return self.word("header", "request_id")

    @abc.abstractmethod
    def key(self, headers: Mapping[str, str]) -> str:
        """Return the bare key of a request, empty without one; header names are lower-case."""

    @abc.abstractmethod
    def refusal(self, name: str, values: Mapping[str, str | int], request_id: str) -> Reply:
        """Return the reply for a refusal of the data file."""

    @abc.abstractmethod
    def check_fields(self, body: JsonObject) -> str:
        """Return why a Midjourney body is refused before it is looked at, or an empty string."""

    @abc.abstractmethod
    def accepted(self, task: Task, *, ahead: int) -> Reply:
        """Return the reply to an accepted submission; `ahead` tasks wait before it."""

    @abc.abstractmethod
    def needs_modal(self, task: Task) -> Reply:
        """Return the reply to an action that waits for its modal."""

    @abc.abstractmethod
    def task(self, task: Task, snapshot: Snapshot, root: str) -> JsonObject:
        """Return the task as a fetch shows it; `root` is the address in front of picture links."""

    @abc.abstractmethod
    def fetched(self, value: Json) -> Reply:
        """Return the reply to a fetch."""

    def models(self) -> list[str]:
        """Return the names of all models on offer."""
        return [
            str(name)
            for names in self.words["models"].values()
            if isinstance(names, list)
            for name in names
        ]


def json_reply(value: Json, status: int = 200, media_type: str = JSON_UTF8) -> Reply:
    """Return a reply that carries JSON."""
    return Reply(status, dump(value), media_type)
