"""Sounds that the simulator makes: a short tune from any words, which says of itself that it is simulated."""

from collections.abc import Callable, Mapping
from typing import Literal

from omnidsl_sandbox.sounds.flac import flac
from omnidsl_sandbox.sounds.listening import Heard, listen
from omnidsl_sandbox.sounds.mpeg import mpeg
from omnidsl_sandbox.sounds.silence import aac, opus
from omnidsl_sandbox.sounds.wave import samples, wave

__all__ = ["MEDIA_TYPES", "Heard", "Kind", "listen", "tone"]

Kind = Literal["wav", "mp3", "flac", "aac", "opus", "pcm"]

MEDIA_TYPES: Mapping[Kind, str] = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "opus": "audio/opus",
    "pcm": "audio/pcm",
}

PCM_RATE = 24_000
"""Samples a second of `pcm`, as OpenAI has it: 16 bits, little-endian, one channel, and no header."""


def _pcm(words: str, seconds: float) -> bytes:
    return samples(words, seconds, PCM_RATE)


_WRITERS: Mapping[Kind, Callable[[str, float], bytes]] = {
    "wav": wave,
    "mp3": mpeg,
    "flac": flac,
    "aac": aac,
    "opus": opus,
    "pcm": _pcm,
}
_SHORTEST, _LONGEST = 0.1, 600.0


def tone(words: str, seconds: float, kind: Kind = "wav") -> bytes:
    """Return a sound file of so many seconds (0.1 to 600), always the same one for the same words.

    Its metadata (INFO of a WAV, ID3 of an MP3, Vorbis' comments of FLAC and Opus) have `SIMULATED` as the title and the
    words as a comment; `listen` reads them back. AAC has room for their beginning, bare samples for none. AAC and Opus
    are silent: nothing here encodes them.
    """
    return _WRITERS[kind](words, min(max(seconds, _SHORTEST), _LONGEST))
