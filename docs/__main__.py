"""Write the documents that are made of data; `--check` says whether they are stale."""

import sys
from functools import partial

from docs import midjourney, operations, rules

MADE = {
    file: partial(source.document, language)
    for source in (midjourney, operations, rules)
    for language, file in source.DOCUMENTS.items()
}
"""By file, what makes its text."""


def main() -> int:
    """Write what has changed and return 0; with `--check` write nothing, and return 1 where something would change."""
    texts = {file: made() for file, made in MADE.items()}
    stale = [
        file
        for file, text in texts.items()
        if not file.is_file() or file.read_text("utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        for file in stale:
            print(f"{file.name} is stale: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for file in stale:
        file.write_text(texts[file], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
