"""Text to tree: sources, diagnostics, the parser and the syntax tree. Knows nothing of what a recipe means."""
