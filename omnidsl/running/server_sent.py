"""Server-sent events, as bytes come in: the data of every whole event (HTML standard, "Interpreting an event stream")."""

import codecs
import re

_END_OF_LINE = re.compile(r"\r\n|\n|\r")


class ServerSentEvents:
    """A decoder for one reply. Comments, names and ids are passed over: these services say everything in `data`."""

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._begun: list[str] = []
        self._after_return = False
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[str]:
        """Take the next bytes and return the data of the events that are whole by now."""
        return self._take(self._text.decode(chunk))

    def end(self) -> list[str]:
        """Return the data of an event whose empty line was left out at the very end, as sloppy servers do."""
        return self._take(self._text.decode(b"", final=True) + "\n\n")

    def _take(self, text: str) -> list[str]:
        if not text:
            return []
        if self._after_return:
            text = text.removeprefix("\n")  # the second half of a line end
        self._after_return = text.endswith("\r")
        first, *rest = _END_OF_LINE.split(text)
        self._begun.append(first)
        if not rest:
            return []
        lines = ["".join(self._begun), *rest]
        self._begun = [lines.pop()]
        return [data for line in lines for data in self._line(line)]

    def _line(self, line: str) -> list[str]:
        if not line:
            found, self._data = self._data, []
            return ["\n".join(found)] if found else []
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
        return []


def is_stream(content_type: str, body: bytes) -> bool:
    """Tell whether a reply is a stream of events, by its type or, where a gateway says `text/plain`, by how it begins."""
    if content_type.partition(";")[0].strip().lower() == "text/event-stream":
        return True
    return body.lstrip(b"\xef\xbb\xbf\r\n ")[:6].startswith((b"data:", b"event:", b": "))
