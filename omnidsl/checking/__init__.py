"""What a tree means: names, types and calls, checked against what the installed plugins declare."""
