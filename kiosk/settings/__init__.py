"""All settings of a booth, from one TOML file: typed, with unit, range and default.

Each section is a class of its own file here; `kiosk.settings.load` reads them all.
"""

from kiosk.settings.booth import BoothSettings, ScreenSettings
from kiosk.settings.camera import CameraSection, CodeCameraSection
from kiosk.settings.central import CentralSettings, OutboxSettings
from kiosk.settings.code_scanner import CodeScannerSettings
from kiosk.settings.codes import CodeSettings
from kiosk.settings.guidance import GuidanceSettings
from kiosk.settings.lights import LightSettings
from kiosk.settings.model import Settings
from kiosk.settings.portrait import PortraitSettings
from kiosk.settings.printer import PrinterSettings
from kiosk.settings.reading import SettingsError, load
from kiosk.settings.support import SupportSettings
from kiosk.settings.update import UpdateSettings
from kiosk.settings.visit import VisitSettings

__all__ = [
    "BoothSettings",
    "CameraSection",
    "CentralSettings",
    "CodeCameraSection",
    "CodeScannerSettings",
    "CodeSettings",
    "GuidanceSettings",
    "LightSettings",
    "OutboxSettings",
    "PortraitSettings",
    "PrinterSettings",
    "ScreenSettings",
    "Settings",
    "SettingsError",
    "SupportSettings",
    "UpdateSettings",
    "VisitSettings",
    "load",
]
