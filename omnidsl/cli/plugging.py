"""Which plugins a command works with: what its project's settings and its own `-p` and `--trust` say."""

from omnidsl._typing import TYPE_CHECKING
from omnidsl.language.catalogue import Words

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from omnidsl.cli.parsing import Declares
    from omnidsl.language.diagnostics import Diagnostic
    from omnidsl.plugins.catalogue import Catalogue
    from omnidsl.settings import Settings


_SETTINGS = frozenset(("plugins", "plugin-folders"))


def add_options(parser: "Declares") -> None:
    """Add the options."""
    parser.add_argument(
        "-p", action="append", dest="plugins", metavar="[no:]NAME", help=Words("help-plugins")
    )
    parser.add_argument("--trust", action="store_true", help=Words("help-trust"))


def catalogue(settings: "Settings", arguments: "argparse.Namespace | None" = None) -> "Catalogue":
    """Return the services of the plugins that take part in a project."""
    return Catalogues.of_command(arguments).of(settings)


class Catalogues:
    """Catalogues by project; `take_findings` returns what is wrong with plugins and has not been told before."""

    __slots__ = ("_found", "_known", "_said", "_told", "_trust")

    def __init__(self, said: "Sequence[str]" = (), *, trust: bool = False) -> None:
        self._said = tuple(said)
        self._trust = trust
        self._known: dict[object, Catalogue] = {}
        self._found: list[Diagnostic] = []
        self._told: set[str] = set()

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process without what was read so far."""
        return _again, (self._said, self._trust)

    @classmethod
    def of_command(cls, arguments: "argparse.Namespace | None") -> "Catalogues":
        """Return what a command line asks for."""
        said = getattr(arguments, "plugins", None) or ()
        return cls(said, trust=getattr(arguments, "trust", False))

    def of(self, settings: "Settings") -> "Catalogue":
        """Return the catalogue of a project."""
        from omnidsl.plugins.index import load

        choice = None
        if self._said or not _SETTINGS.isdisjoint(settings.values.given):
            from omnidsl.plugins.choice import Choice  # what few commands pay

            choice = Choice.of(settings, said=self._said, trust=self._trust)
        found = self._known.get(choice)
        if found is None:
            found = self._known[choice] = load(choice)
            for problem in found.problems:
                told = problem.diagnostic()
                words = told.message("en")
                if words not in self._told:
                    self._told.add(words)
                    self._found.append(told)
        return found

    def take_findings(self) -> "list[Diagnostic]":
        """Return what was found wrong with plugins since this was last asked."""
        found, self._found = self._found, []
        return found


def _again(said: "tuple[str, ...]", trust: bool) -> Catalogues:  # noqa: FBT001  # what pickle hands back
    return Catalogues(said, trust=trust)
