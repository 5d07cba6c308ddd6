"""The notes that some words give."""

from omnidsl_sandbox.drawing.chance import Chance

NOTE = 0.24
"""Seconds of one note."""

_STEPS = (5, 6, 7, 9, 10, 11, 12)
_BAR = 16


def melody(words: str, seconds: float) -> list[int]:
    """Return the notes of so many seconds, as lines of an MPEG frame: see `frequency`."""
    chance = Chance(words)
    bar = [chance.pick(f"note {number}", _STEPS) for number in range(_BAR)]
    return [bar[number % _BAR] for number in range(int(seconds / NOTE) + 1)]


def frequency(note: int) -> float:
    """Return the pitch of a note in Hz: the middle of a line, of which an MPEG frame of 48 kHz has 576."""
    return (note + 0.5) * 24000 / 576
