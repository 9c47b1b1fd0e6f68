"""Holiday dates: where they come from, and how they are frozen."""
