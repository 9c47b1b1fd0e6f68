"""What every test shares: time zone data come from the `tzdata` package, as in the running desk; both databases."""

import os
import zoneinfo

from hypothesis import HealthCheck, settings

# A person's run looks for new examples each time; the continuous integration asks the same questions every time.
# How long a machine takes to think of an example says nothing about the product.
settings.register_profile("curious", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("curious"), derandomize=True)
settings.load_profile("steady" if os.environ.get("CI") else "curious")

zoneinfo.reset_tzpath(to=[])

# Loaded after the line above, so that no zone is read from the system before it.
pytest_plugins = ["tests.databases"]
