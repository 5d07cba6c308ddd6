"""What a plugin author implements, and what the runner hands to it.

A backend keeps no state of its own that matters: whatever must survive a crash travels in receipts, as JSON.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import attrs

from omnidsl.plugins.declarations import Operation
from omnidsl.plugins.forms import Body
from omnidsl.plugins.lost import Finding, Lost, Unknown
from omnidsl.plugins.media import JSON, Made
from omnidsl.plugins.outcomes import Reply, ReplyRule
from omnidsl.plugins.streams import Stream

if TYPE_CHECKING:
    from omnidsl.plugins.probes import Probe

KEY = "{key}"
"""Stands in a header of `Context.pay` for the account's key: it then travels there and nowhere else, and no plugin sees it."""

State = Literal["waiting", "running", "done", "failed", "cancelled"]


@attrs.frozen
class Call:
    """One request to be made: `operation` is an instance of the declared class, its arguments bound and validated.

    `attempt_id` names this purchase and travels to the gateway wherever it has a place for it. `expects` is the JSON
    Schema that a typed binding asks of the answer, or None; one without `properties` asks for any JSON object.
    """

    attempt_id: str
    operation: Operation[Any]
    step: str
    expects: Mapping[str, JSON] | None = None


@attrs.frozen(eq=True)
class Receipt:
    """Proof of a purchase: the remote task's id, its account, and facts that polling needs."""

    task: str
    account: str = "default"
    facts: Mapping[str, JSON] = attrs.field(factory=dict, eq=False)


@attrs.frozen
class Status:
    """How a task stands. `progress` is 0 to 1 where known; `reason` is the gateway's own words for a failure."""

    state: State
    progress: float | None = None
    reason: str = ""
    facts: Mapping[str, JSON] = attrs.field(factory=dict)


class Context(Protocol):
    """What the runner offers a backend: HTTP under its rules, and the payment ledger."""

    @property
    def account(self) -> str:
        """The account that this call is charged to."""
        ...

    @property
    def settings(self) -> Mapping[str, JSON]:
        """What the project has settled for the service (`ServiceSetting`), defaults where it says nothing."""
        ...

    @property
    def listening(self) -> bool:
        """Whether somebody wants to see an answer while it grows: a reason to ask for a stream."""
        ...

    async def pay(
        self,
        path: str,
        body: Body,
        *,
        headers: Mapping[str, str] | None = None,
        stage: str = "submit",
        stream: Callable[[], Stream] | None = None,
    ) -> Reply:
        """POST a request that costs money: intent durable before, reply kept after; returns accepted replies only.

        Asked again for a stage of this attempt whose reply is kept, it returns that reply and sends nothing, so that
        a backend with several stages simply runs from its beginning after a crash.

        A reply of server-sent events is read by what `stream` makes, told while it comes, and returned as the JSON
        that its `whole` gives; one that ends before its end is Ambiguous.

        A `Form` is sent as `multipart/form-data`, anything else as JSON. `path` is below the gateway's root, as `/mj-fast/mj/submit/imagine`. Raises Rejected, RetryLater, Ambiguous.
        """
        ...

    async def kept(self, stage: str, stream: Callable[[], Stream] | None = None) -> Reply | None:
        """Return the reply of a stage of this attempt that was paid for already, None where it was not; sends nothing.

        For a backend that may have spoken another protocol before the run was interrupted. Raises Ambiguous when nobody
        can tell.
        """
        ...

    async def get(self, path: str) -> Reply:
        """GET something free; connection errors, 429 and 5xx are retried, then raise GatewayError, as a refused key does.

        Any other status is returned.
        """
        ...

    async def post(self, path: str, body: Body) -> Reply:
        """POST something that is free and can be repeated (a status query); retried as `get` is."""
        ...

    async def read(self, sha256: str) -> bytes:
        """Return the bytes of a stored artifact."""
        ...


class Backend:
    """The base of implementations; a service with tasks overrides the first three, one without them only `call`.

    `replies` are the plugin's own rows of the reply table, looked at before the shared ones.
    """

    replies: ClassVar[tuple[ReplyRule, ...]] = ()

    async def submit(self, call: Call, context: Context) -> Receipt:
        """Buy one task through `context.pay` and return its receipt."""
        raise NotImplementedError(f"{type(self).__name__} declares a task and has no `submit`")

    async def poll(self, receipts: Sequence[Receipt], context: Context) -> Mapping[str, Status]:
        """Ask how tasks of one account stand, all in one request; keys are task ids, unknown ones are left out."""
        raise NotImplementedError(f"{type(self).__name__} declares a task and has no `poll`")

    async def collect(self, receipt: Receipt, status: Status, context: Context) -> Made:
        """Turn a finished task into what it made; files may be URLs, the runner fetches them."""
        raise NotImplementedError(f"{type(self).__name__} declares a task and has no `collect`")

    async def find(self, call: Call, lost: Lost, context: Context) -> Finding:
        """Look for a paid request whose answer was lost; `context` can buy nothing. Where nobody can tell: Unknown.

        A match is by what the request carried, `call.attempt_id` above all, never by its prompt. Called again until
        it is Found, or the service's `settling_seconds` are over.
        """
        del call, lost, context
        return Unknown()

    async def call(self, call: Call, context: Context) -> Made:
        """Make one paid request whose reply is the answer.

        After a crash this runs again, and `context.pay` gives the reply that was kept instead of asking again.
        """
        raise NotImplementedError(
            f"{type(self).__name__} declares an immediate operation and has no `call`"
        )

    async def probe(self, context: Context) -> "Probe | None":
        """Say whether the service answers, by free requests alone: `omni doctor` asks. None: nothing was asked."""
        del context
        return None
