"""What can keep a demo from running: each with a message that says what to do."""

from __future__ import annotations

from calibration.errors import CalibrationError
from hardware.errors import HardwareError
from hardware.sim.script import ScriptError
from kiosk.booth.errors import BoothError
from kiosk.central.errors import CentralError, OutboxError
from kiosk.codes.errors import CodeError
from kiosk.demo.processes import DemoError
from kiosk.screens.errors import ScreenError
from kiosk.settings import SettingsError
from kiosk.standards import StandardError

SETUP_ERRORS = (
    BoothError,
    CalibrationError,
    CentralError,
    CodeError,
    DemoError,
    HardwareError,
    OutboxError,
    ScreenError,
    ScriptError,
    SettingsError,
    StandardError,
)
"""Anticipated: shown as a sentence, without a traceback."""
