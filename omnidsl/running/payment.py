"""What a backend is offered while it works: HTTP under the runner's rules, and the one way to spend money.

A paid request is written down before it is sent and its reply is on the disk before it is read, so that a crash at any
moment leaves one of three things behind: nothing was sent, the reply is here, or nobody can tell.
"""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import inf

import attrs

from omnidsl.plugins.forms import Body, Form
from omnidsl.plugins.media import JSON
from omnidsl.plugins.outcomes import (
    Ambiguous,
    GatewayError,
    OutcomeError,
    Rejected,
    Reply,
    ReplyRule,
    RetryLater,
)
from omnidsl.plugins.streams import Stream
from omnidsl.running.artifacts import ArtifactStore
from omnidsl.running.asked_waits import exhausted, retry_after
from omnidsl.running.classifier import classify, spoken
from omnidsl.running.clerk import Clerk
from omnidsl.running.clock import Clock
from omnidsl.running.ledger import Ledger
from omnidsl.running.limits import Limiter
from omnidsl.running.moments import ticking, written_moment
from omnidsl.running.records import Attempt, Cap, Intent, Stage, StageState
from omnidsl.running.spool import Spool
from omnidsl.running.stopping import Stop
from omnidsl.running.telling import Telling, put_together
from omnidsl.running.transport import NothingSent, Transport, Unanswered

_STATES: Mapping[str, StageState] = {
    "accepted": "answered",
    "rejected": "refused",
    "retry-later": "refused",
    "ambiguous": "ambiguous",
}

_DOUBTS: frozenset[StageState] = frozenset(("intent", "ambiguous"))

_CUT = ReplyRule(verdict="ambiguous", reason="stream-cut")


@attrs.frozen
class _Request:
    """One paid request: for which stage, where to, what, and what reads its answer where that is a stream."""

    stage: str
    path: str
    body: Body
    headers: Mapping[str, str] | None
    stream: Callable[[], Stream] | None

    @property
    def digest(self) -> str:
        """The hash that the ledger keeps of it."""
        body = self.body.described() if isinstance(self.body, Form) else self.body
        whole = json.dumps([self.path, body], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


class FreeContext:
    """The part of `omnidsl.plugins.Context` that costs nothing: what pollers get."""

    def __init__(
        self,
        account: Limiter,
        transport: Transport,
        store: ArtifactStore,
        settings: Mapping[str, JSON] | None = None,
    ) -> None:
        self._limits = account
        self._transport = transport
        self._store = store
        self._settings = settings or {}

    @property
    def account(self) -> str:
        """See `Context.account`."""
        return self._limits.name

    @property
    def settings(self) -> Mapping[str, JSON]:
        """See `Context.settings`."""
        return self._settings

    @property
    def listening(self) -> bool:
        """See `Context.listening`."""
        return False

    async def pay(
        self,
        path: str,
        body: Body,
        *,
        headers: Mapping[str, str] | None = None,
        stage: str = "submit",
        stream: Callable[[], Stream] | None = None,
    ) -> Reply:
        """Refuse: polling and collecting buy nothing."""
        del body, headers, stage, stream
        raise Rejected("plugin", f"{path} would cost money, and nothing may be bought here")

    async def kept(self, stage: str, stream: Callable[[], Stream] | None = None) -> Reply | None:
        """See `Context.kept`."""
        del stage, stream
        return None

    async def get(self, path: str) -> Reply:
        """See `Context.get`."""
        return await self._free(lambda: self._transport.get(path, account=self.account))

    async def post(self, path: str, body: Body) -> Reply:
        """See `Context.post`."""
        return await self._free(lambda: self._transport.post(path, body, account=self.account))

    async def _free(self, ask: Callable[[], Awaitable[Reply]]) -> Reply:
        async with self._limits.request():
            try:
                reply = await ask()
            except GatewayError as error:
                if not error.final:
                    self._limits.troubled(error.message, paid=False)
                raise
            self._limits.answered(paid=False)
            return reply

    async def read(self, sha256: str) -> bytes:
        """See `Context.read`."""

        def read() -> bytes:
            with self._store.open(sha256) as file:
                return file.read()

        return await asyncio.to_thread(read)


class PaidContext(FreeContext):
    """The context of one attempt; `wait_for` hears why and how long a submission waits (words, seconds).

    `tell` hears the text of streamed answers, where somebody listens. `timeout` is what the whole step may take,
    `patience` what an answer may, in seconds; `retries` is how often a refusal that may pass is met. `price` is what the
    attempt costs at most, in micros: its first intent reserves it, within `caps` as they are then.
    """

    def __init__(
        self,
        *,
        run: str,
        attempt: Attempt,
        new: bool,
        account: Limiter,
        transport: Transport,
        store: ArtifactStore,
        clerk: Clerk,
        spool: Spool,
        rules: Sequence[ReplyRule],
        clock: Clock,
        wait_for: Callable[[str, float], None],
        pending: "set[asyncio.Task[Reply]]",
        stop: Stop,
        retries: int,
        timeout: float | None,
        patience: float,
        price: int = 0,
        caps: Callable[[], tuple[Cap, ...]] = tuple,
        tell: Callable[[str], None] | None = None,
        settings: Mapping[str, JSON] | None = None,
    ) -> None:
        super().__init__(account, transport, store, settings)
        self._run = run
        self._attempt = attempt
        self._is_new = new
        self._clerk = clerk
        self._spool = spool
        self._rules = rules
        self._clock = clock
        self._wait_for = wait_for
        self._pending = pending
        self._stop = stop
        self._retries = retries
        self._patience = patience
        self.price = price
        self._caps = caps
        self._timeout = inf if timeout is None else timeout
        self._began: float | None = None
        self._is_reserved = False
        self._tell = tell
        self.tries = 0

    @property
    def listening(self) -> bool:
        """See `Context.listening`."""
        return self._tell is not None

    def charge(self, account: Limiter) -> None:
        """Charge what is bought from now on to an account."""
        self._limits = account

    def left(self, most: float) -> float:
        """Return how much is left of so many seconds; they count from when the step first had its turn."""
        now = self._clock.now()
        self._began = now if self._began is None else self._began
        return max(0.0, self._began + most - now)

    async def pay(
        self,
        path: str,
        body: Body,
        *,
        headers: Mapping[str, str] | None = None,
        stage: str = "submit",
        stream: Callable[[], Stream] | None = None,
    ) -> Reply:
        """See `Context.pay`."""
        kept = await self.kept(stage, stream)
        if kept is not None:
            return kept
        turn = 0
        while True:
            self.tries = turn + 1
            try:
                return await self._submit(_Request(stage, path, body, headers, stream))
            except RetryLater as later:
                turn += 1
                allowed = (
                    self._limits.limits.connect_retries if later.reply is None else self._retries
                )
                seconds = self._limits.limits.pause(turn, later.after)
                if turn > min(allowed, self._retries) or seconds > self.left(self._timeout):
                    raise
                if later.reply is not None and later.after is not None:
                    self._limits.hold_off(seconds)
                self._wait_for(later.message, seconds)
                with self._stop.before_buying():
                    await self._clock.sleep(seconds)

    async def kept(self, stage: str, stream: Callable[[], Stream] | None = None) -> Reply | None:
        """See `Context.kept`.

        An intent whose reply lies on the disk was answered: the process ended before it could say so.
        """
        stages = await self._stages()
        self._is_reserved = any(one.name != stage and one.state != "refused" for one in stages)
        found = next((one for one in stages if one.name == stage), None)
        if found is None or found.state == "refused":
            if any(one.state in _DOUBTS for one in stages):
                # A plugin of another version may ask for its stages by other names: the doubt is the attempt's.
                raise Ambiguous("interrupted", "the run ended before its answer came")
            return None
        reply = await asyncio.to_thread(self._spool.find, found)
        if reply is None:
            if found.state == "intent":
                await self._settle(found, "ambiguous")
            words = (
                "its reply is no longer on the disk"
                if found.state == "answered"
                else "the run ended before it came"
            )
            raise Ambiguous("interrupted", words)
        if found.state == "answered":
            # Accepted by the rules of its time.
            return put_together(reply, stream, self._transport.gateway) or reply
        rule, reply = await self._judge(found, reply, stream)
        if rule.verdict == "accepted":
            return reply
        if rule.verdict == "ambiguous":
            raise self._outcome(rule, reply)
        return None

    async def _stages(self) -> Sequence[Stage]:
        """Return what was sent for the attempt before; of a new one the ledger need not be asked."""
        if self._is_new:
            return ()
        return await self._clerk.do(lambda ledger: ledger.stages(self._attempt.id))

    async def _submit(self, request: "_Request") -> Reply:
        async with contextlib.AsyncExitStack() as stack:
            with self._stop.before_buying():
                await stack.enter_async_context(self._limits.submission())
            self.left(self._timeout)
            # A purchase under way is not torn off: who cancels us waits a while for its answer (see `pending`).
            sending = asyncio.create_task(self._send(request))
            self._pending.add(sending)
            sending.add_done_callback(self._settled)
            return await asyncio.shield(sending)

    def _settled(self, sending: "asyncio.Task[Reply]") -> None:
        self._pending.discard(sending)
        if not sending.cancelled():
            sending.exception()  # whoever was cancelled will not ask for it

    async def _send(self, request: "_Request") -> Reply:
        attempt = self._attempt
        intent = Intent(
            attempt=attempt.id,
            name=request.stage,
            path=request.path,
            request=request.digest,
            owner=attempt.owner,
            fence=attempt.fence,
            run=self._run,
            account=self.account,
            reserved=0 if self._is_reserved else self.price,
            caps=self._caps(),
            moment=written_moment(),
            signature=self._transport.gateway.signature(self.account),
        )
        since = ticking()
        self._is_new = False
        stage = await self._clerk.do(lambda ledger: ledger.intend(intent))
        telling = None
        if request.stream is not None and self._tell is not None:
            telling = Telling(request.stream(), self._transport.gateway, self._tell)
        try:
            reply = await self._transport.pay(
                request.path,
                request.body,
                headers=request.headers,
                patience=self._patience,
                hear=None if telling is None else telling.hear,
                since=since,
                account=self.account,
            )
        except NothingSent as error:
            await self._settle(stage, "refused")
            if error.again:
                self._limits.troubled(error.message)
                raise RetryLater(error.reason, error.message) from None
            raise Rejected(error.reason, error.message) from None
        except Unanswered as error:
            self._limits.troubled(error.message)
            await self._settle(stage, "ambiguous")
            raise Ambiguous(error.reason, error.message) from None
        # A full disk must not turn an accepted purchase into a lost one: the receipt may still find its place.
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self._spool.keep, stage, reply)
        if telling is not None:
            telling.end()
        rule, reply = await self._judge(stage, reply, request.stream)
        self._heed(rule, reply)
        if rule.verdict == "accepted":
            return reply
        raise self._outcome(rule, reply)

    async def _judge(
        self, stage: Stage, reply: Reply, stream: Callable[[], Stream] | None
    ) -> tuple[ReplyRule, Reply]:
        """Write into the ledger what a reply means; return that, and the reply in one piece."""
        whole = put_together(reply, stream, self._transport.gateway)
        rule = _CUT if whole is None else classify(whole, self._rules, stage.path)
        settling = _settling(stage, _STATES[rule.verdict])
        if rule.verdict == "accepted":
            # Not waited for: its receipt or its result is entered behind it, and is not durable before it.
            self._clerk.enter(settling)
        else:
            await self._clerk.do(settling)
        return rule, whole or reply

    def _heed(self, rule: ReplyRule, reply: Reply) -> None:
        """Take note of how the gateway fares, and of a budget that it says is used up."""
        if rule.verdict == "ambiguous":
            self._limits.troubled(spoken(reply))
        else:
            self._limits.answered()
        if rule.verdict == "accepted" and (seconds := exhausted(reply)) is not None:
            self._limits.hold_off(seconds)

    def _outcome(self, rule: ReplyRule, reply: Reply) -> OutcomeError:
        said = "the stream of its answer broke off" if rule is _CUT else spoken(reply)
        if rule.verdict == "retry-later":
            return RetryLater(rule.reason, said, reply, retry_after(reply))
        if rule.verdict == "ambiguous":
            return Ambiguous(rule.reason, said, reply)
        rejected = Rejected(rule.reason or "invalid-request", said, reply)
        if rule.fault == "account":
            self._limits.stop(rejected)
        return rejected

    async def _settle(self, stage: Stage, state: StageState) -> None:
        await self._clerk.do(_settling(stage, state))


def _settling(stage: Stage, state: StageState) -> Callable[[Ledger], None]:
    return lambda ledger: ledger.settle(stage.attempt, stage.name, state, tries=stage.tries)
