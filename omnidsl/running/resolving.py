"""What became of a paid request whose answer was lost: the gateway is asked until it is known, or cannot be known.

Presence resolves at once. Absence resolves only when the service's settling time has passed since we ask; then nothing was sold, and the request may be sent again under the same attempt.
"""

import asyncio
import json

from omnidsl.planning.plan import PlanNode
from omnidsl.plugins.backend import Backend, Call
from omnidsl.plugins.containment import Contained
from omnidsl.plugins.errors import PluginError
from omnidsl.plugins.lost import Absent, Finding, Found, Lost, Unknown
from omnidsl.plugins.outcomes import GatewayError, Reply
from omnidsl.running.events import Notice, told
from omnidsl.running.moments import age_of
from omnidsl.running.records import Attempt, Stage
from omnidsl.running.workshop import Workshop

_PAUSES = (1.0, 2.0, 5.0, 10.0)
"""Seconds between two looks; the last one repeats."""


class Inquiry:
    """The search for one attempt's lost request."""

    def __init__(self, shop: Workshop, node: PlanNode, call: Call, attempt: Attempt) -> None:
        self._shop = shop
        self._node = node
        self._call = call
        self._attempt = attempt
        self._service = node.operation.partition(".")[0]

    async def resolve(self) -> bool:
        """Tell whether the doubt is gone: the attempt can go on from its beginning, its stages say how."""
        backend = self._shop.plugins.backend(self._service)
        own = backend.inner if isinstance(backend, Contained) else backend
        if type(own).find is Backend.find:
            return False
        stages = await self._shop.clerk.do(lambda ledger: ledger.stages(self._attempt.id))
        for stage in stages:
            if await self._is_lost(stage):
                return await self._ask(backend, stage, stages)
        return False

    async def _is_lost(self, stage: Stage) -> bool:
        if stage.state == "answered":
            return await asyncio.to_thread(self._shop.spool.find, stage) is None
        return stage.state in ("intent", "ambiguous")

    async def _ask(self, backend: Backend, stage: Stage, stages: list[Stage]) -> bool:
        shop = self._shop
        before = {
            one.name: reply
            for one in stages
            if one.state == "answered"
            and one.name != stage.name
            and (reply := await asyncio.to_thread(shop.spool.find, one)) is not None
        }
        settling = shop.catalogue.services[self._service].settling_seconds
        began, turn = shop.clock.now(), 0
        while True:
            # Counted from here: a gateway may have held the request as long as we waited for its answer.
            waited = shop.clock.now() - began
            lost = Lost(stage=stage.name, path=stage.path, age=age_of(stage.moment), before=before)
            finding = await self._look(backend, lost)
            if isinstance(finding, Found):
                return await self._take(stage, finding)
            if finding == Unknown() or waited >= settling:
                proven = isinstance(finding, Absent) and self._sees_what_was_sent(stage)
                if proven and stage.state != "answered":
                    await self._send_again(stage)
                    return True
                if isinstance(finding, Absent) and not proven and stage.signature:
                    self._tell("other-key")
                return False
            pause = min(_PAUSES[min(turn, len(_PAUSES) - 1)], settling - waited)
            if not turn:
                self._tell("resolving", seconds=round(settling - waited, 1))
            turn += 1
            with shop.stop.before_buying():
                await shop.clock.sleep(pause)

    def _sees_what_was_sent(self, stage: Stage) -> bool:
        """Tell whether we look with the key that the request went with: another one may not see what that one bought."""
        signature = self._shop.access(self._service).gateway.signature(self._attempt.account)
        return stage.signature == signature

    async def _look(self, backend: Backend, lost: Lost) -> Finding:
        context = self._shop.free_context(self._service, self._attempt.account)
        try:
            return await backend.find(self._call, lost, context)
        except GatewayError as error:
            return Unknown(later=not error.final)
        except Exception as error:
            raise PluginError(self._service, f"{type(error).__name__}: {error}") from error

    async def _take(self, stage: Stage, found: Found) -> bool:
        """Keep the answer as if it had come, so that `context.pay` returns it; False where the disk is full."""
        body = json.dumps(dict(found.answer)).encode()
        reply = Reply(200, {"content-type": "application/json"}, body)
        try:
            await asyncio.to_thread(self._shop.spool.keep, stage, reply)
        except OSError:
            return False  # held: a later run finds it again
        await self._shop.clerk.do(
            lambda ledger: ledger.settle(stage.attempt, stage.name, "answered", tries=stage.tries)
        )
        self._tell("found-again")
        return True

    async def _send_again(self, stage: Stage) -> None:
        await self._shop.clerk.do(
            lambda ledger: ledger.settle(stage.attempt, stage.name, "refused", tries=stage.tries)
        )
        self._tell("never-taken")

    def _tell(self, reason: str, **values: float) -> None:
        named = {"node": self._node.id, "attempt": self._attempt.id}
        self._shop.emit(Notice(node=self._node.id, **told(reason, {**named, **values})))
