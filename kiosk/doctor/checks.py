"""All checks of a booth, in the order in which one mends it."""

from __future__ import annotations

from pathlib import Path

from kiosk.booth.accessory_drivers import build_lights, build_printer, build_scanner
from kiosk.booth.paths import BoothPaths
from kiosk.doctor import (
    accessories,
    configuration,
    devices,
    libraries,
    network,
    screen,
    storage,
    system,
)
from kiosk.doctor.camera_faults import camera_faults
from kiosk.doctor.devices import CameraFactory
from kiosk.doctor.finding import Check, Finding
from kiosk.settings import Settings


def all_checks(config: Path | None, build: CameraFactory | None) -> tuple[Check, ...]:
    """Return the checks for the booth of a settings file.

    With a settings file that is wrong, the checks that need it are left out.

    Args:
        config: the settings file; None for the defaults.
        build: builds a camera of a role; None: the booth runs. What opens its devices or loads the
            face models a second time is left out.
    """
    settings, finding = configuration.settings_file(config)
    machine = (
        Check("settings file", lambda: finding),
        Check("python", system.python),
        Check("opencv", libraries.opencv),
        *(() if build is None else (Check("face models", libraries.models),)),
        Check("font", screen.font),
        Check("display", screen.display),
        Check("clock", system.clock),
        Check("service", system.service),
        Check("devices in use", devices.in_use),
    )
    return machine if settings is None else machine + _booth_checks(settings, config, build)


def _profile(settings: Settings, paths: BoothPaths) -> Finding:
    """Look at the profile; the simulated booth may do without one."""
    simulated = settings.main_camera.driver == "simulated"
    path = paths.profile
    if simulated and path is not None and not path.exists():
        path = None
    required = () if simulated else settings.calibration.required_steps
    return configuration.profile(path, settings.booth.profile_max_age_days, required=required)


def _booth_checks(
    settings: Settings, config: Path | None, build: CameraFactory | None
) -> tuple[Check, ...]:
    paths = BoothPaths.of(settings, config)
    return (
        Check("qr engines", lambda: libraries.qr_engines(settings.codes.engine)),
        *(() if build is None else _cameras(settings, build)),
        Check("camera faults", lambda: camera_faults(paths.data)),
        *(() if build is None else _others(settings)),
        Check("printer", lambda: accessories.printer(build_printer(settings.printer))),
        Check(
            "calibration",
            lambda: _profile(settings, paths),
        ),
        Check("photo standard", lambda: configuration.standard(settings)),
        Check("capture codes", lambda: configuration.decoders(settings, paths)),
        Check("staff PIN", lambda: configuration.staff_pin(settings)),
        Check("data directory", lambda: storage.data_directory(paths.data)),
        Check("free disk", lambda: storage.free_disk(paths.data, settings.outbox.min_free_bytes)),
        Check("outbox", lambda: storage.outbox(settings, paths.base)),
        Check("central backend", lambda: network.central(settings, paths.base)),
    )


def _cameras(settings: Settings, build: CameraFactory) -> tuple[Check, ...]:
    return (
        Check("main camera", lambda: devices.camera("main", settings.main_camera, build)),
        *_stand_in(settings, build),
        Check("code camera", lambda: devices.camera("codes", settings.code_camera, build)),
    )


def _others(settings: Settings) -> tuple[Check, ...]:
    return (
        Check(
            "barcode scanner",
            lambda: accessories.scanner(
                build_scanner(settings.code_scanner), settings.code_scanner.device
            ),
        ),
        Check("lamps", lambda: accessories.lights(build_lights(settings.lights))),
    )


def _stand_in(settings: Settings, build: CameraFactory) -> tuple[Check, ...]:
    section = settings.stand_in_camera
    if not section.used:
        return ()

    def look() -> Finding:
        return devices.camera("stand_in", section, build)

    return (Check("stand-in camera", look),)
