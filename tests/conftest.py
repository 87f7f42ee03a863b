"""Settings of the whole suite. Fixtures stand beside the tests that use them."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# no deadline: a slow machine is no failure of a property
settings.register_profile("quick", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
