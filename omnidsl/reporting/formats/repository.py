"""Where a file is inside its repository, as CI services name it, and what makes a finding the same one tomorrow."""

import hashlib
import os
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from omnidsl.language.diagnostics import Diagnostic
from omnidsl.language.source import Source


class Repository:
    """A checked-out folder that file names are told relative to."""

    __slots__ = ("root",)

    def __init__(self, root: str) -> None:
        self.root = root

    def __repr__(self) -> str:
        return f"Repository({self.root!r})"

    @classmethod
    def here(cls) -> "Repository":
        """Return the repository around the current folder, or that folder where there is none."""
        here = Path.cwd()
        workspace = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR")
        if workspace and here.is_relative_to(workspace):
            return cls(workspace)
        found = next((one for one in (here, *here.parents) if (one / ".git").exists()), here)
        return cls(str(found))

    def path(self, source: Source) -> str:
        """Return a source's path below the root with `/` between its parts; elsewhere, its name as it is."""
        below = self._below(source)
        return source.name if below is None else below

    def uri(self, source: Source) -> tuple[str, bool]:
        """Return a source's percent-encoded URI, and whether it is relative to the root."""
        below = self._below(source)
        if below is None and source.path is not None:
            return Path(os.path.abspath(source.path)).as_uri(), False  # noqa: PTH100  # links stay as they are
        return quote(os.fsencode(source.name if below is None else below)), True

    def _below(self, source: Source) -> str | None:
        where = source.path or source.name
        if where.startswith("<"):  # standard input without a name
            return None
        try:
            relative = os.path.relpath(where, self.root)
        except ValueError:  # another drive
            return None
        outside = relative == os.pardir or relative.startswith(os.pardir + os.sep)
        return None if outside else relative.replace(os.sep, "/")

    @property
    def root_uri(self) -> str:
        """The root as a URI that ends with a slash, as the base of relative ones must."""
        return Path(self.root).as_uri().rstrip("/") + "/"


class Fingerprints:
    """Names findings so that they keep their name when lines move: code, file, the line's text, and which of equals."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._seen: Counter[str] = Counter()

    def of(self, finding: Diagnostic) -> str:
        """Return the finding's fingerprint; findings are to be asked in their order."""
        source, span = finding.source, finding.span
        path = self._repository.path(source) if source is not None else ""
        line = ""
        if source is not None and span is not None:
            line = source.line(source.position(span.start).row).strip()
        about = "\0".join((finding.code, path, line or finding.message("en")))
        digest = hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        self._seen[digest] += 1
        return f"{digest}:{self._seen[digest]}"
