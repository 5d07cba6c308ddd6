"""What a backend is offered while it works: HTTP under the runner's rules, and the one way to spend money.

A paid request is written down before it is sent and its reply is on the disk before it is read, so that a crash at any
moment leaves one of three things behind: nothing was sent, the reply is here, or nobody can tell.
"""

import asyncio
import contextlib
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence

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
from omnidsl.running.artifacts import ArtifactStore
from omnidsl.running.asked_waits import exhausted, retry_after
from omnidsl.running.classifier import classify, spoken
from omnidsl.running.clerk import Clerk
from omnidsl.running.clock import Clock
from omnidsl.running.limits import Limiter
from omnidsl.running.records import Attempt, Cap, Intent, Stage, StageState
from omnidsl.running.spool import Spool
from omnidsl.running.transport import NothingSent, Transport, Unanswered

_STATES: Mapping[str, StageState] = {
    "accepted": "answered",
    "rejected": "refused",
    "retry-later": "refused",
    "ambiguous": "ambiguous",
}


class FreeContext:
    """The part of `omnidsl.plugins.Context` that costs nothing: what pollers get."""

    def __init__(self, account: Limiter, transport: Transport, store: ArtifactStore) -> None:
        self._limits = account
        self._transport = transport
        self._store = store

    @property
    def account(self) -> str:
        """See `Context.account`."""
        return self._limits.name

    async def pay(
        self,
        path: str,
        body: Mapping[str, JSON],
        *,
        headers: Mapping[str, str] | None = None,
        stage: str = "submit",
    ) -> Reply:
        """Refuse: polling and collecting buy nothing."""
        del body, headers, stage
        raise Rejected("plugin", f"{path} would cost money, and nothing may be bought here")

    async def get(self, path: str) -> Reply:
        """See `Context.get`."""
        return await self._free(lambda: self._transport.get(path))

    async def post(self, path: str, body: Mapping[str, JSON]) -> Reply:
        """See `Context.post`."""
        return await self._free(lambda: self._transport.post(path, body))

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

    `patience` is how long an answer may take, in seconds; `retries` how often a refusal that may pass is met. `price` is
    what the attempt costs at most, in micros: its first intent reserves it, within `caps` as they are then.
    """

    def __init__(
        self,
        *,
        run: str,
        attempt: Attempt,
        account: Limiter,
        transport: Transport,
        store: ArtifactStore,
        clerk: Clerk,
        spool: Spool,
        rules: Sequence[ReplyRule],
        clock: Clock,
        wait_for: Callable[[str, float], None],
        pending: "set[asyncio.Task[Reply]]",
        retries: int,
        patience: float,
        price: int = 0,
        caps: Callable[[], tuple[Cap, ...]] = tuple,
    ) -> None:
        super().__init__(account, transport, store)
        self._run = run
        self._attempt = attempt
        self._clerk = clerk
        self._spool = spool
        self._rules = rules
        self._clock = clock
        self._wait_for = wait_for
        self._pending = pending
        self._retries = retries
        self._patience = patience
        self.price = price
        self._caps = caps
        self._is_reserved = False
        self.tries = 0

    async def pay(
        self,
        path: str,
        body: Mapping[str, JSON],
        *,
        headers: Mapping[str, str] | None = None,
        stage: str = "submit",
    ) -> Reply:
        """See `Context.pay`."""
        kept = await self.kept(stage)
        if kept is not None:
            return kept
        turn = 0
        while True:
            self.tries = turn + 1
            try:
                return await self._submit(stage, path, body, headers)
            except RetryLater as later:
                turn += 1
                allowed = (
                    self._limits.limits.connect_retries if later.reply is None else self._retries
                )
                if turn > min(allowed, self._retries):
                    raise
                seconds = self._limits.limits.pause(turn, later.after)
                if later.reply is not None and later.after is not None:
                    self._limits.hold_off(seconds)
                self._wait_for(later.message, seconds)
                await self._clock.sleep(seconds)

    async def kept(self, name: str) -> Reply | None:
        """Return the reply of a stage that was paid for already; Ambiguous when nobody can tell what became of it.

        An intent whose reply lies on the disk was answered: the process ended before it could say so.
        """
        stages = await self._clerk.do(lambda ledger: ledger.stages(self._attempt.id))
        self._is_reserved = any(one.name != name and one.state != "refused" for one in stages)
        stage = next((one for one in stages if one.name == name), None)
        if stage is None or stage.state == "refused":
            return None
        reply = await asyncio.to_thread(self._spool.find, stage)
        if reply is None:
            if stage.state == "intent":
                await self._settle(stage, "ambiguous")
            words = (
                "its reply is no longer on the disk"
                if stage.state == "answered"
                else "the run ended before it came"
            )
            raise Ambiguous("interrupted", words)
        if stage.state == "answered":
            return reply  # accepted by the rules of its time
        rule = classify(reply, self._rules)
        await self._settle(stage, _STATES[rule.verdict])
        if rule.verdict == "accepted":
            return reply
        if rule.verdict == "ambiguous":
            raise self._outcome(rule, reply)
        return None

    async def _submit(
        self, name: str, path: str, body: Mapping[str, JSON], headers: Mapping[str, str] | None
    ) -> Reply:
        async with self._limits.submission():
            # A purchase under way is not torn off: who cancels us waits a while for its answer (see `pending`).
            sending = asyncio.create_task(self._send(name, path, body, headers))
            self._pending.add(sending)
            sending.add_done_callback(self._settled)
            return await asyncio.shield(sending)

    def _settled(self, sending: "asyncio.Task[Reply]") -> None:
        self._pending.discard(sending)
        if not sending.cancelled():
            sending.exception()  # whoever was cancelled will not ask for it

    async def _send(
        self, name: str, path: str, body: Mapping[str, JSON], headers: Mapping[str, str] | None
    ) -> Reply:
        request = hashlib.sha256(json.dumps([path, body], sort_keys=True).encode()).hexdigest()
        attempt = self._attempt
        intent = Intent(
            attempt=attempt.id,
            name=name,
            path=path,
            request=request,
            owner=attempt.owner,
            fence=attempt.fence,
            run=self._run,
            account=self.account,
            reserved=0 if self._is_reserved else self.price,
            caps=self._caps(),
        )
        stage = await self._clerk.do(lambda ledger: ledger.intend(intent))
        try:
            reply = await self._transport.pay(path, body, headers=headers, patience=self._patience)
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
        rule = classify(reply, self._rules)
        self._heed(rule, reply)
        await self._settle(stage, _STATES[rule.verdict])
        if rule.verdict == "accepted":
            return reply
        raise self._outcome(rule, reply)

    def _heed(self, rule: ReplyRule, reply: Reply) -> None:
        """Take note of how the gateway fares, and of a budget that it says is used up."""
        if rule.verdict == "ambiguous":
            self._limits.troubled(spoken(reply))
        else:
            self._limits.answered()
        if rule.verdict == "accepted" and (seconds := exhausted(reply)) is not None:
            self._limits.hold_off(seconds)

    def _outcome(self, rule: ReplyRule, reply: Reply) -> OutcomeError:
        said = spoken(reply)
        if rule.verdict == "retry-later":
            return RetryLater(rule.reason, said, reply, retry_after(reply))
        if rule.verdict == "ambiguous":
            return Ambiguous(rule.reason, said, reply)
        rejected = Rejected(rule.reason or "invalid-request", said, reply)
        if rule.fault == "account":
            self._limits.stop(rejected)
        return rejected

    async def _settle(self, stage: Stage, state: StageState) -> None:
        await self._clerk.do(
            lambda ledger: ledger.settle(stage.attempt, stage.name, state, tries=stage.tries)
        )
