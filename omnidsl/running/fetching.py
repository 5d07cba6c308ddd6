"""The files of what a step made: fetched at once, kept in the store."""

import asyncio
from collections.abc import Awaitable, Callable

import attrs

from omnidsl.planning.plan import PlanNode
from omnidsl.plugins.media import JSON, File, Made
from omnidsl.running.errors import FetchError
from omnidsl.running.events import Notice, told
from omnidsl.running.records import StoredFile
from omnidsl.running.step_failures import failure, service, waits
from omnidsl.running.workshop import Workshop

_EXPIRED = frozenset((401, 403, 404, 410))
"""What a server of files answers once a signed address has run out."""

_FRESH_ADDRESSES = 2
"""How often a finished task is asked for addresses anew."""

MOST_FILES = 256
"""Files of one result: a reply that names more would fill the disk with what nobody asked for."""


@attrs.frozen
class Fetching:
    """Fetches the files of one step with an account's key; `again` asks for addresses anew, where that can be."""

    _shop: Workshop
    _node: PlanNode
    _account: str
    _again: Callable[[Made], Awaitable[Made]] | None

    async def fetched(self, made: Made) -> tuple[Made, tuple[StoredFile, ...]]:
        """Store all files at once, since their addresses may expire; fresh ones are asked for where they have.

        Returns what was made with the addresses that held. What is optional and cannot be had is left out.
        """
        turn = 0
        while True:
            if len(made.files) > MOST_FILES:
                words = (
                    f"it names {len(made.files)} files, and no result has more than {MOST_FILES}"
                )
                raise failure(self._shop, self._node, "empty-answer", words)
            found = await asyncio.gather(
                *(self._fetch(one) for one in made.files), return_exceptions=True
            )
            lost = [
                (file, one)
                for file, one in zip(made.files, found, strict=True)
                if isinstance(one, BaseException)
            ]
            needed = next((one for file, one in lost if not _can_do_without(file, one)), None)
            failed = needed or next((one for _, one in lost), None)
            turn += 1
            may_ask = self._again is not None and turn <= _FRESH_ADDRESSES
            if self._again is not None and may_ask and failed is not None and _has_expired(failed):
                made = await self._again(made)
                continue
            if needed is not None:
                raise needed
            for file, error in lost:
                self._tell_left_out(file, error)
            return made, tuple(one for one in found if isinstance(one, StoredFile))

    async def _fetch(self, file: File) -> StoredFile:
        turn, retries = 0, self._node.options.retries
        while True:
            try:
                return await self._shop.keep(
                    file, self._node.id, service(self._node), self._account
                )
            except FetchError as error:
                turn += 1
                allowed = self._shop.limits.connect_retries if retries is None else retries
                if error.final or file.url is None or turn > allowed:
                    raise
                seconds = self._shop.limits.pause(turn)
                waits(self._shop, self._node, error.message(), seconds)
                await asyncio.sleep(seconds)

    def _tell_left_out(self, file: File, error: BaseException) -> None:
        words = error.message() if isinstance(error, FetchError) else str(error)
        values: dict[str, JSON] = {"part": file.part or file.kind, "words": words}
        self._shop.emit(Notice(node=self._node.id, **told("left-out", values)))


def _can_do_without(file: File, error: BaseException) -> bool:
    return file.optional and isinstance(error, FetchError)


def _has_expired(error: BaseException) -> bool:
    return isinstance(error, FetchError) and error.values.get("status") in _EXPIRED
