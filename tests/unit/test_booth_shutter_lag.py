"""The shutter's lag: learnt for each camera, remembered, taken off the time of holding still."""

from __future__ import annotations

import pytest

from hardware.base import CameraState, Still
from kiosk.booth.shutter_lag import ShutterLag

CANON = CameraState("gphoto2", "Canon EOS R6", "4711")
NIKON = CameraState("gphoto2", "Nikon Z 6", "0815")


def still(lag_s: float) -> Still:
    return Still(b"still", "image/jpeg", 0.0, lag_s)


@pytest.fixture
def told():
    return []


def test_the_median_of_a_cameras_own_stills_counts(tmp_path, told):
    lag = ShutterLag(tmp_path / "lag.json", told.append)
    lag.expect(CANON)
    for seconds in (0.3, 0.32, 2.5, 0.31, 0.29):
        lag.note(CANON, still(seconds))
    assert told[0] == 0.0
    assert told[-1] == pytest.approx(0.31)
    lag.note(NIKON, still(0.1))
    assert told[-1] == pytest.approx(0.1)


def test_is_known_the_next_morning(tmp_path, told):
    ShutterLag(tmp_path / "lag.json", told.append).note(CANON, still(0.4))
    ShutterLag(tmp_path / "lag.json", told.append).expect(CANON)
    assert told == [0.4, 0.4]


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 3}', '{"a": ["x"]}', "{"])
def test_a_damaged_file_is_learnt_anew(tmp_path, told, text):
    (tmp_path / "lag.json").write_text(text)
    lag = ShutterLag(tmp_path / "lag.json", told.append)
    lag.expect(CANON)
    lag.note(CANON, still(0.2))
    assert told == [0.0, 0.2]


def test_a_full_disk_costs_no_photo(tmp_path, told, caplog):
    lag = ShutterLag(tmp_path / "missing" / "lag.json", told.append)
    lag.note(CANON, still(0.2))
    assert told == [0.2]
    assert "not remembered" in caplog.text
