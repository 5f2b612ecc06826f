"""The matrix: what can happen to a camera, what the student reads then, and how a cell is tried."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from fault_matrix.drivers import Driver, nothing
from fault_matrix.station import VALUES, Station

from kiosk.visit import model as m

MESSAGE_LIMIT_S = 8.0
BACK_LIMIT_S = 5.0
AWAY_S = 1.0
"""A device that has to be mended is left broken for so long after the message."""
SETTLED_S = 0.5


@dataclass(frozen=True)
class Fault:
    """One row's half: what happens.

    Attributes:
        name: of the drivers' functions.
        title: as the table calls it.
        says: the sentences' keys, in order; none where nothing need be said.
        at: ``live`` (a student sits and is coached), ``still`` (while the photo is taken), or
            ``idle`` (nobody is there; the next student touches the screen).
        may_be_silent: it may be over before the student would be told.
    """

    name: str
    title: str
    says: tuple[str, ...] = ()
    at: str = "live"
    may_be_silent: bool = False


AWAY, DARK, STILL_FAILED = "fault.camera", "fault.camera_dark", "notices.still_failed"

FAULTS: tuple[Fault, ...] = (
    Fault("hang_live", "hang in live view", (AWAY,), may_be_silent=True),
    Fault("hang_still", "hang in still", (STILL_FAILED,), "still"),
    Fault("crash", "crash", (AWAY,), may_be_silent=True),
    Fault("unplug_idle", "unplug idle", (AWAY,), "idle"),
    Fault("unplug_still", "unplug mid-still", (STILL_FAILED, AWAY), "still"),
    Fault("busy", "busy", (STILL_FAILED,), "still"),
    Fault("full", "full", (), "still"),
    Fault("dark", "dark", (DARK,)),
    Fault("frozen", "frozen frame", (AWAY,), may_be_silent=True),
    Fault("misset", "wrong configuration after reconnect", (AWAY,)),
    Fault("held", "held by another process", (AWAY,)),
)

SAYS_ELSE: dict[tuple[str, str], tuple[str, ...]] = {
    # Who streams already is not turned away: the camera is taken when the driver starts afresh.
    ("uvc", "busy"): (AWAY,),
    ("pi", "busy"): (AWAY,),
}
AT_ELSE: dict[tuple[str, str], str] = {("uvc", "busy"): "live", ("pi", "busy"): "live"}


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix."""

    driver: type[Driver]
    fault: Fault

    @property
    def why_not(self) -> str:
        """Why there is no such cell; empty when there is."""
        return self.driver.cannot.get(self.fault.name, "")

    @property
    def says(self) -> tuple[str, ...]:
        return SAYS_ELSE.get((self.driver.title, self.fault.name), self.fault.says)

    @property
    def at(self) -> str:
        return AT_ELSE.get((self.driver.title, self.fault.name), self.fault.at)

    @property
    def id(self) -> str:
        return f"{self.driver.title}-{self.fault.name}"


@dataclass(frozen=True)
class Outcome:
    """What was seen.

    Attributes:
        message_s: from the fault to the sentence, seconds; None when none was due.
        back_s: from when the device works again to the next frame, seconds; where nothing need
            be said, to the photo.
    """

    message_s: float | None
    back_s: float


def try_cell(cell: Cell, folder: Path) -> Outcome:
    """Break one driver's device in one way under a visit, mend it, and see what comes of it.

    Raises:
        AssertionError: it does not come back, something is lost, or another sentence is shown.
    """
    driver = cell.driver(folder)
    try:
        with Station(driver.camera, posing=cell.at != "idle") as station:
            if cell.at == "idle":
                return _try_idle(cell, driver, station)
            return _try_posing(cell, driver, station)
    finally:
        driver.tidy()


def _try_idle(cell: Cell, driver: Driver, station: Station) -> Outcome:
    station.wait_ready()
    time.sleep(SETTLED_S)
    broken_at = time.monotonic()
    mend = driver.breaks(cell.fault.name)()
    station.wait(lambda: m.Fault.CAMERA in station.visit.faults)
    station.loop.post(m.Touched(m.Button.START))
    station.wait(lambda: station.visit.state is m.State.FAULT)
    told = station.said[-1]
    assert (told.key,) == cell.says
    time.sleep(AWAY_S)
    mend()
    mended_at = time.monotonic()
    back_at = station.wait(lambda: station.visit.state is m.State.BATCH)
    still = station.live_view.take_still().result(20)
    assert still.data
    return Outcome(told.at - broken_at, back_at - mended_at)


def _try_posing(cell: Cell, driver: Driver, station: Station) -> Outcome:
    station.wait(lambda: len(station.frames) > 3)
    time.sleep(SETTLED_S)
    before = station.visit
    in_the_middle = cell.fault.name == "unplug_still" and driver.breaks_still_after_s is not None
    if cell.at == "still" and not in_the_middle:
        mend = driver.breaks(cell.fault.name)()
        broken_at = time.monotonic()
        station.shoot()
    elif cell.at == "still":
        station.shoot()
        time.sleep(driver.breaks_still_after_s or 0.0)
        broken_at = time.monotonic()
        mend = driver.breaks(cell.fault.name)()
    else:
        broken_at = time.monotonic()
        mend = driver.breaks(cell.fault.name)()

    def told() -> float | None:
        return next((s.at for s in station.said if s.key and s.at >= broken_at), None)

    works_at = broken_at
    if cell.says and not cell.fault.may_be_silent:
        station.wait(lambda: any(s.key in cell.says for s in station.said))
        works_at = time.monotonic()
    elif cell.fault.may_be_silent:
        restarts = driver.camera.state().restarts
        station.wait(lambda: driver.camera.state().restarts > restarts)
    else:
        done_at = station.wait(lambda: station.stills == 1)
        _nothing_is_lost(driver, station, before)
        return Outcome(told(), done_at - broken_at)
    if mend is not nothing:
        if not cell.fault.may_be_silent:
            time.sleep(AWAY_S)
        mend()
        if not cell.fault.may_be_silent:
            works_at = time.monotonic()
    back_at = station.wait_for_frame(works_at if not cell.fault.may_be_silent else _gap(station))
    keys = {s.key for s in station.said if s.key}
    # On a busy machine a short absence may become long enough to be told.
    assert keys <= {*cell.says, AWAY}, keys
    _nothing_is_lost(driver, station, before)
    at = told()
    return Outcome(None if at is None else at - broken_at, back_at - works_at)


def _gap(station: Station) -> float:
    """Return when the last frame came before the restart that has just been counted."""
    return station.frames[-1]


def _nothing_is_lost(driver: Driver, station: Station, before: m.Visit) -> None:
    """The student goes on where they were: no take is lost, and the photo is made."""
    if station.stills == 0:
        station.wait(lambda: station.visit.state is m.State.POSE)
        visit = station.visit
        assert (visit.takes_left, visit.takes_used) == (before.takes_left, before.takes_used)
        station.shoot()
    station.wait(lambda: station.visit.state is m.State.LOOK)
    visit = station.visit
    assert visit.photo is not None
    kept = ("batch", "student", "consent", "payment")
    assert all(getattr(visit, name) == getattr(before, name) for name in kept)
    assert visit.takes_left == before.takes_left - 1
    assert driver.has_values(VALUES), "the profile's values are back"
