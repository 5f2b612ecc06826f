"""A stand-in camera under a visit: both cameras in processes of their own."""

from __future__ import annotations

import time

import pytest
from fault_matrix.drivers import Simulated
from fault_matrix.station import Station

from hardware.base import Condition
from hardware.failover import FailoverCamera
from kiosk.booth.main_camera import tell_visit
from kiosk.visit import model as m


@pytest.fixture
def drivers(tmp_path):
    drivers = []
    for name in ("main", "stand_in"):
        (tmp_path / name).mkdir()
        drivers.append(Simulated(tmp_path / name))
    yield drivers
    for driver in drivers:
        driver.tidy()


def test_takes_over_inside_the_visit_and_gives_back_after_it(drivers):
    main, other = drivers
    camera = FailoverCamera("main", main.camera, other.camera, take_over_after_s=1.0)
    with Station(camera, posing=True) as station:
        station.wait(lambda: len(station.frames) > 3)
        tell_visit(camera, station.visit)
        plug_in = main.breaks("unplug_still")()
        station.wait(lambda: camera.on_stand_in)
        station.wait_for_frame(time.monotonic())
        plug_in()
        station.wait(lambda: main.camera.state().condition is Condition.READY)
        station.wait_for_frame(time.monotonic())
        assert camera.on_stand_in, "never inside a visit"
        station.wait(lambda: station.visit.state is m.State.POSE)
        station.shoot()
        station.wait(lambda: station.visit.state is m.State.LOOK)
        shot = station.photographer.shot(station.visit.photo.photo_id)
        assert shot.still.metadata["stand_in"] == 1.0
        tell_visit(camera, m.Visit())  # the student has left
        station.wait(lambda: not camera.on_stand_in)
        still = station.live_view.take_still().result(20)
        assert "stand_in" not in still.metadata
