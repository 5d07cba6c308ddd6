"""What differs from one family of servers to another: the words of refusals, the shapes of replies, the endpoints."""

import abc
import tomllib
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from typing import ClassVar

from omnidsl_sandbox.json_values import Json, JsonObject
from omnidsl_sandbox.profiles.shapes import Refusal, Reply, verdict, write
from omnidsl_sandbox.tasks import Snapshot, Task

_GO_TYPES = {
    str: "string",
    bool: "bool",
    int: "number",
    float: "number",
    list: "array",
    dict: "object",
}


class Profile(abc.ABC):
    """One family of servers; `data/<name>.toml` holds its words and says what it offers."""

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
        """The header that carries the number of a request in every reply; empty where no server sends one."""
        return self.word("server", "request_id")

    @property
    def modes(self) -> tuple[str, ...]:
        """What may stand in front of `/mj`, as the beginnings of paths; a name in braces is any word."""
        return ("", *self._listed("server", "modes"))

    @property
    def listing(self) -> int:
        """How many tasks `GET /mj/task/list` shows; 0 where there is no such request."""
        return int(str(self.words["server"]["listing"]))

    @property
    def has_change(self) -> bool:
        """Whether `/mj/submit/change` is there."""
        return self.words["server"]["change"] is True

    @property
    def presses(self) -> frozenset[str]:
        """The kinds of buttons that it presses beyond those that every server does."""
        return frozenset(self._listed("server", "presses"))

    def offers(self, name: str) -> bool:
        """Whether it has what only some servers have: a submission by its name, or `links` to pictures.

        Of songs, whose gateways differ too: `song-extras` hands on every field of an order, `flat-songs` puts Udio's songs
        into the task itself.
        """
        return name in self._listed("server", "offers")

    @property
    def reads_words_first(self) -> bool:
        """Whether forbidden words are refused at the submission; else the task fails."""
        return self.words["server"]["reads_words_first"] is True

    @property
    def picture_path(self) -> str:
        """Where a task's picture lies, below the root, with `{task}` in it."""
        return self.word("server", "pictures")

    def picture_url(self, root: str, task: str) -> str:
        """Return the address of a task's picture."""
        return root + self.picture_path.format(task=task)

    @property
    def video_path(self) -> str:
        """Where a task's videos lie, below the root, with `{task}` and `{index}`, from 0, in it."""
        return self.word("server", "videos")

    def video_urls(self, root: str, task: Task, snapshot: Snapshot) -> list[str]:
        """Return the addresses of what a task shows in motion; none before it is done."""
        count = task.videos if snapshot.picture == "final" else 0
        return [root + self.video_path.format(task=task.id, index=index) for index in range(count)]

    @abc.abstractmethod
    def key(self, headers: Mapping[str, str]) -> str:
        """Return the bare key of a request, empty without one; header names are lower-case."""

    def key_in(self, query: Mapping[str, str]) -> str:
        """Return the bare key that stands in a query, where a server reads one there."""
        del query
        return ""

    def said(self, name: str, values: Mapping[str, str | int], request_id: str) -> tuple[int, str]:
        """Return the status and the words of a refusal; KeyError for a name that is not in the table."""
        table = self.words["refusals"][name]
        if not isinstance(table, dict):
            raise TypeError(f"refusals.{name} is no table")
        text = str(table.get("text", "")).format_map(values)
        return int(str(table["status"])), f"{text} (request id: {request_id})"

    def refusal(
        self, name: str, values: Mapping[str, str | int], request_id: str, path: str = ""
    ) -> Reply:
        """Return the refusal in the shape that its table names; KeyError for a name that is not in the table."""
        table = self.words["refusals"][name]
        if not isinstance(table, dict):
            raise TypeError(f"refusals.{name} is no table")
        text = str(table.get("text", "")).format_map(values)
        return write(Refusal(table, text, values, path, request_id))

    def check_fields(self, body: JsonObject) -> str:
        """Name the first field of a wrong type, in the words of Go's decoder; null passes as a zero value."""
        for field, kind in self.words["fields"].items():
            value = body.get(field)
            if value is not None and not _has_type(value, str(kind)):
                found = _GO_TYPES[type(value)]
                return f"json: cannot unmarshal {found} into Go struct field MidjourneyRequest.{field} of type {kind}"
        return ""

    @abc.abstractmethod
    def accepted(self, task: Task, *, ahead: int) -> Reply:
        """Return the reply to an accepted submission; `ahead` tasks wait before it."""

    @abc.abstractmethod
    def told(self, words: str, result: Json) -> Reply:
        """Return the reply to what is answered at once, without a task."""

    @abc.abstractmethod
    def existed(self, task: Task, snapshot: Snapshot, root: str) -> Reply:
        """Return the reply to a submission of what is there already."""

    def existing(self, task: Task, snapshot: Snapshot, root: str, code: int) -> JsonObject:
        """Return what a server says of a task that is there already."""
        image = self.picture_url(root, task.id) if snapshot.picture != "none" else ""
        about: JsonObject = {"status": snapshot.status.value, "imageUrl": image}
        return verdict(code, self.word("descriptions", "existed"), task.id, about)

    @abc.abstractmethod
    def needs_modal(self, task: Task) -> Reply:
        """Return the reply to an action that waits for its modal."""

    @abc.abstractmethod
    def task(self, task: Task, snapshot: Snapshot, root: str) -> JsonObject:
        """Return the task as a fetch shows it; `root` is the address in front of picture links."""

    @abc.abstractmethod
    def fetched(self, value: Json) -> Reply:
        """Return the reply to a fetch."""

    def models(self, *kinds: str) -> list[str]:
        """Return the names of the models of some kinds on offer, of all without one; each once."""
        wanted = kinds or tuple(self.words.get("models", {}))
        return list(dict.fromkeys(name for kind in wanted for name in self._listed("models", kind)))

    def _listed(self, table: str, key: str) -> tuple[str, ...]:
        found = self.words[table][key]
        return tuple(str(one) for one in found) if isinstance(found, list) else ()


def _has_type(value: Json, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, list) and all(one is None or isinstance(one, str) for one in value)
