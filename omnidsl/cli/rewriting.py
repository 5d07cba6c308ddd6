"""Files that a command rewrites, and what it says where it cannot."""

import sys
from pathlib import Path

from omnidsl.language.catalogue import phrase


def rewrite(path: str, old: bytes, new: bytes) -> str:
    """Replace a file's content `old`, or return why that cannot be; then the file is as it was."""
    from omnidsl.language.rewriting import ChangedMeanwhileError, replace

    try:
        replace(Path(path), old, new)
    except ChangedMeanwhileError:
        return phrase("changed-meanwhile")
    except OSError as error:
        return error.strerror or str(error)
    return ""


def say(kind: str, key: str, **values: str) -> None:
    """Write a line to stderr: a `kind` (`error`, `warning`, `defect`) and a phrase with its values."""
    from omnidsl.reporting.terminal import printable

    words = {name: printable(value) for name, value in values.items()}
    sys.stderr.write(f"omni: {phrase(kind)}: {phrase(key).format(**words)}\n")
