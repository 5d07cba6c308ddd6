"""What CI runners take for a command in the log of a step, and how text is kept from being one.

A runner of GitHub obeys a line that begins with `::`, blanks before it or not, and `##[…]` anywhere in a line.
"""

import os

from omnidsl.reporting.terminal import printable


def for_a_log(text: str) -> str:
    """Break the old form of a command where a runner listens; all lines begin with words of our own."""
    return text.replace("##[", "##\\[") if os.environ.get("GITHUB_ACTIONS") else text


def file_name(name: str) -> str:
    """Return a file's name as a line may begin with it."""
    shown = printable(name)
    return f"./{shown}" if shown.lstrip().startswith(":") else shown


def data(text: str) -> str:
    """Escape the message of a workflow command: `%` and line ends."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_value(text: str) -> str:
    """Escape a property of a workflow command: `:` and `,` too."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
