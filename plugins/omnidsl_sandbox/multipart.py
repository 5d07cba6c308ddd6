"""Multipart forms as clients send them (RFC 7578): fields and files, in the order in which they came."""

import hashlib
import re

import attrs
from starlette.requests import Request

from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.exchange import read_body
from omnidsl_sandbox.json_values import Json, JsonObject

_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))', re.IGNORECASE)
_NAME = re.compile(r'(?:^|;)\s*name="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_FILENAME = re.compile(r'(?:^|;)\s*filename="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_MOST_PARTS = 200


@attrs.frozen
class Part:
    """One file of a form."""

    name: str
    filename: str
    content: bytes = attrs.field(repr=False)


@attrs.frozen
class Form:
    """A form: `fields` are texts by name, a name that came again has all of its texts in a list; `files` in order."""

    fields: JsonObject
    files: tuple[Part, ...]

    def named(self, *names: str) -> tuple[Part, ...]:
        """Return the files that came under one of these names."""
        return tuple(one for one in self.files if one.name in names)

    def asked(self) -> JsonObject:
        """Return the form as the books count it: files by their digests."""
        digests: list[Json] = [
            f"{one.name} sha256:{hashlib.sha256(one.content).hexdigest()}" for one in self.files
        ]
        return {**self.fields, "(files)": digests}


async def read_form(request: Request) -> Form:
    """Return the form in a request; Refused for another kind of body, or a broken one."""
    match = _BOUNDARY.search(request.headers.get("content-type", ""))
    if match is None or not is_form(request):
        raise _refused("request Content-Type isn't multipart/form-data")
    body = await read_body(request)
    mark = b"--" + (match[1] or match[2]).encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(b"\r\n" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise _refused("multipart: NextPart: EOF")
    if len(pieces) > _MOST_PARTS:
        raise _refused("multipart: too many parts")
    fields: JsonObject = {}
    files: list[Part] = []
    for one in pieces[1:-1]:
        part, text = _part(one)
        if text is None:
            files.append(part)
        else:
            fields[part.name] = _joined(fields.get(part.name), text)
    return Form(fields, tuple(files))


def is_form(request: Request) -> bool:
    """Tell whether a request says that its body is a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "multipart/form-data"


def _part(piece: bytes) -> tuple[Part, str | None]:
    """Return a part, and its text where it is no file."""
    head, separator, content = piece.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    said = next((one for one in lines if one.lower().startswith("content-disposition:")), "")
    name, filename = _NAME.search(said), _FILENAME.search(said)
    if not separator or name is None:
        raise _refused("multipart: a part without a name")
    if filename is None:
        return Part(name[1], "", content), content.decode("utf-8", "replace")
    return Part(name[1], filename[1], content), None


def _joined(known: Json, text: str) -> Json:
    if known is None:
        return text
    return [*known, text] if isinstance(known, list) else [known, text]


def _refused(reason: str) -> Refused:
    return Refused("invalid-request", {"reason": reason})
