"""The three identities of paid work, never confused.

- a *content key* names a request: gateway, operation, canonical arguments;
- a *step key* names one of several equal requests of a plan: content key and take;
- an *attempt id* names one deliberate purchase: step key and attempt. It is what travels to the gateway.

Renaming a step or moving a file changes none of them.
"""

import hashlib
import json
from collections.abc import Mapping

from omnidsl.plugins.media import JSON


def content_key(gateway: str, operation: str, arguments: Mapping[str, JSON]) -> str:
    """Return 32 hex digits for a request; `arguments` in canonical form (files by sha256, handles by step and attempt)."""
    canonical = json.dumps(
        [gateway, operation, arguments], ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def step_key(content: str, take: int) -> str:
    """Return the key of the `take`-th independent result of a request, counted from 1."""
    return f"{content}.{take}"


def attempt_id(step: str, attempt: int) -> str:
    """Return the name of the `attempt`-th purchase of a step, counted from 1; letters, digits, dots and dashes only."""
    return f"omni-{step}.{attempt}"
