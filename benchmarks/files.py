"""`python -m benchmarks.files`: what a large download needs in memory, and what provenance costs per saved file.

Each question is asked in a process of its own, against a server in another one, on loopback.
"""

import argparse
import asyncio
import multiprocessing
import resource
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

from omnidsl.planning.costs import Prices
from omnidsl.planning.plan import Plan, PlanNode, Save
from omnidsl.planning.values import PromptInput, Ref
from omnidsl.plugins.index import load
from omnidsl.plugins.media import File
from omnidsl.running.artifacts import FolderStore
from omnidsl.running.gateway import Gateway
from omnidsl.running.provenance import Author, Source
from omnidsl.running.records import StoredFile
from omnidsl.running.results import Result
from omnidsl.running.saving import Origin, Taken, save_artifact
from omnidsl.running.transport import Transport

_PIECE = bytes(2**20)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.files", description=main.__doc__)
    parser.add_argument("--megabytes", type=int, default=500, help="of the video (default: 500)")
    parser.add_argument("--files", type=int, default=10_000, help="that are saved (default: 10000)")
    arguments = parser.parse_args()
    with _served(arguments.megabytes * 2**20) as url:
        _apart(_download, url)
    _apart(_save, arguments.files)


def _apart(question: object, argument: object) -> None:
    process = multiprocessing.get_context("spawn").Process(target=question, args=(argument,))  # type: ignore[arg-type]  # two functions below
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(process.exitcode)


# ---- a large download


def film(size: int) -> tuple[bytes, int]:
    """Return the beginning of a whole MP4 of about so many bytes, and how many zeros make its end."""
    head = struct.pack(">I4s", 24, b"ftyp") + b"isom\0\0\0\0isommp42"
    head += struct.pack(">I4s", 8, b"moov")
    return head + struct.pack(">I4sQ", 1, b"mdat", size + 16), size


def _serve(size: int, tell: Connection) -> None:
    head, zeros = film(size)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            self.send_response(200)
            self.send_header("content-length", str(len(head) + zeros))
            self.end_headers()
            self.wfile.write(head)
            for _ in range(zeros // len(_PIECE)):
                self.wfile.write(_PIECE)
            self.wfile.write(bytes(zeros % len(_PIECE)))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tell.send(server.server_address[1])
    server.serve_forever()


@contextmanager
def _served(size: int) -> Iterator[str]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(size, there))
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def _resident() -> float:
    """Return how much memory the process has now, in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def _download(url: str) -> None:
    async def take(folder: Path) -> int:
        async with Transport(Gateway.at(url, key="sk-benchmark")) as transport:
            store = FolderStore(folder)
            stored = await store.take(File("video", url=f"{url}/film.mp4"), transport.download)
        return stored.size

    with tempfile.TemporaryDirectory() as folder:
        before, began, cpu = _resident(), time.perf_counter(), time.process_time()
        size = asyncio.run(take(Path(folder)))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"a video of {size / 2**20:.0f} MB, fetched, verified, hashed, on the disk: ", end="")
    print(f"{peak - before:.1f} MB above the {before:.0f} before, {took:.1f} s, {cpu:.1f} s of CPU")


# ---- many saves


def _save(count: int) -> None:
    import io

    from omnidsl_sandbox.drawing.rendering import fixed

    catalogue = load()
    node = PlanNode(
        "hero",
        "midjourney.imagine",
        {"prompt": PromptInput(("a fox in the snow --ar 16:9 --v 6.1 --s 50",))},
        "k",
        1,
        "grid",
    )
    plan = Plan("hero.omni", "main", "ours", {}, (node,), (Save(Ref("hero"), "hero.png"),))
    gateway = Gateway("ours", "https://gateway.example", "sk-0123456789")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = FolderStore(folder / "store")
        (folder / "x.png").write_bytes(io.BytesIO(fixed(50 * 2**10)).getvalue())
        artifact = store.add(folder / "x.png")
        original = StoredFile(
            kind="image",
            sha256=artifact.sha256,
            size=artifact.size,
            media_type=artifact.media_type,
        )
        prompt = {"prompt": "a fox in the snow --ar 16:9 --v 6.1 --s 50", "images": []}
        result = Result(
            node="hero",
            operation=node.operation,
            type="grid",
            step="k.1",
            number=1,
            attempt="omni-k.1.1",
            gateway="ours",
            files=(artifact,),
            facts={"task_id": "1", "seed": "7"},
            arguments={"prompt": prompt, "mode": "fast"},  # type: ignore[dict-item]  # JSON
        )
        for mode in ("none", "sidecar", "embedded", "both"):
            author = Author(plan, "run", gateway, Prices(catalogue), mode=mode)
            taken, began, cpu = Taken(), time.perf_counter(), time.process_time()
            for number in range(count):
                source = Source(plan.saves[0], result)
                origin = (
                    None if mode == "none" else Origin(author, author.document(source, original))
                )
                save_artifact(
                    store,
                    artifact,
                    folder / mode,
                    f"{number}.png",
                    taken,
                    origin,
                )
            took, cpu = time.perf_counter() - began, time.process_time() - cpu
            print(
                f"{count} files of 50 KB saved, provenance {mode}: {cpu / count * 1e6:.0f} µs of CPU a file, {took / count * 1e6:.0f} µs in all"
            )


if __name__ == "__main__":
    main()
