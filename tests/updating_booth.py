"""A booth in a container that takes updates by its own services, from operations' own folder."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from appliance import Appliance
from appliance_files import PACKAGES, PROGRAM, SETTINGS
from changed_releases import changed_wheel, publish
from update_releases import Operations

from kiosk.update.release import this_platform

OPERATIONS = "srv/operations"
STATE = "var/lib/campus-capture-kiosk-update/state.json"
STORAGE = "var/lib/campus-capture-central/storage"
LIMITS = f"""
[update]
repository = "file:///{OPERATIONS}/served"
root_file = "/{SETTINGS}/root.json"
window_from = "00:00"
window_to = "23:59"
starts = 2
healthy_within_s = 30.0
healthy_for_s = 10.0
"""
# Looked at every three seconds, so that the test does not take the minutes a booth takes.
_OFTEN = (
    "[Timer]\nOnActiveSec=\nOnUnitActiveSec=\nOnActiveSec=3\nOnUnitActiveSec=3\nAccuracySec=1\n"
)
BOUND_S = 180.0


class Booth(Appliance):
    """An appliance that takes updates."""

    operations: Operations
    base: str
    photos_waiting: Mapping[str, str] = {}

    def begin(self) -> None:
        timer = self.root / "etc/systemd/system/kiosk-health.timer.d/often.conf"
        timer.parent.mkdir()
        timer.write_text(_OFTEN)
        self.operations = Operations(self.root / OPERATIONS)
        (self.root / SETTINGS / "root.json").write_bytes(self.operations.first_root)
        self.base = self.slot("current")

    def slot(self, link: str) -> str:
        return (self.root / PROGRAM / link).readlink().name

    def update_state(self) -> dict[str, object]:
        path = self.root / STATE
        return json.loads(path.read_text()) if path.exists() else {}

    def offer(self, version: str, edits: Mapping[str, object]) -> None:
        wheel = changed_wheel(
            self.root / PROGRAM / "releases" / self.base, f"/{PACKAGES}", version, edits,
            self.root / OPERATIONS / "built",
        )  # fmt: skip
        publish(self.operations, this_platform(), wheel, version)

    def look(self, *, wait: bool = True) -> None:
        """Look for a new version, by the service that does it on a booth."""
        words = [] if wait else ["--no-block"]
        self.run("systemctl", "start", *words, "kiosk-update.service", timeout_s=600)

    def central_stores(self, *, photos: bool) -> None:
        """Let the central backend write into its storage, or answer that it cannot."""
        mode = "0700" if photos else "0500"
        self.run("install", "-d", "-o", "kiosk-central", "-m", mode, f"/{STORAGE}")

    def waiting(self) -> int:
        said = self.say(
            "runuser", "-u", "kiosk", "--", "kiosk", "outbox", "status", "--json",
            "--config", f"/{SETTINGS}/kiosk.toml",
        )  # fmt: skip
        return json.loads(said.splitlines()[0])["waiting"]

    def is_well(self, slot: str) -> bool:
        """Whether the booth draws and sees, and runs this release."""
        return (
            self.is_active("kiosk", "kiosk-outbox") and self.sees() and self.sign()["slot"] == slot
        )

    def goes_back_from(self, version: str) -> None:
        """Wait until a version on trial was given up and the one before works again."""
        self.wait(lambda: version in self.update_state()["refused"], BOUND_S, "the verdict")
        began = time.monotonic()
        self.wait(lambda: self.is_well(self.before), BOUND_S, "the release before")
        took = time.monotonic() - began
        print(f"\n{version} ({self.update_state()['refused'][version]}): back in {took:.1f} s")
        assert self.slot("current") == self.slot("committed") == self.before

    def trial_version(self) -> str:
        """Return the version on trial; empty when none is."""
        trial = self.update_state().get("trial")
        return trial["version"] if trial else ""

    @property
    def before(self) -> str:
        return self.slot("committed")
