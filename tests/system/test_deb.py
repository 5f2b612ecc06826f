"""The Debian package in a Debian of its own: installed, taken away, purged."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from container import CHECKOUT, debian_12, in_folder, layered
from debian_13 import machines

pytestmark = [pytest.mark.system, pytest.mark.timeout(1800)]

NAME = "campus-capture-kiosk"
PROGRAM, SETTINGS = f"opt/{NAME}", f"etc/{NAME}"


@pytest.fixture
def machine() -> Iterator[Path]:
    folder = machines() / "deb"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with layered([debian_12()], folder) as root:
            yield root
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_installed_taken_away_and_purged(machine: Path) -> None:
    srv = machine / "srv"
    done = subprocess.run(
        ["sh", CHECKOUT / "systemd/deb.sh", "--out", srv],
        check=True, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    package = "/srv/" + Path(done.stdout.strip()).name
    (machine / SETTINGS).mkdir(parents=True)
    (machine / SETTINGS / "role").write_text("both\n")
    in_folder(machine, "dpkg", "-i", package)
    assert "kiosk " in in_folder(machine, "kiosk", "--version")
    wants = machine / "etc/systemd/system/multi-user.target.wants"
    assert {path.name for path in wants.glob("kiosk*")} == {"kiosk.target", "kiosk-central.service"}
    assert (machine / SETTINGS / "kiosk.toml").exists()
    first = (machine / PROGRAM / "current").readlink()

    settings = machine / SETTINGS / "kiosk.toml"
    settings.write_text("[booth]\nname = 'library'\n")
    in_folder(machine, "dpkg", "-i", package)
    assert settings.read_text() == "[booth]\nname = 'library'\n"
    assert (machine / PROGRAM / "current").readlink() == first

    unsent = machine / f"var/lib/{NAME}/outbox/photo"
    unsent.parent.mkdir(exist_ok=True)
    unsent.write_text("not sent yet")
    in_folder(machine, "dpkg", "-r", NAME)
    assert not (machine / PROGRAM).exists()
    assert not (machine / "usr/local/lib/systemd/system/kiosk.service").exists()
    assert settings.exists()
    assert unsent.exists()
    in_folder(machine, "dpkg", "-P", NAME)
    assert not settings.exists()
    assert not unsent.exists()
    assert "kiosk:" not in (machine / "etc/passwd").read_text()
