"""Sets of ticket states that several commands ask for."""

from bot.domain.ticket import State

OPEN_STATES = frozenset({State.NEW, State.OPEN, State.WAITING})
