"""What a visit's batch decides about the person in the photo, told to guidance."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.guidance.policy import DEFAULT_POLICY, BatchPolicy
from kiosk.visit.model import Visit


class PolicyRelay:
    """Tells guidance by which policy to judge, whenever that changes.

    Args:
        judge_by: guidance's.
    """

    def __init__(self, judge_by: Callable[[BatchPolicy], None]) -> None:
        self._judge_by = judge_by
        self._policy = DEFAULT_POLICY

    def __call__(self, visit: Visit) -> None:
        """Look at a visit: called with each change of it."""
        batch = visit.batch
        policy = DEFAULT_POLICY
        if batch is not None:
            policy = BatchPolicy(glasses=batch.glasses, background=batch.background)
        if policy != self._policy:
            self._policy = policy
            self._judge_by(policy)
