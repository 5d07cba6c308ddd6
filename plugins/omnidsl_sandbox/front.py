"""What everything below `/v1` shares: who may not buy, and what a marker in the words makes happen."""

from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import Buyer
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.markers import Marker, markers


def heed_words(gateway: Gateway, buyer: Buyer, words: str, request: str) -> None:
    """Refuse what the markers in the words, or an empty purse, refuse; `request` is what the books count by."""
    if buyer.is_broke:
        raise Refused("no-quota-chat")
    found = markers(words)
    if Marker.BANNED in found:
        raise Refused("sensitive-words")
    if Marker.QUEUE_FULL in found and gateway.store.turn_away_once(request):
        raise Refused("saturated")
    if Marker.FAIL in found:
        raise Refused("bad-value", {"reason": "Invalid value: the words ask for a failure"})


def known_model(gateway: Gateway, kind: str, model: str) -> str:
    """Return the name of a model; Refused where the gateway has no channel of that kind for it."""
    if not model:
        raise Refused("no-model")
    if model not in gateway.front.models(kind):
        raise Refused("no-channel", {"model": model[:60]})
    return model
