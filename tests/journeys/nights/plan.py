"""The on-call plan of the nights: as the town has it, but only the policy's worst cases call somebody at once."""

from __future__ import annotations

from tests.doubles.phone.engineers import PLAN

WORST = PLAN.replace('levels = ["III"]\nescalation', 'levels = ["III"]\nworst_cases = true\nescalation', 1)
"""Kim has the week (and Sam the next one); after five minutes Sam is called, and after two rounds it is loud."""

BOTH = WORST.replace('call = ["schedule:level3"]', 'call = ["schedule:level3", "@sam"]')
"""Kim and Sam are called at once."""

DOWN = '/ticket open "mail server down, queue growing" --customer acme --category hardware-failure'
