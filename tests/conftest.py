"""Hypothesis profiles: `dev` by hand, `ci` fewer, the same every time, `nightly` many more.

Chosen by HYPOTHESIS_PROFILE; without it, `ci` where the environment says CI and `dev` elsewhere.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True, database=None, print_blob=True)
settings.register_profile(
    "nightly", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))
