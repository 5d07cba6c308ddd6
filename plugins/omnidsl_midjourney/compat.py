"""OmniAI's own Python class, for programs that were written after the guide: `MJImageGenerator`.

**Every `submit_task`, `action`, `modal`, `describe` and `shorten` is a paid request, and nothing keeps books of it.** There
is no ledger: called again, or after a crash, it buys again; no budget stops a loop; results are addresses that expire.
Recipes do all of that, and so does `omnidsl.Session` from Python; use this class to move to them step by step. It has no
ledger on purpose: a ledger knows equal requests by what they ask and gives the second one the first's result, while this
class promises a new task for every call, and hands out numbers that nobody could resume.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from secrets import token_hex
from typing import Any, Literal

from omnidsl.errors import OmniError
from omnidsl.plugins import JSON, ArgumentError, GatewayError
from omnidsl_midjourney import direct, wire
from omnidsl_midjourney.data_urls import PICTURE_BYTES, PICTURES, is_address, of_anything

__all__ = [
    "MJImageGenerator",
    "ModalWaitingError",
    "TaskCancelledError",
    "TaskError",
    "TaskFailedError",
    "UnknownTaskError",
    "WaitError",
]

Mode = Literal["relax", "fast", "turbo"]
Row = dict[str, Any]  # Any: a task as the gateway prints it, which the guide's programs take apart
_MODES = ("relax", "fast", "turbo")

_FIRST, _LEAST, _MOST, _GROWTH = 15.0, 5.0, 15.0, 1.25
"""Seconds before the first look, a third of a usual task, and between later ones: new-api itself looks every 15 s."""

_SETTLING = 30.0
"""Seconds of waiting in which a gateway may not know a new task yet, or still print that it waits for its window."""

_PATIENCE = 4200.0
"""Seconds after which a task is given up; new-api does so after an hour."""

_TROUBLES = 5
"""Looks in a row that may fail before waiting does."""


class TaskError(OmniError, RuntimeError):
    """Raised when a task ended without success; `task` is its number, `row` what the gateway printed last."""

    def __init__(self, task: str, words: str, row: Mapping[str, JSON] | None = None) -> None:
        super().__init__(f"task {task}: {words}")
        self.task = task
        self.words = words
        self.row: Row = dict(row or {})


class TaskFailedError(TaskError):
    """Raised for FAILURE; `words` are the gateway's `failReason`."""


class TaskCancelledError(TaskError):
    """Raised for CANCEL."""


class ModalWaitingError(TaskError):
    """Raised for a task that waits for the answer to its window, which `modal` gives."""


class UnknownTaskError(TaskError, LookupError):
    """Raised when the gateway does not know a number: 204, an empty body, or code 4."""


class WaitError(TaskError, TimeoutError):
    """Raised when a task did not end in time; it may still, so its number is worth keeping."""


class MJImageGenerator:
    """The guide's class. **Paid requests without a ledger**: read the module's docstring.

    `base_url` is the gateway's root, or with a mode behind it as in the guide (`…/mj-fast`); without it OMNI_BASE_URL
    is read, for `token` OMNI_API_KEY. `patience` is how long `wait_for_completion` waits at most, in seconds; `heard`
    is called with every row that it sees, and `sleep` does the waiting.
    """

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        *,
        mode: Mode | None = None,
        patience: float = _PATIENCE,
        heard: Callable[[Row], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        given = (base_url or os.environ.get("OMNI_BASE_URL", "")).strip().rstrip("/")
        self._token = (token or os.environ.get("OMNI_API_KEY", "")).strip()
        if not is_address(given) or "@" in given or "?" in given:
            expected = "an http(s) address without a password (or set OMNI_BASE_URL)"
            raise ArgumentError("MJImageGenerator", "base_url", expected, given.rpartition("@")[2])
        if not self._token.isascii() or not self._token.isprintable() or not self._token:
            # Never with the value: half a key is a key.
            expected = "a key in ASCII (or set OMNI_API_KEY)"
            raise ArgumentError("MJImageGenerator", "token", expected, None)
        root, _, written = given.rpartition("/mj-")
        if written not in _MODES:
            root, written = given, "fast"
        if mode is not None and mode not in _MODES:
            raise ArgumentError("MJImageGenerator", "mode", "relax, fast or turbo", mode)
        self.base_url = f"{root}/mj-{mode or written}"
        self._patience = patience
        self._heard = heard
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

    @property
    def headers(self) -> dict[str, str]:
        """The key, in the header that Midjourney's own servers read and in the one that gateways do."""
        return {
            "authorization": f"Bearer {self._token}",
            "mj-api-secret": self._token,
            "content-type": "application/json",
            "accept": "application/json",
        }

    def submit_task(self, prompt: str | Mapping[str, Any]) -> str:
        """Buy a grid for a prompt, or for a whole request as the guide's second example has it; return the task's number.

        `base64Array` takes up to five pictures of at most 1 MB, as `data:` addresses or bare base64.
        """
        asked: dict[str, JSON] = {"base64Array": [], "prompt": "", "botType": "MID_JOURNEY"}
        asked.update({"prompt": prompt} if isinstance(prompt, str) else prompt)
        words = asked["prompt"]
        if not isinstance(words, str) or not words.strip():
            raise ArgumentError("imagine", "prompt", "a text that is not blank", words)
        given = asked["base64Array"] or []
        if not isinstance(given, list | tuple) or len(given) > PICTURES:
            expected = f"a list of at most {PICTURES} pictures"
            raise ArgumentError("imagine", "base64Array", expected, given)
        asked["base64Array"] = [
            of_anything(one, "imagine", "base64Array", PICTURE_BYTES) for one in given
        ]
        return self._buy("imagine", asked)

    def action(self, customId: str, taskId: str | int) -> str:  # noqa: N803  # the guide's own names
        """Press a button of a finished task; return the number of the new one.

        Code 21 is no error: a custom zoom and a region wait for `modal`, and what exists already is there.
        """
        if not isinstance(customId, str) or "::" not in customId:
            # Stock new-api crashes over one without (wire reference, section 1.7).
            raise ArgumentError("action", "customId", "a button's id, as MJ::…", customId)
        return self._buy("action", {"customId": customId, "taskId": _number(taskId, "action")})

    def modal(self, taskId: str | int, prompt: str | int) -> str:  # noqa: N803  # the guide's own names
        """Answer the window of a task, in either order of the guide: a task's number is all digits."""
        task, words = str(taskId), str(prompt)
        if not _is_number(task) and _is_number(words):
            task, words = words, task
        number = _number(task, "modal")
        return self._buy("modal", {"taskId": number, "prompt": words})

    def describe(self, base64: str | bytes, botType: str = "MID_JOURNEY") -> str:  # noqa: N803  # the guide's own names
        """Have a picture described, given as base64 or (to servers that take one) by its address."""
        if isinstance(base64, str) and is_address(base64):
            return self._buy("describe", {"link": base64, "botType": botType})
        picture = of_anything(base64, "describe", "base64")
        return self._buy("describe", {"base64": picture, "botType": botType})

    def shorten(self, prompt: str, botType: str = "MID_JOURNEY") -> str:  # noqa: N803  # the guide's own names
        """Have a prompt shortened."""
        if not isinstance(prompt, str) or not prompt.strip():
            raise ArgumentError("shorten", "prompt", "a text that is not blank", prompt)
        return self._buy("shorten", {"prompt": prompt, "botType": botType})

    def fetch_task_status(self, task_id: str | int) -> Row:
        """Return a task as the gateway prints it, its texts never null and `buttons` always a list.

        UnknownTaskError for a number that it does not know, GatewayError where no usable answer comes.
        """
        number = _number(task_id, "fetch")
        reply = direct.get(f"{self.base_url}/mj/task/{number}/fetch", self.headers, self._token)
        row = wire.receipt(reply)
        if "status" in row:
            return _readable(row)
        if reply.body.strip() in (b"", b"null") or row:
            raise UnknownTaskError(number, direct.said(reply), row)
        raise GatewayError("gateway-trouble", direct.said(reply), reply)

    def wait_for_completion(self, task_id: str | int) -> Row:
        """Wait for a task's end, politely, and return it; a TaskError says how else it ended."""
        number = _number(task_id, "wait")
        waited, troubles = 0.0, 0
        asking: float | None = None
        for pause in _pauses(self._patience):
            self._sleep(pause)
            waited += pause
            try:
                row = self.fetch_task_status(number)
            except UnknownTaskError:
                if waited > _SETTLING:
                    raise
                continue
            except GatewayError as error:
                troubles += 1
                if error.final or troubles > _TROUBLES:
                    raise
                continue
            troubles = 0
            if self._heard is not None:
                self._heard(row)
            if _ended(number, row):
                return row
            if row["status"] != wire.MODAL:
                asking = None
            elif asking is None:
                asking = waited
            elif waited - asking >= _SETTLING:
                raise ModalWaitingError(number, "waits for `modal` to answer its window", row)
        raise WaitError(number, f"did not end within {self._patience:g} s")

    def _buy(self, name: str, body: Mapping[str, JSON]) -> str:
        """Send a paid request, once; return the task's number."""
        # What travels as `state` finds a lost task in the listing of a server that has one.
        sent = {"state": f"compat-{token_hex(8)}", **body}
        url = f"{self.base_url}/mj/submit/{name}"
        answer = direct.post(url, self.headers, sent, self._token)
        return wire.task_id(answer.get("result"))


def _pauses(patience: float) -> Iterator[float]:
    """Yield the seconds to wait before each look, until `patience` seconds are used up."""
    spent, pause, later = 0.0, _FIRST, _LEAST
    while spent < patience:
        yield min(pause, patience - spent)
        spent += pause
        pause, later = later, min(later * _GROWTH, _MOST)


def _ended(number: str, row: Mapping[str, JSON]) -> bool:
    """Whether a task succeeded; the TaskError of one that ended otherwise."""
    found = wire.status(row)
    if found.state == "failed":
        raise TaskFailedError(number, found.reason or "it gives no reason", row)
    if found.state == "cancelled":
        raise TaskCancelledError(number, found.reason or "cancelled", row)
    return found.state == "done"


def _readable(row: Mapping[str, JSON]) -> Row:
    """Return a task in which everything is that the guide's examples read."""
    texts = ("imageUrl", "prompt", "promptEn", "failReason", "progress", "status", "action")
    return {
        **row,
        **{name: wire.text(row, name) for name in texts},
        "status": wire.text(row, "status").strip().upper(),
        "buttons": wire.buttons(row),
    }


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _number(given: str | int, operation: str) -> str:
    """Return a task's number, which stands in an address and may not be anything else."""
    text = str(given).strip()
    if not _is_number(text):
        raise ArgumentError(operation, "taskId", "a task's number, all digits", given)
    return text
