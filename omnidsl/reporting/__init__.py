"""For people: diagnostics, progress, results."""
