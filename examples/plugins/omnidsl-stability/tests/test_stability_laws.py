"""The service keeps every law of backends."""

from omnidsl.testing import BackendSuite
from omnidsl_stability.conformance import CASES


class TestStability(BackendSuite):
    cases = CASES
    killed = ("core", "upscale_creative")
