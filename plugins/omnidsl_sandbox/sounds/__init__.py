"""Sounds that the simulator makes: a short tune from any words, which says of itself that it is simulated."""

from collections.abc import Callable, Mapping
from typing import Literal

from omnidsl_sandbox.sounds.listening import Heard, listen
from omnidsl_sandbox.sounds.mpeg import mpeg
from omnidsl_sandbox.sounds.wave import wave

__all__ = ["MEDIA_TYPES", "Heard", "Kind", "listen", "tone"]

Kind = Literal["wav", "mp3"]

MEDIA_TYPES: Mapping[Kind, str] = {"wav": "audio/wav", "mp3": "audio/mpeg"}

_WRITERS: Mapping[Kind, Callable[[str, float], bytes]] = {"wav": wave, "mp3": mpeg}
_SHORTEST, _LONGEST = 0.1, 600.0


def tone(words: str, seconds: float, kind: Kind = "wav") -> bytes:
    """Return a sound file of so many seconds (0.1 to 600), always the same one for the same words.

    Its metadata (INFO of a WAV, ID3 of an MP3) have `SIMULATED` as the title and the words as a comment; `listen`
    reads them back.
    """
    return _WRITERS[kind](words, min(max(seconds, _SHORTEST), _LONGEST))
