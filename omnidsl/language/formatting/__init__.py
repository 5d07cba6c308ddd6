"""One form for every recipe: words with their comments, an outline of lines, a layout, and a look whether all is still said."""

from omnidsl.language.formatting.formatter import UnfaithfulError, formatted
from omnidsl.language.formatting.outline import TooDeepError

__all__ = ["TooDeepError", "UnfaithfulError", "formatted"]
