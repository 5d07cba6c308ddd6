"""Which of several equal requests a step is: every one of them gets a number of its own."""


class Takes:
    """Hands out the takes of one plan: to each request the first number that no equal one has yet.

    Which numbers are handed out does not depend on the order in which they are asked for, only who gets which.
    """

    __slots__ = ("_next",)

    def __init__(self) -> None:
        self._next: dict[tuple[str, int], int] = {}

    def take(self, content: str, wanted: int = 1) -> int:
        """Return the first free take of a request from `wanted` on, and take it."""
        number, passed = wanted, [wanted]
        while (content, number) in self._next:
            number = self._next[content, number]
            passed.append(number)
        for one in passed:  # whoever comes this way again goes straight on
            self._next[content, one] = number + 1
        return number
