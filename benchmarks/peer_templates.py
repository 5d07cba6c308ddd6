"""Parses templates, one a line, with dynamicprompts: run by the interpreter of an environment that has it.

`python -m venv PEER && PEER/bin/pip install dynamicprompts==0.31.0`, then `python -m benchmarks --only prompts
--dynamicprompts PEER/bin/python`.
"""

import sys

from dynamicprompts.parser.parse import parse  # type: ignore[import-not-found]  # it is in the other environment


def main() -> None:
    """Parse every line of standard input, and say how each was understood."""
    for line in sys.stdin:
        print(type(parse(line.rstrip("\n"))).__name__)


if __name__ == "__main__":
    main()
