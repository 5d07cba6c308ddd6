"""What services of songs share behind gateways of the new-api family: the envelope, its refusals, versions of a song."""

from omnidsl.plugins.songs import envelope
from omnidsl.plugins.songs.clips import Clip, made, worded
from omnidsl.plugins.songs.replies import REPLIES

__all__ = ["REPLIES", "Clip", "envelope", "made", "worded"]
