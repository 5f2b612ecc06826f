"""The settings file as one object."""

from __future__ import annotations

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from kiosk.settings.booth import BoothSettings, ScreenSettings
from kiosk.settings.calibration import CalibrationSettings
from kiosk.settings.camera import CameraSection, CodeCameraSection, StandInCameraSection
from kiosk.settings.central import CentralSettings, OutboxSettings
from kiosk.settings.code_scanner import CodeScannerSettings
from kiosk.settings.codes import CodeSettings
from kiosk.settings.guidance import GuidanceSettings
from kiosk.settings.lights import LightSettings
from kiosk.settings.portrait import PortraitSettings
from kiosk.settings.printer import PrinterSettings
from kiosk.settings.support import SupportSettings
from kiosk.settings.update import UpdateSettings
from kiosk.settings.visit import VisitSettings


class Settings(BaseSettings):
    """All settings. Environment variables such as ``KIOSK_BOOTH__NAME`` win over the file."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="KIOSK_", env_nested_delimiter="__"
    )

    booth: BoothSettings = BoothSettings()
    screen: ScreenSettings = ScreenSettings()
    main_camera: CameraSection = CameraSection()
    stand_in_camera: StandInCameraSection = StandInCameraSection()
    code_camera: CodeCameraSection = CodeCameraSection()
    code_scanner: CodeScannerSettings = CodeScannerSettings()
    lights: LightSettings = LightSettings()
    printer: PrinterSettings = PrinterSettings()
    codes: CodeSettings = CodeSettings()
    guidance: GuidanceSettings = GuidanceSettings()
    calibration: CalibrationSettings = CalibrationSettings()
    portrait: PortraitSettings = PortraitSettings()
    visit: VisitSettings = VisitSettings()
    central: CentralSettings = CentralSettings()
    outbox: OutboxSettings = OutboxSettings()
    update: UpdateSettings = UpdateSettings()
    support: SupportSettings = SupportSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which `load` hands in as arguments."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings
