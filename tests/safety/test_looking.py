"""Commands that look at a project read it and nothing else: no socket, no process, no foreign code, no file outside.

Whatever the project holds. Recipes come from forks and from strangers, and in a workflow the findings are public.
"""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.safety.conftest import ROOT, Watch

OTHERS = shutil.ignore_patterns("plugins", "services")
"""Examples that need plugins which are not installed here, or newer rules than the project has."""

LOOKING = [["check"], ["fmt", "--check"], ["fmt", "--diff"], ["test"]]

PROMPT = "prompt cat {\n    a cat\n%s\n}\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(32)

Make = Callable[[Path], None]


def recipe(text: str, name: str = "main.omni") -> Make:
    def make(project: Path) -> None:
        (project / name).write_text(text, "utf-8")

    return make


def link(name: str, target: str) -> Make:
    def make(project: Path) -> None:
        (project / name).symlink_to(target)

    return make


def both(*parts: Make) -> Make:
    def make(project: Path) -> None:
        for one in parts:
            one(project)

    return make


def fifo(name: str) -> Make:
    def make(project: Path) -> None:
        os.mkfifo(project / name)

    return make


def file(name: str, content: bytes) -> Make:
    def make(project: Path) -> None:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_bytes(content)

    return make


def naming(path: str) -> Make:
    """Name a file in every way that a recipe has."""
    return both(
        recipe(f'use "{path}" as x\nlet a = x.planted\n', "used.omni"),
        recipe(PROMPT % f"    image: {path}", "pictured.omni"),
        recipe(f'let a = lines("{path}")\n' + PROMPT % "    ${a[1]}", "lines.omni"),
        recipe(f'let a = file("{path}")\n' + PROMPT % "    image: ${a}", "filed.omni"),
        recipe(
            f'prompt a {{ a cat }}\npipeline p {{ save a -> midjourney.imagine as "{path}" }}\n',
            "saved.omni",
        ),
    )


ELSEWHERE = {
    "above": "../outside.omni",
    "far above": "../" * 40 + "etc/passwd",
    "roundabout": "a/../../outside.omni",
    "absolute": "/etc/passwd",
    "address of a file": "file:///etc/passwd",
    "address": "http://127.0.0.1:9/planted.omni",
    "home": "~/.netrc",
    "device": "/dev/zero",
    "terminal": "/dev/tty",
    "memory": "/proc/self/environ",
    "share": "//server/share/x.omni",
    "nul": "a\\u{0}.omni",
    "half a pair": "a\\u{d800}.omni",
    "long": "a" * 5_000 + ".omni",
    "long path": "a/" * 5_000 + "a.omni",
    "nothing": "",
    "folder": ".",
}

LINKS = {
    "link to a file": "../secret.txt",
    "link to memory": "/proc/self/environ",
    "link to a device": "/dev/zero",
    "link to a folder": "..",
    "link to itself": "linked.omni",
    "link to nowhere": "nowhere",
}

HOSTILE: dict[str, Make] = {
    **{f"named: {name}": naming(path) for name, path in ELSEWHERE.items()},
    **{f"named: {name}": both(link("linked.omni", target), naming("linked.omni")) for name, target in LINKS.items()},
    "named: pipe": both(fifo("pipe.omni"), naming("pipe.omni")),
    "named: huge": both(file("huge.omni", b"#" * 9_000_000), naming("huge.omni")),
    **{f"recipe: {name}": link("main.omni", target) for name, target in LINKS.items()},
    "recipe: pipe": fifo("main.omni"),
    "recipe: folder": lambda project: (project / "main.omni").mkdir(),
    "recipe: binary": file("main.omni", bytes(range(256))),
    "recipe: not there": lambda _: None,
    "folder: link to above": both(recipe(PROMPT % ""), link("sub", "..")),
    "folder: link to itself": both(recipe(PROMPT % ""), link("sub", ".")),
    "git: file": both(recipe(PROMPT % ""), file(".git", b"gitdir: ../../../../etc\n")),
    "git: ignore is a pipe": both(recipe(PROMPT % ""), fifo(".gitignore")),
    "git: ignore is a link": both(recipe(PROMPT % ""), link(".gitignore", "../secret.txt")),
    "git: ignore is long": both(recipe(PROMPT % ""), file(".gitignore", b"*a" * 5_000 + b"\n")),
    "git: ignore takes for ever": both(recipe(PROMPT % "", "a" * 200 + ".omni"), file(".gitignore", b"*a" * 8 + b"b\n")),
    "settings: exclude takes for ever": both(
        recipe(PROMPT % "", "a" * 200 + ".omni"), file("omni.toml", b'exclude = ["' + b"*a" * 8 + b'b"]\n')
    ),
    "settings: ignore takes for ever": both(
        recipe(PROMPT % "", "a" * 200 + ".omni"),
        file("omni.toml", b'[lint.per-file-ignores]\n"' + b"*a" * 8 + b'b" = ["OM301"]\n'),
    ),
    "settings: link": both(recipe(PROMPT % ""), lambda p: (p / "omni.toml").unlink(), link("omni.toml", "../secret.txt")),
    "settings: pipe": both(recipe(PROMPT % ""), lambda p: (p / "omni.toml").unlink(), fifo("omni.toml")),
    "settings: memory": both(recipe(PROMPT % ""), lambda p: (p / "omni.toml").unlink(), link("omni.toml", "/proc/self/environ")),
    "settings: nothing true": both(recipe(PROMPT % ""), file("omni.toml", b'rules = "../../etc/passwd"\noutput = "../../x"\n[gateway]\nbase_url = "http://127.0.0.1:9"\n')),
    "package: ours": both(recipe(PROMPT % ""), file("omnidsl/__init__.py", b"open('/planted')")),
    "package: plugin": both(
        recipe(PROMPT % ""),
        file("evil.py", b"open('/planted')"),
        file("evil-1.0.dist-info/entry_points.txt", b"[omnidsl]\nevil = evil\n"),
    ),
}  # fmt: skip  # a table


CASES = [
    (made, command)
    for made in HOSTILE
    for command in (["check"], ["test"], ["fmt", "--check"])
    if command == ["check"]
    or made.startswith(("named: link", "named: pipe") if command == ["test"] else "recipe: ")
]
"""All of them read, search and follow names in one way; so the first is tried with everything."""


@pytest.mark.parametrize(("made", "command"), CASES, ids=str)
def test_a_command_that_looks_reads_the_project_and_writes_nothing(
    made: str, command: list[str], project: Path, watch: Watch
) -> None:
    HOSTILE[made](project)

    done = watch(*command, ".")

    assert [] == done.breaches()
    assert done.status in (0, 1, 2)
    assert "defect" not in done.stderr
    assert "planted-secret" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", [["check"], ["fmt"], ["test"]], ids=" ".join)
@pytest.mark.parametrize(
    "made", [one for one in HOSTILE if one.startswith("recipe: ") and "folder" not in one]
)
def test_a_recipe_that_is_named_must_lie_in_its_project_too(
    made: str, command: list[str], project: Path, watch: Watch
) -> None:
    HOSTILE[made](project)

    done = watch(*command, "main.omni")

    assert [] == done.breaches()
    assert done.status in (1, 2)
    assert "defect" not in done.stderr
    assert "planted-secret" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_the_examples_are_looked_at_in_peace(
    command: list[str], project: Path, watch: Watch
) -> None:
    shutil.copytree(ROOT / "examples", project / "examples", ignore=OTHERS)

    done = watch(*command, ".")

    assert [] == done.breaches()
    assert done.status in (0, 1)


def test_nothing_changes_in_a_project_that_is_looked_at(project: Path, watch: Watch) -> None:
    shutil.copytree(ROOT / "examples", project / "examples", ignore=OTHERS)
    before = {one: one.stat().st_mtime_ns for one in project.rglob("*")}

    for command in LOOKING:
        watch(*command, ".")

    assert before == {one: one.stat().st_mtime_ns for one in project.rglob("*")}


@pytest.mark.parametrize(
    "line",
    [["explain", "OM301"], ["explain", "--all"], ["vocab"], ["prompt", "parse", "a cat --v 6"]],
    ids=" ".join,
)
def test_a_command_that_needs_no_project_looks_at_none(line: list[str], watch: Watch) -> None:
    done = watch(*line)

    assert [] == done.breaches()
    assert 0 == done.status


UNFORMATTED = """\
prompt cat {
  a cat
}
pipeline p {
    g = cat -> midjourney.imagine(mode: turbo)
    save g as "g.png"
}
"""


@pytest.mark.parametrize("line", [["check", "--fix"], ["fmt"]], ids=" ".join)
def test_a_command_that_writes_writes_the_recipe(
    line: list[str], project: Path, watch: Watch
) -> None:
    recipe(UNFORMATTED)(project)

    done = watch(*line, ".")

    assert [] == done.breaches(written=(project,))
    assert UNFORMATTED != (project / "main.omni").read_text("utf-8")
    assert ["main.omni", "omni.toml"] == sorted(one.name for one in project.iterdir())


def test_many_files_are_shared_between_processes_that_do_no_more_than_one(
    project: Path, watch: Watch
) -> None:
    for number in range(200):
        recipe(PROMPT % "", f"a{number}.omni")(project)

    done = watch("check", "--jobs", "2", ".")

    assert {"os.fork", "os.kill", "socket.__new__"} == {name for name, _ in done.breaches()}
    families = {arguments[1] for name, arguments in done.breaches() if name == "socket.__new__"}
    assert {socket.AF_UNIX} == families  # a pipe, which has no name that anybody could connect to
