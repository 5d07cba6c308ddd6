"""Settings as values: what lint reports, what a search finds."""

from collections.abc import Mapping

from omnidsl.settings.declaration import BY_NAME, Default
from omnidsl.settings.selection import Layer


class Values:
    """Right values of a settings file by dotted name; what is not there has its default."""

    __slots__ = ("given",)

    def __init__(self, given: Mapping[str, Default]) -> None:
        self.given = dict(given)

    def _get(self, name: str) -> Default:
        return self.given.get(name, BY_NAME[name].default)

    def text(self, name: str) -> str | None:
        """Return a text; None where it is not set and has no default."""
        value = self._get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        """Return whether a switch is on."""
        return self._get(name) is True

    def count(self, name: str) -> int:
        """Return a number."""
        value = self._get(name)
        return value if isinstance(value, int) else 0

    def money(self, name: str) -> int | None:
        """Return an amount in micros; None where it is not set."""
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        from omnidsl.settings.prices import micros  # what few projects pay

        return micros(value)

    def number(self, name: str) -> float:
        """Return a number, whole or not."""
        value = self._get(name)
        return float(value) if isinstance(value, int | float) else 0.0

    def seconds(self, name: str) -> float | None:
        """Return a duration in seconds; None where it is not set and has no default."""
        value = self._get(name)
        if value is None:
            return None
        from omnidsl.settings.durations import seconds  # as above

        return seconds(value)

    def table(self, name: str) -> dict[str, object]:
        """Return a table as it stands."""
        value = self._get(name)
        return dict(value) if isinstance(value, dict) else {}

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._get(name)
        return tuple(value) if isinstance(value, list) else ()

    def lists(self, name: str) -> dict[str, tuple[str, ...]]:
        """Return lists of texts by key."""
        value = self._get(name)
        if not isinstance(value, dict):
            return {}
        return {key: tuple(one) for key, one in value.items() if isinstance(one, list)}


class Search:
    """What a search of folders leaves out; `exclude` are patterns of `.gitignore`, from the settings' folder on."""

    __slots__ = ("exclude", "force_exclude", "respect_gitignore")

    def __init__(
        self, exclude: tuple[str, ...], *, respect_gitignore: bool, force_exclude: bool
    ) -> None:
        self.exclude = exclude
        self.respect_gitignore = respect_gitignore
        self.force_exclude = force_exclude

    @classmethod
    def of(cls, values: Values) -> "Search":
        """Return what settings say."""
        return cls(
            (*values.texts("exclude"), *values.texts("extend-exclude")),
            respect_gitignore=values.flag("respect-gitignore"),
            force_exclude=values.flag("force-exclude"),
        )


class Lint:
    """What is reported: the settings' word on codes, codes to leave out by pattern of file, what fails a check."""

    __slots__ = ("fail_on", "layer", "per_file_ignores")

    def __init__(
        self, layer: Layer, per_file_ignores: Mapping[str, tuple[str, ...]], fail_on: str
    ) -> None:
        self.layer = layer
        self.per_file_ignores = dict(per_file_ignores)
        self.fail_on = fail_on

    @classmethod
    def of(cls, values: Values) -> "Lint":
        """Return what settings say."""
        layer = Layer(
            values.texts("lint.select") if "lint.select" in values.given else None,
            values.texts("lint.extend-select"),
            values.texts("lint.ignore"),
        )
        ignores = values.lists("lint.per-file-ignores")
        return cls(layer, ignores, values.text("lint.fail-on") or "error")
