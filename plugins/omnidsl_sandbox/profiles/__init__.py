"""The families of gateways that the sandbox can speak as."""

from omnidsl_sandbox.errors import SandboxError
from omnidsl_sandbox.profiles.new_api import NewApi
from omnidsl_sandbox.profiles.profile import Profile, Reply

__all__ = ["PROFILES", "Profile", "Reply", "load_profile"]

PROFILES = {NewApi.name: NewApi}


def load_profile(name: str) -> Profile:
    """Return the profile of that name; SandboxError when there is none."""
    if name not in PROFILES:
        raise SandboxError(f"unknown profile `{name}`; there is {', '.join(PROFILES)}")
    return PROFILES[name]()
