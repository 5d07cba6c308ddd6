"""`TYPE_CHECKING` without `typing`, which takes two milliseconds at every start; type checkers know it by its name."""

TYPE_CHECKING = False
