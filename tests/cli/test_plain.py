"""Paths alone are read without argparse, and as argparse reads them."""

import argparse
from collections.abc import Callable
from importlib import import_module

import pytest

from omnidsl.cli import COMMANDS, PLAIN
from omnidsl.cli.parsing import Commands, Parser
from omnidsl.cli.plain import read

PRESENT = sorted(PLAIN & set(COMMANDS))


def by_argparse(name: str, arguments: list[str]) -> argparse.Namespace:
    parser = Parser(prog="omni")
    subparsers = parser.add_subparsers(dest="command", required=True)
    import_module(COMMANDS[name]).add(subparsers)
    return parser.parse_args([name, *arguments])


@pytest.mark.parametrize("arguments", [[], ["a.omni"], ["a.omni", "", "b c", "猫.omni", "@x"]])
@pytest.mark.parametrize("name", PRESENT)
def test_names_alone_are_read_as_argparse_reads_them(name: str, arguments: list[str]) -> None:
    plain = read(name, import_module(COMMANDS[name]).add, arguments)

    assert plain is not None
    assert vars(by_argparse(name, arguments)) == vars(plain)


@pytest.mark.parametrize("option", ["-", "--", "-h", "--rules", "--rules=x", "-1"])
@pytest.mark.parametrize("name", PRESENT)
def test_whatever_begins_with_a_dash_is_left_to_argparse(name: str, option: str) -> None:
    assert read(name, import_module(COMMANDS[name]).add, ["a.omni", option]) is None


def declared(*rows: tuple[str, dict[str, object]]) -> Callable[[Commands], None]:
    def add(subparsers: Commands) -> None:
        parser = subparsers.add_parser("some")
        for flag, options in rows:
            parser.add_argument(flag, **options)
        parser.set_defaults(run=print)

    return add


@pytest.mark.parametrize(
    "rows",
    [
        [("paths", {"nargs": "*"})],
        [("paths", {"nargs": "*", "default": ["."]}), ("--no-fix", {"action": "store_false"})],
        [("--all-of-it", {"action": "store_true"}), ("paths", {"nargs": "*"})],
        [("--jobs", {"type": int, "default": "4"}), ("paths", {"nargs": "*"})],
        [("--select", {"action": "append", "dest": "chosen"}), ("paths", {"nargs": "*"})],
        [("--colour", {"choices": ("a", "b"), "default": "b"}), ("paths", {"nargs": "*"})],
        [("--fix", {"action": argparse.BooleanOptionalAction}), ("paths", {"nargs": "*"})],
    ],
)
def test_defaults_are_those_of_argparse(rows: list[tuple[str, dict[str, object]]]) -> None:
    add = declared(*rows)
    parser = argparse.ArgumentParser()
    add(parser.add_subparsers(dest="command"))

    plain = read("some", add, ["x"])

    assert plain is not None
    assert vars(parser.parse_args(["some", "x"])) == vars(plain)


@pytest.mark.parametrize(
    "rows",
    [
        [("--fix", {"action": "store_true"})],
        [("path", {})],
        [("path", {"nargs": "?"})],
        [("first", {}), ("paths", {"nargs": "*"})],
    ],
)
def test_commands_that_take_other_names_are_left_to_argparse(
    rows: list[tuple[str, dict[str, object]]],
) -> None:
    assert read("some", declared(*rows), ["x"]) is None
