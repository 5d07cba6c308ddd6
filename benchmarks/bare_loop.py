"""The same work on bare httpx: submit, ask about all at once, download. No ledger, no events, nothing kept.

What a step costs beyond this loop is what OmniDSL's promises cost. `httpx2` has the same interface and is used instead
where it is asked for.
"""

import asyncio
import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOK = 0.1
"""Seconds between two looks at the tasks that run."""

_BATCH = 100
"""Tasks that one request asks about."""


def library(name: str) -> ModuleType:
    """Return `httpx` or `httpx2`."""
    return importlib.import_module(name)


async def run(base_url: str, key: str, jobs: int, at_a_time: int, http: ModuleType) -> int:
    """Make pictures, so many at a time, and return how many bytes were downloaded."""
    running: dict[str, asyncio.Future[str]] = {}
    slots = asyncio.Semaphore(at_a_time)
    size = 0
    limits = http.Limits(max_connections=64, max_keepalive_connections=64)
    headers = {"authorization": f"Bearer {key}"}
    async with http.AsyncClient(base_url=base_url, headers=headers, limits=limits) as client:

        async def look() -> None:
            while True:
                await asyncio.sleep(LOOK)
                ids = list(running)
                for start in range(0, len(ids), _BATCH):
                    body = {"ids": ids[start : start + _BATCH]}
                    rows: list[Mapping[str, str]] = (
                        await client.post("/mj/task/list-by-condition", json=body)
                    ).json()
                    for row in rows:
                        if row["status"] == "SUCCESS":
                            running.pop(row["id"]).set_result(row["imageUrl"])
                        elif row["status"] == "FAILURE":
                            raise RuntimeError("a task failed")

        async def one(number: int) -> None:
            nonlocal size
            async with slots:
                body = {"base64Array": [], "prompt": f"cat number {number}", "state": str(number)}
                answer = (await client.post("/mj-fast/mj/submit/imagine", json=body)).json()
                running[answer["result"]] = asyncio.get_running_loop().create_future()
                url = await running[answer["result"]]
            size += len((await client.get(url)).content)

        looking = asyncio.create_task(look())
        async with asyncio.TaskGroup() as group:
            for number in range(jobs):
                group.create_task(one(number))
        looking.cancel()
    return size
