"""A booth on Debian 13, whose own Python is too new for the face models.

Nothing but a booth's own list of packages is there, so that a missing one is noticed.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from appliance import Appliance
from appliance_files import PROGRAM, SETTINGS
from container import CHECKOUT, SYSTEM, debian_12, in_folder, layered
from debian_13 import machines

pytestmark = [pytest.mark.system, pytest.mark.timeout(1800)]

SCRIPTS = "/srv/checkout/systemd"
_BUILD_S = 1500.0
_BOUND_S = 120.0


@pytest.fixture(scope="module")
def booth() -> Iterator[Appliance]:
    debian_12()  # says what is missing here, or fails in CI
    base, folder = machines() / "booth-debian-13", machines() / "debian-13-day"
    subprocess.run([SYSTEM / "booth_debian_13.sh", base], check=True, timeout=_BUILD_S)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with layered([base], folder) as root:
            subprocess.run(
                ["git", "-c", "safe.directory=*", "clone", "-q", "--depth", "1",
                 CHECKOUT.as_uri(), root / "srv" / "checkout"],
                check=True,
            )  # fmt: skip
            machine = Appliance(root, "debian-13-day")
            yield machine
            machine.power_off()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def asked(root: Path, command: str) -> str:
    """Run a command that may fail; return all it said."""
    return in_folder(root, "sh", "-c", f"{command} 2>&1 || true")


def test_without_its_python_nothing_is_installed_and_it_is_said_what_to_do(booth):
    said = asked(booth.root, f"{SCRIPTS}/install.sh --role both")
    assert "it is 3.13" in said
    assert f"sudo {SCRIPTS}/debian-12-python.sh" in said
    assert "wrote" not in said
    assert not (booth.root / SETTINGS).exists()
    assert not (booth.root / "usr/local/lib/systemd/system/kiosk.service").exists()
    assert "kiosk" not in (booth.root / "etc/passwd").read_text()


@pytest.mark.parametrize(
    ("python", "why"), [("/usr/bin/python3", "it is 3.13"), ("/no/such", "it does not run")]
)
def test_a_python_that_does_not_fit_is_refused(booth, python, why):
    said = asked(booth.root, f"{SCRIPTS}/install.sh --python {python}")
    assert f"--python {python} cannot be used: {why}" in said
    assert not (booth.root / SETTINGS).exists()


def test_debian_12_s_python_comes_alone(booth):
    for _ in range(2):
        in_folder(booth.root, f"{SCRIPTS}/debian-12-python.sh")
    assert in_folder(booth.root, "/usr/bin/python3", "--version").startswith("Python 3.13")
    assert in_folder(booth.root, "/usr/bin/python3.11", "--version").startswith("Python 3.11")
    listed = in_folder(booth.root, "dpkg-query", "-W", "-f", "${Package} ${Version}\n")
    from_12 = {line.split()[0] for line in listed.splitlines() if "+deb12" in line}
    assert from_12 == {
        "libpython3.11-minimal", "libpython3.11-stdlib",
        "python3.11", "python3.11-minimal", "python3.11-venv",
    }  # fmt: skip
    upgrade = in_folder(booth.root, "apt-get", "upgrade", "-s")
    assert "0 to remove and 0 not upgraded" in upgrade


def test_the_booth_is_installed_and_a_visit_ends_with_a_photo(booth):
    in_folder(booth.root, f"{SCRIPTS}/install.sh", "--role", "both", "--no-start")
    python = booth.root / PROGRAM / "current" / "bin" / "python3.11"
    assert str(python.readlink()) == "/usr/bin/python3.11"
    booth.prepare()
    booth.boot()
    booth.wait(lambda: booth.is_active("kiosk-central"), _BOUND_S, "the central backend")
    booth.enrol()
    booth.run("systemctl", "restart", "kiosk.target")
    booth.wait(booth.sees, _BOUND_S, "the booth")
    booth.visit()
    booth.wait(lambda: booth.photos() == 1, _BOUND_S, "the photo")
    failed = booth.run("systemctl", "--failed", "--no-legend", check=False).stdout
    assert "kiosk" not in failed
    booth.power_off()


def test_a_program_whose_python_went_away_is_built_anew(booth):
    slot = booth.root / PROGRAM / "current"
    (slot / "bin" / "python3.11").unlink()
    said = in_folder(booth.root, f"{SCRIPTS}/install.sh", "--role", "both", "--no-start")
    assert "installing the program" in said
    assert in_folder(booth.root, "kiosk", "--version").startswith("kiosk ")


def test_it_can_be_taken_away_again(booth):
    in_folder(booth.root, f"{SCRIPTS}/debian-12-python.sh", "--remove")
    left = [path.name for path in (booth.root / "etc/apt").rglob("*campus-capture*")]
    assert left == []
    assert not (booth.root / "usr/bin/python3.11").exists()
    assert in_folder(booth.root, "/usr/bin/python3", "--version").startswith("Python 3.13")
