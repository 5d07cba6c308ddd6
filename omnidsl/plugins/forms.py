"""A request's body as a form with files, for services that take no JSON."""

import hashlib
from collections.abc import Mapping

import attrs

from omnidsl.plugins.media import JSON


@attrs.frozen
class Upload:
    """One file of a form: its field, the file name that the service is told, its bytes and their type."""

    name: str
    filename: str
    data: bytes = attrs.field(repr=False)
    media_type: str = "application/octet-stream"


@attrs.frozen
class Form:
    """A body of `multipart/form-data`: fields in their order, a name may repeat, then files."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[Upload, ...] = ()

    def described(self) -> JSON:
        """Return what the form says as JSON, each file by its hash: equal for equal forms."""
        return {
            "fields": [list[JSON](one) for one in self.fields],
            "files": [
                [one.name, one.filename, hashlib.sha256(one.data).hexdigest()] for one in self.files
            ],
        }


Body = Mapping[str, JSON] | Form
"""What a request carries: JSON, or a form."""
