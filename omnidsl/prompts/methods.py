"""One method for each parameter, typed; the table in `data/parameters.toml` says what each of them takes."""

from functools import partial
from typing import TYPE_CHECKING, Literal

from omnidsl.prompts.errors import WrongType

if TYPE_CHECKING:
    from collections.abc import Callable

    from omnidsl.prompts.model import Prompt
    from omnidsl.prompts.values import Reference


class ParameterMethods:
    """The methods of `Prompt` that set parameters; each returns a new prompt."""

    __slots__ = ()

    if TYPE_CHECKING:

        def parameter(self, name: str, *values: object) -> "Prompt":
            """Set a parameter by name; `Prompt` has it."""

    else:  # type checkers know the methods below, and nothing of names that only data have

        def __getattr__(self, name: str) -> "Callable[..., Prompt]":
            """Return the setter of a parameter that the prompt's rules know, and that has no method here yet."""
            row = None if name.startswith("_") else self._table.find(name)
            if row is None or row.name != name:
                raise AttributeError(
                    f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self
                )
            return partial(self.parameter, name)

    def version(self, version: str | float) -> "Prompt":
        """Set the model version (`--v`); replaces `--niji`."""
        return self.parameter("version", version)

    def niji(self, version: str | int | None = None) -> "Prompt":
        """Use the Niji model, in a version or in the service's default one; replaces `--v`."""
        return self.parameter("niji", *(() if version is None else (version,)))

    def test(self) -> "Prompt":
        """Use the test model of 2022."""
        return self.parameter("test")

    def testp(self) -> "Prompt":
        """Use the photographic test model of 2022."""
        return self.parameter("testp")

    def creative(self) -> "Prompt":
        """Vary the test models more."""
        return self.parameter("creative")

    def aspect(self, width: int | str, height: int | None = None) -> "Prompt":
        """Set the ratio of width to height (`--ar`): `aspect(4, 3)` or `aspect("4:3")`.

        Raises `WrongType` for anything but two whole numbers or one text.
        """
        if height is None and isinstance(width, str):
            return self.parameter("aspect", width)
        for side in (width, height):
            if isinstance(side, bool) or not isinstance(side, int):
                raise WrongType("aspect", "two whole numbers or a text such as '4:3'", side)
        return self.parameter("aspect", f"{width}:{height}")

    def chaos(self, amount: int) -> "Prompt":
        """Set how much the four pictures differ, 0 to 100."""
        return self.parameter("chaos", amount)

    def stylize(self, value: int) -> "Prompt":
        """Set how strongly the house style acts (`--s`), 0 to 1000."""
        return self.parameter("stylize", value)

    def weird(self, value: int) -> "Prompt":
        """Set how strange the pictures are, 0 to 3000."""
        return self.parameter("weird", value)

    def quality(self, value: float) -> "Prompt":
        """Set how much work goes into the first grid (`--q`)."""
        return self.parameter("quality", value)

    def exp(self, value: int) -> "Prompt":
        """Set the amount of experimental detail, 0 to 100."""
        return self.parameter("exp", value)

    def raw(self) -> "Prompt":
        """Switch the house style off."""
        return self.parameter("raw")

    def style_parameter(self, name: str) -> "Prompt":
        """Set `--style`: `raw`, a Niji style, or a style tuner's code; `style` adds terms of the vocabulary."""
        return self.parameter("style", name)

    def no(self, *words: str) -> "Prompt":
        """Name what the picture must not show."""
        return self.parameter("no", *words)

    def tile(self) -> "Prompt":
        """Make a picture that repeats without a seam."""
        return self.parameter("tile")

    def seed(self, value: int) -> "Prompt":
        """Set the seed of the noise, 0 to 4294967295."""
        return self.parameter("seed", value)

    def sameseed(self, seed: int | None = None) -> "Prompt":
        """Use one seed for all four pictures, as V3 does."""
        return self.parameter("sameseed", *(() if seed is None else (seed,)))

    def stop(self, value: int) -> "Prompt":
        """Stop at a percentage of the way, 10 to 100."""
        return self.parameter("stop", value)

    def repeat(self, value: int) -> "Prompt":
        """Ask for the job several times, up to 40."""
        return self.parameter("repeat", value)

    def iw(self, value: float) -> "Prompt":
        """Set the weight of the image prompts against the text."""
        return self.parameter("iw", value)

    def cref(self, *addresses: str) -> "Prompt":
        """Add character references, by their addresses."""
        return self.parameter("cref", *addresses)

    def cw(self, value: int) -> "Prompt":
        """Set the weight of the character reference, 0 to 100."""
        return self.parameter("cw", value)

    def sref(self, *references: "str | int | Reference") -> "Prompt":
        """Add style references: addresses, codes, `random`, or a weighted `Reference`."""
        return self.parameter("sref", *references)

    def sw(self, value: int) -> "Prompt":
        """Set the weight of the style references, 0 to 1000."""
        return self.parameter("sw", value)

    def sv(self, value: int) -> "Prompt":
        """Set the version of the style reference model."""
        return self.parameter("sv", value)

    def oref(self, *addresses: str) -> "Prompt":
        """Set the omni reference, by its address."""
        return self.parameter("oref", *addresses)

    def ow(self, value: int) -> "Prompt":
        """Set the weight of the omni reference, 1 to 1000."""
        return self.parameter("ow", value)

    def edit(self, *addresses: str) -> "Prompt":
        """Add images to edit, by their addresses."""
        return self.parameter("edit", *addresses)

    def profile(self, *codes: str) -> "Prompt":
        """Add personal profiles by code; without one, the default profile."""
        return self.parameter("profile", *codes)

    def draft(self) -> "Prompt":
        """Make a quick, cheap draft."""
        return self.parameter("draft")

    def hd(self) -> "Prompt":
        """Make large pictures."""
        return self.parameter("hd")

    def sd(self) -> "Prompt":
        """Make pictures of the usual size."""
        return self.parameter("sd")

    def fast(self) -> "Prompt":
        """Run in fast mode."""
        return self.parameter("fast")

    def relax(self) -> "Prompt":
        """Run in relaxed mode."""
        return self.parameter("relax")

    def turbo(self) -> "Prompt":
        """Run in turbo mode."""
        return self.parameter("turbo")

    def stealth(self) -> "Prompt":
        """Keep the pictures private."""
        return self.parameter("stealth")

    def public(self) -> "Prompt":
        """Show the pictures to everybody."""
        return self.parameter("public")

    def preview(self) -> "Prompt":
        """Use the model that is in early access."""
        return self.parameter("preview")

    def video(self) -> "Prompt":
        """Make a video from the image in front of the text."""
        return self.parameter("video")

    def motion(self, value: Literal["low", "high"]) -> "Prompt":
        """Set how much a video moves."""
        return self.parameter("motion", value)

    def loop(self) -> "Prompt":
        """Make the video end where it begins."""
        return self.parameter("loop")

    def end(self, address: str) -> "Prompt":
        """Set the last frame of a video, by its address."""
        return self.parameter("end", address)

    def bs(self, value: int) -> "Prompt":
        """Set how many videos are made at once: 1, 2 or 4."""
        return self.parameter("bs", value)

    def zoom(self, value: float) -> "Prompt":
        """Set the factor of a custom zoom, 1 to 2; it belongs to the zoom operation."""
        return self.parameter("zoom", value)

    def uplight(self) -> "Prompt":
        """Upscale lightly, as old models do."""
        return self.parameter("uplight")

    def width(self, value: int) -> "Prompt":
        """Set the width of old models; gone, use `aspect`."""
        return self.parameter("width", value)

    def height(self, value: int) -> "Prompt":
        """Set the height of old models; gone, use `aspect`."""
        return self.parameter("height", value)

    def h(self, value: int) -> "Prompt":
        """Set the height of old models; gone, use `aspect`."""
        return self.parameter("h", value)

    def upbeta(self) -> "Prompt":
        """Upscale with the old beta upscaler; has no effect any more."""
        return self.parameter("upbeta")

    def beta(self) -> "Prompt":
        """Use the old beta upscaler; has no effect any more."""
        return self.parameter("beta")

    def upanime(self) -> "Prompt":
        """Upscale for drawings; gone."""
        return self.parameter("upanime")

    def hq(self) -> "Prompt":
        """Ask for the old high quality; gone."""
        return self.parameter("hq")

    def newclip(self) -> "Prompt":
        """Use the old text model of 2022; gone."""
        return self.parameter("newclip")

    def nostretch(self) -> "Prompt":
        """Keep old models from stretching; gone."""
        return self.parameter("nostretch")

    def old(self) -> "Prompt":
        """Use the oldest model; gone."""
        return self.parameter("old")

    def vibe(self) -> "Prompt":
        """Use the vibe model; gone."""
        return self.parameter("vibe")
