"""The words that the language reserves."""

KEYWORDS = frozenset(
    "use as let prompt chat pipeline test for in max if else with save return expect contains and or not true false".split()
)
