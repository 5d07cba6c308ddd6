"""What every endpoint shares: the options, the profile, the memory and the pictures of one running sandbox."""

import hashlib
import secrets
import threading
import time
import uuid
from urllib.parse import unquote

import attrs

from omnidsl_sandbox.faults.chance import Faults
from omnidsl_sandbox.gallery import Gallery
from omnidsl_sandbox.options import Options
from omnidsl_sandbox.profiles import Profile, Songs
from omnidsl_sandbox.profiles.vendors import vendor
from omnidsl_sandbox.store import Store
from omnidsl_sandbox.tasks import Ending, Snapshot, Task, observe

_FATES = {"stuck": Ending.NEVER, "fail": Ending.FAILURE, "cancel": Ending.CANCEL}


@attrs.frozen
class Identity:
    """The names of one submission: task id (16 digits), job uuid, the seed of its pictures and texts."""

    task: str
    job: str
    seed: str


@attrs.frozen
class Gateway:
    """One running sandbox behind its root address `url` (no trailing slash); `closing` is set when it shall end.

    `front` speaks for everything below `/v1`: chat and pictures of models always stand behind new-api, whichever server
    of Midjourney's is simulated.
    """

    url: str
    options: Options
    profile: Profile
    front: Profile
    store: Store
    gallery: Gallery
    songs: Profile = attrs.field(factory=Songs)
    closing: threading.Event = attrs.field(factory=threading.Event)
    faults: Faults = attrs.field()

    @faults.default
    def _faults(self) -> Faults:
        seed = self.options.seed
        return Faults(self.options.faults, secrets.token_hex(8) if seed is None else str(seed))

    def speaker(self, path: str) -> Profile:
        """Return who answers for a path."""
        if path.startswith(("/suno/", "/udio/")):
            return self.songs
        return vendor(path) or (self.front if path.startswith("/v1/") else self.profile)

    def now(self) -> int:
        """Return the time in epoch milliseconds."""
        return time.time_ns() // 1_000_000

    def see(self, task: Task) -> Snapshot:
        """Return what a fetch sees of the task now."""
        fate = self.faults.fate(task.id) if task.ending is Ending.SUCCESS else ""
        if fate:
            task = attrs.evolve(task, ending=_FATES[fate])
        return observe(task, self.now(), self.options.duration, self.options.refresh)

    def identify(self, basis: str, take: int) -> Identity:
        """Return names for take number `take` of a request; the same every time under `--seed`, else new ones."""
        if self.options.seed is None:
            # Real ids are the milliseconds of the epoch and three random digits.
            task = f"{self.now():013d}{secrets.randbelow(1000):03d}"
            return Identity(task, str(uuid.uuid4()), f"{task}-{secrets.token_hex(4)}")
        digest = hashlib.sha256(
            f"{self.options.seed}\0{basis}\0{take}".encode("utf-8", "replace")
        ).digest()
        number = 10**15 + int.from_bytes(digest[:8]) % (9 * 10**15)
        return Identity(
            str(number), str(uuid.UUID(bytes=digest[:16], version=4)), digest.hex()[:16]
        )

    def own_picture(self, url: str) -> str | None:
        """Return the task id in an address of one of this sandbox's own pictures, else None."""
        prefix, _, rest = self.profile.picture_url(self.url, "\0").partition("\0")
        if not url.startswith(prefix):
            return None
        return unquote(url.removeprefix(prefix).split("?")[0]).removesuffix(rest)
