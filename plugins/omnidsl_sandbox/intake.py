"""How a Midjourney submission comes in and is accepted, whatever it asks for."""

from collections.abc import Callable

import attrs
from starlette.requests import Request

from omnidsl_sandbox.books import Sale, request_text
from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import Buyer, authorise, read_object, text_of
from omnidsl_sandbox.gateway import Gateway, Identity
from omnidsl_sandbox.json_values import JsonObject
from omnidsl_sandbox.markers import Marker, markers
from omnidsl_sandbox.profiles import Reply
from omnidsl_sandbox.tasks import Ending, Status, Task

_QUEUE = 3  # how many tasks stand ahead of one that is marked as queued

Maker = Callable[[Task, str], Task]


@attrs.frozen
class Submission:
    """A request on its way in: who sent it, its path without the mode prefix, its body with fields of the right type."""

    buyer: Buyer
    path: str
    body: JsonObject

    def text(self, field: str) -> str:
        """Return a text field, empty when absent."""
        return text_of(self.body, field)

    def texts(self, field: str) -> list[str]:
        """Return the texts of a list, empty when absent."""
        given = self.body.get(field)
        return [one for one in given if isinstance(one, str)] if isinstance(given, list) else []

    @property
    def request(self) -> str:
        """What the books count equal requests by."""
        return request_text(self.path, self.body, "state")

    def sale(self, action: str) -> Sale:
        """Return the entry for the books."""
        return Sale(self.buyer.account, action.lower(), self.text("state"), self.request)

    def answer_to(self, modal: Task) -> Sale:
        """Return the entry for an answered modal: the number of the modal is new every time, what it asks for is not."""
        asked = {**self.body, "taskId": modal.parent, "customId": modal.custom_id}
        request = request_text(self.path, asked, "state")
        return attrs.evolve(self.sale(modal.action), request=request)


async def receive(gateway: Gateway, request: Request) -> Submission:
    """Return the submission in a request; Refused for a bad key, bad JSON, or fields of a wrong type."""
    buyer = authorise(gateway, request)
    body = await read_object(request)
    wrong = gateway.profile.check_fields(body)
    if wrong:
        raise Refused("invalid-request", {"reason": wrong})
    path = str(request.scope["path"])
    return Submission(buyer, path[path.index("/mj/") :], body)


def parent_of(gateway: Gateway, submission: Submission) -> Task:
    """Return the task that a submission starts from; Refused for one that the buyer has not."""
    task = gateway.store.task(submission.text("taskId"))
    if task is None or task.account != submission.buyer.account:
        raise Refused("parent-missing")
    return task


def finished_parent(gateway: Gateway, submission: Submission) -> Task:
    """Return the finished task that a submission starts from; Refused for any other."""
    parent = parent_of(gateway, submission)
    if gateway.see(parent).status is not Status.SUCCESS:
        raise Refused("parent-unfinished")
    return parent


def heed_markers(gateway: Gateway, submission: Submission, prompt: str) -> frozenset[Marker]:
    """Refuse what the prompt's markers or an empty purse refuse; return the markers that act later."""
    if submission.buyer.is_broke:
        raise Refused("no-quota-task")
    found = markers(prompt)
    if Marker.BANNED in found and gateway.profile.reads_words_first:
        raise Refused(
            "banned-word", {"prompt": prompt.replace("\n", " "), "word": "sandbox:banned"}
        )
    if Marker.QUEUE_FULL in found and gateway.store.turn_away_once(submission.request):
        raise Refused("queue-full")
    if Marker.BUSY in found and gateway.store.turn_away_once(submission.request):
        raise Refused("task-limit")
    if Marker.NO_ACCOUNT in found:
        raise Refused("no-account")
    if Marker.REFUSED in found:
        raise Refused("bad-argument")
    if Marker.TROUBLE in found:
        raise Refused("trouble")
    return found


def accept(
    gateway: Gateway,
    submission: Submission,
    basis: str,
    make: Maker,
    *,
    found: frozenset[Marker] = frozenset(),
    is_paid: bool = True,
) -> Reply:
    """Store the task that `make` completes from a bare one and its seed, book its sale, and return the receipt.

    `basis` is what the seed is made of: equal bases are takes of the same thing, and under `--seed` they repeat.
    A task that is not paid for yet waits for its modal.
    """
    task = place(gateway, submission, basis, make, found=found, is_paid=is_paid)
    if Marker.LOST in found:
        raise Refused("upstream-lost")
    if not is_paid:
        return gateway.profile.needs_modal(task)
    return gateway.profile.accepted(task, ahead=_ahead(found))


def place(
    gateway: Gateway,
    submission: Submission,
    basis: str,
    make: Maker,
    *,
    found: frozenset[Marker] = frozenset(),
    is_paid: bool = True,
) -> Task:
    """Store and book a task as `accept` does; return it."""
    ahead = _ahead(found)
    take = gateway.store.takes(basis)
    while True:
        identity = gateway.identify(basis, take)
        bare = _bare(gateway, submission, identity, basis, take, found)
        if ahead:
            words = gateway.profile.word("descriptions", "queued").format(ahead=ahead)
            bare = attrs.evolve(bare, description=words)
        task = make(bare, identity.seed)
        sale = submission.sale(task.action) if is_paid else None
        if gateway.store.add(task, sale):
            return task
        take += 1  # the id is taken: by the same millisecond, or by a take of another process


def _ahead(found: frozenset[Marker]) -> int:
    return _QUEUE if Marker.QUEUED in found else 0


def ending(found: frozenset[Marker]) -> Ending:
    """Return how a task with these markers ends."""
    if Marker.STUCK in found:
        return Ending.NEVER
    if Marker.CANCEL in found:
        return Ending.CANCEL
    return Ending.FAILURE if found & {Marker.FAIL, Marker.BANNED} else Ending.SUCCESS


def fail_reason(gateway: Gateway, found: frozenset[Marker]) -> str:
    """Return why a task with these markers fails."""
    return gateway.profile.word("failures", "banned" if Marker.BANNED in found else "invalid")


def _bare(
    gateway: Gateway,
    submission: Submission,
    identity: Identity,
    basis: str,
    take: int,
    found: frozenset[Marker],
) -> Task:
    profile = gateway.profile
    return Task(
        id=identity.task,
        account=submission.buyer.account,
        action="",
        prompt="",
        state=submission.text("state"),
        description=profile.word("descriptions", "accepted"),
        submitted=gateway.now(),
        job=identity.job,
        basis=basis,
        take=take,
        custom_id=submission.text("customId"),
        parent=submission.text("taskId"),
        ending=ending(found),
        fail_reason=fail_reason(gateway, found),
    )
