"""What every test shares: time zone data come from the `tzdata` package, as in the running desk; both databases."""

import os
import zoneinfo

from hypothesis import HealthCheck, settings

# A person's run looks for new examples each time; the continuous integration asks the same questions every time.
# No test asks how quick the machine is, and how quickly examples are made says nothing else.
BUSY = (HealthCheck.too_slow,)
settings.register_profile("steady", derandomize=True, deadline=None, suppress_health_check=BUSY)
settings.register_profile("curious", deadline=None, suppress_health_check=BUSY)
settings.load_profile("steady" if os.environ.get("CI") else "curious")

zoneinfo.reset_tzpath(to=[])

# Loaded after the line above, so that no zone is read from the system before it.
pytest_plugins = ["tests.databases"]
