"""An answer as a stream of partial replies (wire reference, 4.6), read without trust. Nothing but its reason says that it ended."""

import json

from omnidsl.plugins import JSON

_HEAD = ("modelVersion", "responseId", "usageMetadata", "promptFeedback")
_ENDING = ("finishReason", "finishMessage")


class ContentStream:
    """Adds the pieces of one answer up to what the same request gives in one piece; see `omnidsl.plugins.Stream`."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._head: dict[str, JSON] = {}
        self._ending: dict[str, JSON] = {}
        self._answered = False
        self._error: JSON = None

    def read(self, data: str) -> str:
        """See `Stream.read`."""
        try:
            piece = json.loads(data)
        except (ValueError, RecursionError):
            return ""
        if not isinstance(piece, dict):
            return ""
        if piece.get("error"):
            self._error = piece["error"]
            return ""
        self._head.update({name: piece[name] for name in _HEAD if piece.get(name)})
        candidates = piece.get("candidates")
        candidate = candidates[0] if isinstance(candidates, list) and candidates else None
        return self._candidate(candidate) if isinstance(candidate, dict) else ""

    def _candidate(self, candidate: dict[str, JSON]) -> str:
        self._answered = True
        self._ending.update({name: candidate[name] for name in _ENDING if candidate.get(name)})
        content = candidate.get("content")
        parts = content.get("parts") if isinstance(content, dict) else None
        said = [
            text
            for one in (parts if isinstance(parts, list) else [])
            if isinstance(one, dict) and one.get("thought") is not True
            if isinstance(text := one.get("text"), str)
        ]
        self._text += said
        return "".join(said)

    def whole(self) -> JSON:
        """See `Stream.whole`."""
        if self._error is not None:
            return {"error": self._error}
        feedback = self._head.get("promptFeedback")
        blocked = isinstance(feedback, dict) and bool(feedback.get("blockReason"))
        if "finishReason" not in self._ending and not blocked:
            return None
        if not self._answered:
            return self._head
        content: JSON = {"role": "model", "parts": [{"text": "".join(self._text)}]}
        return {**self._head, "candidates": [{"content": content, **self._ending}]}
