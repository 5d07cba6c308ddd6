"""A message as named events (wire reference, 4.6), read without trust: every event names itself in its data, too."""

import json

from omnidsl.plugins import JSON

_PIECES = {"text_delta": "text", "input_json_delta": "partial_json"}
"""Where the pieces of a text and of a tool's input lie; thoughts are no part of the answer."""


class MessageStream:
    """Adds the events of one answer up to what the same request gives in one piece; see `omnidsl.plugins.Stream`."""

    def __init__(self) -> None:
        self._head: dict[str, JSON] = {}
        self._kinds: dict[int, str] = {}
        self._texts: dict[int, list[str]] = {}
        self._usage: dict[str, JSON] = {}
        self._delta: dict[str, JSON] = {}
        self._error: JSON = None
        self._ended = False

    def read(self, data: str) -> str:
        """See `Stream.read`."""
        try:
            event = json.loads(data)
        except (ValueError, RecursionError):
            return ""
        if not isinstance(event, dict):
            return ""
        match event.get("type"):
            case "message_start":
                self._start(event.get("message"))
            case "content_block_start":
                self._block(event.get("index"), event.get("content_block"))
            case "content_block_delta":
                return self._piece(event.get("index"), event.get("delta"))
            case "message_delta":
                self._end(event)
            case "message_stop":
                self._ended = True
            case "error":
                self._error = event.get("error") or "it says no more"
        return ""

    def _start(self, message: JSON) -> None:
        if not isinstance(message, dict):
            return
        self._head = {name: message[name] for name in ("id", "model") if message.get(name)}
        self._count(message.get("usage"))

    def _block(self, index: JSON, block: JSON) -> None:
        if isinstance(index, int) and isinstance(block, dict):
            self._kinds[index] = str(block.get("type"))
            text = block.get("text")
            self._texts.setdefault(index, []).append(text if isinstance(text, str) else "")

    def _piece(self, index: JSON, delta: JSON) -> str:
        if not isinstance(delta, dict) or not isinstance(index, int):
            return ""
        piece = delta.get(_PIECES.get(str(delta.get("type")), ""))
        if not isinstance(piece, str):
            return ""
        self._texts.setdefault(index, []).append(piece)
        return piece

    def _end(self, event: dict[str, JSON]) -> None:
        delta = event.get("delta")
        if isinstance(delta, dict):
            known = {
                name: delta[name] for name in ("stop_reason", "stop_details") if delta.get(name)
            }
            self._delta.update(known)
        self._count(event.get("usage"))

    def _count(self, usage: JSON) -> None:
        """Take counts, which are totals whenever they come."""
        if isinstance(usage, dict):
            self._usage.update({name: one for name, one in usage.items() if one is not None})

    def whole(self) -> JSON:
        """See `Stream.whole`."""
        if self._error is not None:
            return {"type": "error", "error": self._error}
        if not self._ended and "stop_reason" not in self._delta:
            return None
        content: list[JSON] = [self._made(index) for index in sorted(self._texts)]
        return {**self._head, "content": content, "usage": self._usage, **self._delta}

    def _made(self, index: int) -> JSON:
        text = "".join(self._texts[index])
        if self._kinds.get(index) == "tool_use":
            try:
                return {"type": "tool_use", "input": json.loads(text)}
            except (ValueError, RecursionError):
                pass  # it was cut; what there is says more than nothing
        return {"type": "text", "text": text}
