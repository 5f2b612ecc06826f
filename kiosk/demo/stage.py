"""What stands ready before the demo's student comes: folders, keys, settings, a clean plate."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import CalibrationError
from calibration.session import Session
from calibration.step import Step
from calibration.wizard import Placing
from hardware.sim.director import Director
from kiosk.booth.calibration_cameras import DirectCameras
from kiosk.booth.calibration_setup import conditions
from kiosk.booth.devices import build_camera
from kiosk.booth.pin import hash_pin
from kiosk.central.service.demo import FEE_BATCH, DemoCentral, prepare_demo
from kiosk.codes.keys import load_keys
from kiosk.codes.simulated import issue
from kiosk.demo.processes import DemoError, free_port
from kiosk.demo.student import Papers
from kiosk.settings import Settings, load
from kiosk.standards import load as load_standard

STAFF_PIN = "246810"
"""Shown on the terminal: whoever plays with the demo may want to see the staff screen."""
_MARK = ".campus-capture-kiosk-demo"
_STUDENT = ("2023010208", "李明", "11010120050315629X")
"""Invented: student number, name, ID number."""
_LAST_FOUR = "629X"


@dataclass(frozen=True, slots=True)
class Stage:
    """All that was made ready.

    Attributes:
        folder: everything of this demo.
        settings_file: the booth's.
        settings: read from it.
        central: the central backend's accounts and files.
        central_port: where it is to listen.
        scene: the run folder of the simulated booth.
        papers: what the student brings.
    """

    folder: Path
    settings_file: Path
    settings: Settings
    central: DemoCentral
    central_port: int
    scene: Path
    papers: Papers

    @property
    def address(self) -> str:
        """The central backend's address."""
        return f"http://127.0.0.1:{self.central_port}"

    @property
    def outbox_folder(self) -> Path:
        """Where photos wait."""
        return self.settings_file.parent / "data" / "outbox"


def set_up(folder: Path, *, language: str, size: tuple[int, int]) -> Stage:
    """Make everything ready in a fresh folder.

    Args:
        folder: emptied first, if an earlier demo made it.
        language: of the idle screen.
        size: of the window, pixels.

    Raises:
        DemoError: the folder holds something else.
    """
    _empty(folder)
    central = prepare_demo(folder / "central")
    port = free_port()
    booth = folder / "booth"
    booth.mkdir()
    token = booth / "booth.token"
    token.touch(mode=0o600)
    token.write_text(central.booth_token, encoding="utf-8")
    settings_file = booth / "kiosk.toml"
    settings_file.write_text(
        _settings(central, port, language=language, size=size), encoding="utf-8"
    )
    keys = load_keys(booth / "data" / "capture-code.key", create=True)
    papers = Papers(FEE_BATCH, issue(*_STUDENT, keys.current), _LAST_FOUR)
    return Stage(
        folder, settings_file, load(settings_file), central, port, folder / "scene", papers
    )


def calibrate(stage: Stage, director: Director, camera_arguments: Mapping[str, object]) -> Path:
    """Have the simulated booth calibrate itself on the empty chair, and write its profile.

    Raises:
        DemoError: the simulated booth does not give a clean plate.
    """
    director.empty()
    settings = stage.settings
    profile = stage.settings_file.parent / "data" / "profile.json"
    cameras = DirectCameras(
        build_camera("main", settings.main_camera, camera_arguments),
        build_camera("codes", settings.code_camera, {"folder": str(stage.scene)}),
        settings,
    )
    try:
        with cameras:
            session = Session(cameras, conditions(settings, load_standard("chsi")))
            session.take(Step.BACKDROP, Placing.EMPTY)
            result = session.judge(Step.BACKDROP)
            session.profile(settings.booth.name).write(profile)
    except CalibrationError as error:
        raise DemoError(f"The clean plate could not be taken: {error}") from error
    if not result.passed:
        raise DemoError(f"The backdrop is not even: {result.findings[0].message}")
    return profile


def _empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise DemoError(f"{folder} holds something else. Choose another folder with --out.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()


def _settings(central: DemoCentral, port: int, *, language: str, size: tuple[int, int]) -> str:
    """Return the booth's settings file."""
    width, height = size
    orientation = "portrait" if height > width else "landscape"
    return f"""# Made by `kiosk demo`.
[booth]
name = {json.dumps(central.booth_name)}
profile_file = "profile.json"
staff_pin_hash = {json.dumps(hash_pin(STAFF_PIN))}

[screen]
language = {json.dumps(language)}
orientation = "{orientation}"
width_px = {width}
height_px = {height}
fullscreen = false

# A machine busy with a demo and much else is not a broken camera.
[main_camera]
open_deadline_s = 20.0
frame_deadline_s = 2.5
frozen_after_s = 2.5

[code_camera]
open_deadline_s = 20.0
frame_deadline_s = 2.5
frozen_after_s = 2.5

[codes]
key_file = "capture-code.key"

[central]
url = "http://127.0.0.1:{port}"
booth_token_file = "booth.token"

[outbox]
min_free_bytes = 50_000_000
retry_first_s = 1.0
retry_longest_s = 5.0
"""
