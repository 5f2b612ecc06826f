"""Which states need which device, and so where a fault stops a visit."""

from __future__ import annotations

from kiosk.visit.state import Fault, State, Visit

_PHOTO = frozenset(
    {Fault.CAMERA, Fault.CAMERA_DARK, Fault.GUIDANCE, Fault.OUTBOX, Fault.CALIBRATION}
)

NEEDS: dict[State, frozenset[Fault]] = {
    State.CODE: frozenset({Fault.CODE_CAMERA}),
    # No money is taken for a photo that cannot be shot or kept.
    State.PAY: _PHOTO,
    State.POSE: _PHOTO,
    State.SHOOT: frozenset({Fault.CAMERA}),
}

WAY = (
    State.BATCH,
    State.CODE,
    State.LAST_FOUR,
    State.CONFIRM,
    State.CONSENT,
    State.PAY,
    State.POSE,
    State.SHOOT,
    State.LOOK,
    State.SUBMIT,
    State.RECEIPT,
)
"""The states of a visit in their order."""


def stops(visit: Visit, state: State) -> bool:
    """Return whether something `state` needs does not work."""
    return not NEEDS.get(state, frozenset()).isdisjoint(visit.faults)


def stops_later(visit: Visit, state: State) -> bool:
    """Return whether something that `state` or a later one needs does not work.

    A visit does not begin, and one that a fault has stopped does not go on, only to be stopped
    again a few screens later.
    """
    ahead = WAY[WAY.index(state) :] if state in WAY else ()
    return any(stops(visit, later) for later in ahead)
