"""The version of the contract between OmniDSL and its plugins."""

API = 1
"""What a plugin names as the one that it was written for: it grows when something that plugins rely on changes."""

UNSTATED = 1
"""What a plugin that names none was written for: the first version, for ever."""
