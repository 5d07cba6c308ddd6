"""An author's gateway with somebody at its till, who counts what is sold and may answer otherwise."""

import threading
from collections.abc import Callable, Sequence

from omnidsl.testing.scripted import Answer, Behaviour, CutShort, HangUp, Request, Silence

Reaction = Callable[[Request, Behaviour], Answer | HangUp | Silence | CutShort]
"""What is answered to a request; the behaviour given is the usual one."""


def as_usual(request: Request, usual: Behaviour) -> Answer | HangUp | Silence | CutShort:
    """Answer as the gateway does."""
    return usual(request)


def taken_and_lost(request: Request, usual: Behaviour) -> HangUp:
    """Take the request, and lose the answer."""
    usual(request)
    return HangUp()


def never_taken(request: Request, usual: Behaviour) -> HangUp:
    """Lose the request itself."""
    del request, usual
    return HangUp()


class Till:
    """A behaviour for `ScriptedGateway`: `usual`, and a count of what it sells.

    `asked` are the paid requests that came, `sold` those that the usual gateway took. From paid request number `after` on
    (counted from 0) `paid` answers; `free` answers whatever costs nothing.
    """

    def __init__(self, usual: Behaviour, sells: Sequence[str]) -> None:
        self._usual = usual
        self._sells = sells
        self._lock = threading.Lock()
        self.asked: list[Request] = []
        self.sold: list[Request] = []
        self.paid: Reaction = as_usual
        self.free: Reaction = as_usual
        self.after = 0

    def __call__(self, request: Request) -> Answer | HangUp | Silence | CutShort:
        """Answer one request."""
        if not self.costs(request):
            return self.free(request, self._usual)
        with self._lock:
            number = len(self.asked)
            self.asked.append(request)
        return (self.paid if number >= self.after else as_usual)(request, self._sell)

    def costs(self, request: Request) -> bool:
        """Tell whether a request costs money."""
        return request.method == "POST" and any(part in request.path for part in self._sells)

    def _sell(self, request: Request) -> Answer | HangUp | Silence | CutShort:
        with self._lock:
            self.sold.append(request)
            return self._usual(request)
