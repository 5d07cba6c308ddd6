"""Pictures: what they show (`artwork`), how it looks (`looks`), and how it is painted."""
