"""Things that go wrong on purpose: a seeded mixture of what gateways, networks and proxies do to a client."""

from omnidsl_sandbox.faults.chance import Faults
from omnidsl_sandbox.faults.misbehaving import Misbehaving
from omnidsl_sandbox.faults.mixture import NONE, Mixture, mixture

__all__ = ["NONE", "Faults", "Misbehaving", "Mixture", "mixture"]
