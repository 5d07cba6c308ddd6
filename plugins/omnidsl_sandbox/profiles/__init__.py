"""The families of gateways and servers that the sandbox can speak as."""

from omnidsl_sandbox.errors import SandboxError
from omnidsl_sandbox.profiles.new_api import NewApi, Songs
from omnidsl_sandbox.profiles.plus import Plus
from omnidsl_sandbox.profiles.profile import Profile
from omnidsl_sandbox.profiles.proxy import Proxy
from omnidsl_sandbox.profiles.shapes import Reply

__all__ = ["PROFILES", "Profile", "Reply", "Songs", "load_profile"]

PROFILES: dict[str, type[Profile]] = {one.name: one for one in (NewApi, Plus, Proxy)}


def load_profile(name: str) -> Profile:
    """Return the profile of that name; SandboxError when there is none."""
    if name not in PROFILES:
        raise SandboxError(f"unknown profile `{name}`; there is {', '.join(PROFILES)}")
    return PROFILES[name]()
