"""Services from Python without a recipe, with the ledger on: what a program has bought before it does not buy again.

    async with AsyncSession(sandbox=True) as session:
        grid = await session.midjourney.imagine("a red fox in snow --ar 3:2")
        fox = await session.midjourney.upscale(grid, index=1)

`Session` is the same without `await`.
"""

from omnidsl.session.asynchronous import AsyncSession, OperationCalls, ServiceCalls
from omnidsl.session.blocking import Session
from omnidsl.session.errors import CallError, UnknownServiceError

__all__ = [
    "AsyncSession",
    "CallError",
    "OperationCalls",
    "ServiceCalls",
    "Session",
    "UnknownServiceError",
]
