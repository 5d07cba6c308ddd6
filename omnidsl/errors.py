"""The root of every exception that OmniDSL raises on purpose."""


class OmniError(Exception):
    """Raised, through a subclass, whenever OmniDSL refuses or fails; the message is for people."""
