"""What every test shares: time zone data come from the `tzdata` package, as in the running desk."""

import zoneinfo

zoneinfo.reset_tzpath(to=[])
