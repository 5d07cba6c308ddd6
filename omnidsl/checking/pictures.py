"""Reference pictures: at most five, each of at most one megabyte (the gateway's limits), and pictures at all."""

from collections.abc import Sequence
from pathlib import Path

from omnidsl.checking.fields import Picture
from omnidsl.checking.report import Report
from omnidsl.checking.values import Later

MOST = 5
LARGEST = 1 << 20
"""Bytes: the one megabyte of the guide."""

_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def check_pictures(pictures: Sequence[Picture], addresses: int, report: Report) -> None:
    """Report pictures that the gateway would refuse; `addresses` are those that the prompt names by URL."""
    for number, one in enumerate(pictures, 1):
        if addresses + number > MOST:
            count = addresses + len(pictures)
            report.add("OM613", one.source, one.span, most=MOST, count=count)
            return
        if isinstance(one.file, Later):
            continue  # looked at again when it is there
        path = Path(one.file.path)
        size = path.stat().st_size
        if size > LARGEST:
            amount = f"{size / LARGEST:.2f}"
            report.add("OM612", one.source, one.span, path=one.written, size=amount, most=1)
            continue
        with path.open("rb") as file:
            if not file.read(8).startswith(_BEGINNINGS):
                report.add("OM616", one.source, one.span, path=one.written)
