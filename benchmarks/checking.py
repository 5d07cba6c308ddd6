"""How fast recipes are checked: one of them from a cold start beside a peer, and ten thousand in one go."""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import attrs

from benchmarks import corpus
from benchmarks.installation import Installation

FILES = 10_000

ONE_PIPELINE = """\
prompt cat(who: text) {
    style: 水墨画风格
    text:  ${who}, detailed fur
    --v 6.1 --ar 4:3
}

pipeline main -> image {
    grid = cat("a calm cat") -> midjourney.imagine
    best = grid -> upscale(2)
    save best as "cat.png"
    return best
}
"""
"""A recipe of one pipeline."""

ONE_FUNCTION = """\
client<llm> Mini {
  provider openai
  options { model "gpt-4o-mini" }
}
function WriteCaption(picture: string, mood: string) -> string {
  client Mini
  prompt #"Write a caption of one {{ mood }} sentence for {{ picture }}."#
}
"""
"""The least that baml-cli checks: a function and the model that it asks."""


def one_of_each(folder: Path) -> tuple[Path, Path]:
    """Write a recipe of one pipeline and a BAML project of one function; return the file and the project's folder."""
    recipe, project = folder / "cat.omni", folder / "baml_src"
    recipe.write_text(ONE_PIPELINE, "utf-8")
    project.mkdir()
    (project / "main.baml").write_text(ONE_FUNCTION, "utf-8")
    return recipe, project


@attrs.frozen
class Throughput:
    """What one check of many recipes took: processor and wall time in seconds, peak memory of one process in MB."""

    files: int
    size: int
    processor: float
    wall: float
    memory: float

    @property
    def rate(self) -> float:
        """Files per second of the processor, all processes taken together."""
        return self.files / self.processor


def many(installation: Installation, folder: Path, options: Sequence[str] = ()) -> Throughput:
    """Check ten thousand different recipes that nobody has seen before; RuntimeError where one is found wrong."""
    size = corpus.write(folder, FILES)
    command = [installation.omni, "check", *options, str(folder)]
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=installation.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as child:
        said = child.stdout.read() if child.stdout else b""
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"the recipes of the benchmark are not sound:\n{said[-2000:].decode()}")
    return Throughput(
        FILES, size, usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / _MAXRSS_PER_MB
    )


_MAXRSS_PER_MB = 1024
"""Linux counts it in kilobytes."""
