"""What the booth is told: settings, photo standard, capture code decoders, staff PIN, profile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from calibration import profile as profiles
from calibration.errors import CalibrationError
from calibration.validity import missing_steps
from kiosk import standards
from kiosk.booth.paths import BoothPaths
from kiosk.booth.pin import PinError, check_hash
from kiosk.codes.capture import load_decoders
from kiosk.codes.errors import CodeError
from kiosk.doctor.finding import Finding, failed, ok, warning
from kiosk.settings import Settings, SettingsError, load

_FILE = "settings file"


def settings_file(path: Path | None) -> tuple[Settings | None, Finding]:
    """Read the settings file; None for its settings when it is wrong."""
    try:
        settings = load(path)
    except SettingsError as error:
        return None, failed(
            _FILE,
            str(error),
            "Mend it, then say: kiosk config check FILE. The checks that need it were left out.",
        )
    if path is None:
        return settings, warning(
            _FILE,
            "None was given, so the defaults are looked at.",
            "Say: kiosk doctor --config FILE; to write one: kiosk config template > kiosk.toml",
        )
    return settings, ok(_FILE, f"{path} is right.")


def standard(settings: Settings) -> Finding:
    """Read the photo standard the settings name."""
    name = "photo standard"
    try:
        found = standards.load(settings.portrait.standard)
    except standards.StandardError as error:
        return failed(name, str(error), "Set portrait.standard to a standard that exists.")
    return ok(name, f"{found.name}: {found.title_en}.")


def decoders(settings: Settings, paths: BoothPaths) -> Finding:
    """Make the capture code decoders the settings name, with their keys."""
    name = "capture codes"
    try:
        made = load_decoders(settings.codes, paths.data)
    except CodeError as error:
        return failed(name, str(error), "See codes.decoders and codes.key_file, and docs/codes.md.")
    return ok(name, f"{len(made)} decoders: {', '.join(settings.codes.decoders)}.")


def staff_pin(settings: Settings) -> Finding:
    """Look at whether staff can log in at the booth."""
    name = "staff PIN"
    secret = settings.booth.staff_pin_hash
    if secret is None:
        return warning(
            name,
            "No staff PIN is set, so staff cannot help at the screen.",
            "Say: kiosk config pin; put its line into the settings file under [booth].",
        )
    try:
        check_hash(secret.get_secret_value())
    except PinError as error:
        return failed(name, str(error), "Say: kiosk config pin")
    return ok(name, "Set.")


def profile(
    path: Path | None,
    max_age_days: float,
    now: datetime | None = None,
    required: Sequence[str] = (),
) -> Finding:
    """Look at the calibration profile and its age.

    Args:
        path: the profile, or a folder of profiles; None when the settings name none.
        max_age_days: older than this it is to be made again.
        now: UTC.
        required: the steps without which the booth takes no photos.
    """
    name = "calibration"
    again = "Calibrate: at the booth's screen (ask staff), or: sudo kiosk-as-booth calibrate"
    if path is None:
        return warning(
            name,
            "There is no profile: people are cut out without a picture of the empty backdrop.",
            again,
        )
    try:
        found = profiles.load(path)
    except CalibrationError as error:
        return failed(name, str(error), again)
    lacking = missing_steps(found, required) if required else ()
    if lacking:
        said = (
            f"{found.version} lacks steps that passed: {', '.join(lacking)}. No photos are taken."
        )
        return failed(name, said, again)
    age = ((now or datetime.now(UTC)) - found.created_at).total_seconds() / 86_400
    if age < 0:
        return warning(name, f"{found.version} is dated in the future.", f"Set the clock. {again}")
    if age > max_age_days:
        return warning(
            name, f"{found.version} is {age:.0f} days old; {max_age_days:.0f} are allowed.", again
        )
    return ok(name, f"{found.version}, {age:.0f} days old.")
