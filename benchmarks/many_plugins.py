"""What plugins that a recipe does not use cost `omni check`: thirty distributions, each with a service, terms, rules and functions."""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.installation import ROOT, Installation
from benchmarks.start_up import Timing, time_commands

COUNT, OPERATIONS, ARGUMENTS = 30, 8, 8

_OPERATION = '''
@attrs.frozen
class Make{number}(Task[Image]):
    """Make something of the kind {number}."""
    text: str = argument(subject=True, max_length=4000, help="what is made", zh="内容")
'''
_ARGUMENT = (
    '    option_{number}: Literal["small", "large"] | int = argument(default="small", minimum=1, '
    'maximum=9, help="how large it is, in steps", zh="大小")\n'
)
_HEAD = """from typing import Literal
import attrs
from omnidsl.plugins import Function, Image, PromptRule, Service, Task, argument, hookimpl
from {name}.words import SUMMARY
"""
_HOOKS = """
@hookimpl
def omnidsl_services():
    return [Service(name="{name}", operations=({made}), implementation="{name}.backend:Backend", summary=SUMMARY)]

@hookimpl
def omnidsl_functions():
    return [Function(name="{name}.slug", implementation="{name}.words:slug", arguments={{"text": str}})]

@hookimpl
def omnidsl_prompt_rules():
    return [PromptRule(name="{name}-rivals", banned=("rival of {name}",))]
"""


def write(folder: Path, count: int = COUNT) -> Path:
    """Write so many installed distributions into a folder, and return it."""
    for number in range(count):
        name = f"studio{number:02}"
        package = folder / name
        package.mkdir(parents=True)
        parts = [_HEAD.format(name=name)]
        for operation in range(OPERATIONS):
            parts.append(_OPERATION.format(number=operation))
            parts += [_ARGUMENT.format(number=one) for one in range(ARGUMENTS)]
        made = "".join(f"Make{one}, " for one in range(OPERATIONS))
        parts.append(_HOOKS.format(name=name, made=made))
        (package / "__init__.py").write_text("".join(parts), "utf-8")
        (package / "words.py").write_text(
            'SUMMARY = "a studio"\n\n\ndef slug(text):\n    return text\n'
        )
        info = folder / f"omnidsl_{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: omnidsl-{name}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[omnidsl]\n{name} = {name}\n")
    return folder


def check_times(installation: Installation, folder: Path, rounds: int) -> Mapping[str, Timing]:
    """Time a check without and with those distributions, in turns; the index is there in both."""
    (folder / "none").mkdir()
    places = {"none of them": folder / "none", f"{COUNT} more": write(folder / "many")}
    check = [installation.omni, "check", "examples/hero.omni"]
    commands = {"python -c pass": [installation.python, "-c", "pass"]}
    commands |= {name: ["env", f"PYTHONPATH={path}", *check] for name, path in places.items()}
    return time_commands(
        commands, rounds=rounds, environment=installation.environment(), folder=ROOT
    )
