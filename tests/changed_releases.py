"""Releases that differ from an installed one in the project's own wheel, and how.

Their other packages are those of the release they were made from: one line in the wheel points
to them, so that a test installs ten of them in the time of one. All the rest is real: wheel,
signatures, download, slot, checks, trial.
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from update_releases import Operations

from kiosk.update.publishing.build import describe

Edit = Callable[[str], str]


def instead(old: str, new: str) -> Edit:
    """Return an edit that puts a text in another's place, which must be there."""

    def edit(text: str) -> str:
        assert old in text, f"{old!r} is not there any more: mend the test's defect"
        return text.replace(old, new)

    return edit


GOOD: Mapping[str, Edit] = {}
CRASHES: Mapping[str, Edit] = {
    "kiosk/booth/main.py": instead(
        "    def run(self) -> None:\n", "    def run(self) -> None:\n        raise RuntimeError\n"
    )
}
DRAWS_NOTHING: Mapping[str, Edit] = {
    "kiosk/booth/main.py": instead(
        "        if self.sign is not None:\n            self.sign.frame_drawn()\n", ""
    )
}
CANNOT_OPEN_ITS_CAMERA: Mapping[str, Edit] = {
    "hardware/sim/paced_camera.py": instead(
        "    def _do_open(self) -> None:\n",
        "    def _do_open(self) -> None:\n        from hardware.errors import DeviceLost\n\n"
        "        raise DeviceLost('This release opens no camera.')\n",
    )
}


def unit_says(unit: str, old: str, new: str) -> Mapping[str, Edit]:
    """Return an edit of a unit that the release brings."""
    return {f"share/campus-capture-kiosk/systemd/{unit}": instead(old, new)}


def users_and_folders_too(user: str, folder: str) -> Mapping[str, Edit]:
    """Return edits that bring a user of the release's own, and a folder for it."""

    def added(line: str) -> Edit:
        return lambda text: f"{text}{line}\n"

    systemd = "share/campus-capture-kiosk/systemd/campus-capture-kiosk"
    return {
        f"{systemd}.sysusers.conf": added(f"u {user} - - {folder}"),
        f"{systemd}.tmpfiles.conf": added(f"d {folder} 0750 {user} {user} -"),
    }


def _other_table(text: str) -> str:
    text = re.sub(r"\b(EXISTS|ON|FROM|INTO|UPDATE) entries\b", r"\1 waiting_room", text)
    line = "        self._database.executescript(_SCHEMA)\n"
    assert line in text
    moved = (
        "        with contextlib.suppress(sqlite3.Error):\n"
        "            self._database.execute('ALTER TABLE entries RENAME TO waiting_room')\n"
        "        self._database.execute('CREATE TABLE IF NOT EXISTS entries (moved TEXT)')\n"
    )
    return text.replace(line, moved + line)


LOSES_THE_OUTBOX_FOR_THE_OLD: Mapping[str, Edit] = {"kiosk/central/outbox_index.py": _other_table}


def changed_wheel(
    slot: Path, packages: str, version: str, edits: Mapping[str, Edit], folder: Path
) -> Path:
    """Pack the project as it is installed in a slot into a wheel of another version.

    Args:
        slot: an installed release.
        packages: where the machine has the other packages.
        version: of the new wheel.
        edits: what is different, by path.
        folder: where the wheel goes.
    """
    site = slot / "lib" / "python3.11" / "site-packages"
    (info,) = site.glob("campus_capture_kiosk-*.dist-info")
    new_info = f"campus_capture_kiosk-{version}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"campus_capture_kiosk-{version}-py3-none-any.whl"
    edited = set()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, *_ in csv.reader((info / "RECORD").read_text().splitlines()):
            data = name.removeprefix("../../../")
            if name != data and not data.startswith("share/"):
                continue  # the commands, which the installer makes
            if name.endswith((".pyc", "RECORD")):
                continue
            content = (site / name).read_bytes()
            if data in edits:
                content = edits[data](content.decode()).encode()
                edited.add(data)
            if name == f"{info.name}/METADATA":
                content = re.sub(rb"(?m)^Version: .*$", b"Version: " + version.encode(), content)
            inside = f"campus_capture_kiosk-{version}.data/data/{data}"
            wheel.writestr(name.replace(info.name, new_info) if name == data else inside, content)
        wheel.writestr("packages_of_test_releases.pth", f"{packages}\n")
        wheel.writestr(f"{new_info}/RECORD", "")
    assert edited == set(edits), "an edited file is not in the wheel"
    return path


def publish(
    operations: Operations, platform: str, wheel: Path, version: str, *others: Path
) -> None:
    """Sign and publish a release of one wheel, and what else is wanted of it."""
    wheels = [wheel, *others]
    operations.repository.stage_release(describe(wheels, platform, version=version), wheels)
    operations.sign_and_publish()
