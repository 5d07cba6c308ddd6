"""The HTTP library: httpx, or httpx2 where it is installed, its maintained successor with the same interface."""

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
else:
    try:
        import httpx2 as httpx
    except ImportError:
        import httpx

        if find_spec("sniffio") is None:
            # httpx's core imports it several times a request and takes its absence for an answer. Where Python knows
            # of the absence, it does not search every folder for it anew: that was a third of a request's work.
            sys.modules.setdefault("sniffio", None)

__all__ = ["httpx"]
