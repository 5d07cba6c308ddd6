"""A chat's answer as a stream of chunks (wire reference, 4.1), read without trust."""

import json

from omnidsl.plugins.media import JSON


class ChatStream:
    """Adds the chunks of one answer up to what the same request gives in one piece; see `omnidsl.plugins.Stream`."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._refusal: list[str] = []
        self._head: dict[str, JSON] = {}
        self._reason: str | None = None
        self._error: JSON = None
        self._answered = False
        self._ended = False

    def read(self, data: str) -> str:
        """See `Stream.read`."""
        if data.strip() == "[DONE]":
            self._ended = True
            return ""
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError):
            return ""
        if not isinstance(chunk, dict):
            return ""
        if chunk.get("error"):
            self._error = chunk["error"]
            return ""
        self._head.update(
            {name: chunk[name] for name in ("id", "model", "usage") if chunk.get(name)}
        )
        choices = chunk.get("choices")
        # The last chunk of some servers has the usage and no choice.
        choice = choices[0] if isinstance(choices, list) and choices else None
        return self._choice(choice) if isinstance(choice, dict) else ""

    def _choice(self, choice: dict[str, JSON]) -> str:
        self._answered = True
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason:
            self._reason = reason
        delta = choice.get("delta")
        if not isinstance(delta, dict):
            return ""
        refusal, text = delta.get("refusal"), delta.get("content")
        if isinstance(refusal, str):
            self._refusal.append(refusal)
        if not isinstance(text, str):
            return ""
        self._text.append(text)
        return text

    def whole(self) -> JSON:
        """See `Stream.whole`."""
        if self._error is not None:
            return {"error": self._error}
        if not self._ended and self._reason is None:
            return None
        message: dict[str, JSON] = {"role": "assistant", "content": "".join(self._text)}
        if self._refusal:
            message["refusal"] = "".join(self._refusal)
        choice: JSON = {"index": 0, "message": message, "finish_reason": self._reason}
        return {**self._head, "choices": [choice] if self._answered else []}
