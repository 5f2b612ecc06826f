"""The booth's calibration profile: one dated, checksummed file that every other room reads.

It is an uncompressed ZIP with ``profile.json`` (figures, and the SHA-256 of every other member),
the plate and the empty live view as PNG, and each step's pictures as JPEG. The JSON also carries
the SHA-256 of itself, so that a changed figure, a changed plate and a file cut short are all
noticed. It is written beside its place and moved there in one step: a reader sees the old one or
the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from calibration.backdrop import Plate
from calibration.emptiness import Channels, Uniformity
from calibration.errors import ProfileDamaged, ProfileError, ProfileTooNew
from hardware.base import Pixels

FORMAT_VERSION = 2
"""2 added the live view and the pictures; files of format 1 are read as well."""
SUFFIX = ".profile"
_A_SECOND_NS = 1_000_000_000
_JSON, _PLATE, _LIVE, _PICTURES = "profile.json", "plate.png", "live.png", "pictures/"
_CAN_REDO = "Calibrate the booth again: staff screen, or 'sudo kiosk-as-booth calibrate'."


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the camera was set to, and what it gave.

    Attributes:
        settings: manual values by the names of `hardware.base.CameraSettings`.
        plate_level: mean of the plate, sRGB code values per channel.
        white_point: gains that would make the plate neutral, red and blue over green; None for
            a coloured backdrop, which tells nothing of white.
    """

    settings: Mapping[str, float] = field(default_factory=dict)
    plate_level: Channels | None = None
    white_point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A booth's calibrated state.

    Attributes:
        booth: the booth's name.
        plate: the clean plate.
        exposure: exposure and white point.
        created_at: UTC.
        sections: figures of further calibration steps, by the step's name; plain JSON.
        live: the empty booth in the live view, (h, w, 3) uint8 RGB, against which drift is told.
        pictures: what a step saw, JPEG files by ``step-name``; for the report.
        checksum: hex SHA-256 over everything; empty before the profile was written.
    """

    booth: str
    plate: Plate
    exposure: Exposure = field(default_factory=Exposure)
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    sections: Mapping[str, Any] = field(default_factory=dict)
    live: Pixels | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    checksum: str = ""

    @property
    def version(self) -> str:
        """What reports call this profile: booth, date and the start of its checksum."""
        return f"{self.booth}-{self.created_at:%Y%m%dT%H%M%SZ}-{self.checksum[:12] or 'unsaved'}"

    def save(self, folder: Path) -> Path:
        """Write it into `folder` under its own dated name, and return the file.

        Older profiles stay, and this one is the newest even if the clock was set back since they
        were written, as that of a Raspberry Pi without network is.

        Raises:
            ProfileError: it cannot be written.
        """
        before = [path.stat().st_mtime_ns for path in _files(folder)]
        name = f"{self.booth}-{self.created_at:%Y%m%dT%H%M%S.%fZ}{SUFFIX}"
        path = self.write(folder / name)
        if before and path.stat().st_mtime_ns <= max(before):
            later = max(before) + _A_SECOND_NS
            with contextlib.suppress(OSError):
                os.utime(path, ns=(later, later))
        return path

    def write(self, path: Path) -> Path:
        """Write it to `path` in one step, replacing what was there, and return `path`.

        Raises:
            ProfileError: it cannot be written; what was there before is still there.
        """
        data = self._packed()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
                raise
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise ProfileError(
                f"{path}: the profile cannot be written: {error.strerror or error}. "
                "Free space or choose another folder, then save it again."
            ) from error
        return path

    def _packed(self) -> bytes:
        plate = _png(self.plate.pixels)
        members = {_PICTURES + name: data for name, data in self.pictures.items()}
        if self.live is not None:
            members[_LIVE] = _png(self.live)
        document = _document(self, hashlib.sha256(plate).hexdigest())
        document["members"] = {
            name: hashlib.sha256(data).hexdigest() for name, data in members.items()
        }
        document["checksum"] = _checksum(document)
        text = json.dumps(document, indent=1, ensure_ascii=False).encode()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            stamp = self.created_at.timetuple()[:6]
            for name, data in ((_JSON, text), (_PLATE, plate), *members.items()):
                archive.writestr(zipfile.ZipInfo(name, stamp), data)
        return buffer.getvalue()


def every(folder: Path) -> list[Profile]:
    """Read all profiles of a folder that can be read, the oldest first; for trends."""
    found = []
    for path in _files(folder):
        with contextlib.suppress(ProfileError):
            found.append(load(path))
    return sorted(found, key=lambda profile: profile.created_at)


def load(path: Path) -> Profile:
    """Read and verify a profile: a file, or the newest one of a folder.

    Raises:
        ProfileError: there is none, or it cannot be read.
        ProfileDamaged: it is not what was written.
        ProfileTooNew: it has a newer format.
    """
    if path.is_dir():
        try:
            names = sorted(_files(path), key=lambda file: (file.stat().st_mtime_ns, file.name))
        except OSError as error:
            raise ProfileError(f"{path}: cannot be read: {error.strerror or error}.") from error
        if not names:
            raise ProfileError(f"{path}: there is no calibration profile here. {_CAN_REDO}")
        path = names[-1]
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ProfileError(f"{path}: there is no calibration profile. {_CAN_REDO}") from error
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror or error}.") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        text, plate = members.pop(_JSON), members.pop(_PLATE)
        document = json.loads(text)
    except Exception as error:  # a damaged archive raises what it likes: encrypted, unknown method
        raise ProfileDamaged(
            f"{path}: this is no whole calibration profile. {_CAN_REDO}"
        ) from error
    return _read(path, document, plate, members)


def _read(path: Path, document: Any, plate: bytes, members: Mapping[str, bytes]) -> Profile:
    damaged = f"{path}: the profile was changed since it was written. {_CAN_REDO}"
    if not isinstance(document, dict):
        raise ProfileDamaged(damaged)
    version = document.get("format")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise ProfileTooNew(
            f"{path}: format {version} is newer than this software knows ({FORMAT_VERSION}). "
            "Update the booth, or calibrate it again."
        )
    try:
        checksum = document.pop("checksum")
        facts = document["plate"]
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
        sound = (
            checksum == _checksum(document)
            and facts["sha256"] == hashlib.sha256(plate).hexdigest()
            and document.get("members", {}) == hashes
        )
        if not sound:
            raise ProfileDamaged(damaged)
        uniformity = dict(facts["uniformity"])
        uniformity["mean"] = tuple(uniformity["mean"])
        exposure = document["exposure"]
        return Profile(
            booth=document["booth"],
            plate=Plate(
                pixels=_pixels(plate),
                noise=tuple(facts["noise"]),
                still_size=tuple(facts["still_size"]),
                stills=facts["stills"],
                uniformity=Uniformity(**uniformity),
            ),
            exposure=Exposure(
                settings=exposure["settings"],
                plate_level=_tuple(exposure["plate_level"]),
                white_point=_tuple(exposure["white_point"]),
            ),
            created_at=datetime.fromisoformat(document["created_at"]),
            sections=document["sections"],
            live=_pixels(members[_LIVE]) if _LIVE in members else None,
            pictures={
                name.removeprefix(_PICTURES): data
                for name, data in members.items()
                if name.startswith(_PICTURES)
            },
            checksum=checksum,
        )
    except (KeyError, TypeError, ValueError, cv2.error) as error:
        raise ProfileDamaged(damaged) from error


def _files(folder: Path) -> list[Path]:
    return list(folder.glob(f"*{SUFFIX}"))


def _tuple(values: Any) -> Any:
    return None if values is None else tuple(values)


def _png(pixels: Pixels) -> bytes:
    done, encoded = cv2.imencode(
        ".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 1]
    )
    if not done:
        raise ProfileError("The plate cannot be stored as a picture. Take the plate again.")
    return bytes(encoded.tobytes())


def _pixels(png: bytes) -> Pixels:
    encoded = np.frombuffer(png, np.uint8)
    pixels: Pixels = cv2.cvtColor(cv2.imdecode(encoded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    pixels.setflags(write=False)
    return pixels


def _document(profile: Profile, plate_sha256: str) -> dict[str, Any]:
    plate = profile.plate
    return {
        "format": FORMAT_VERSION,
        "booth": profile.booth,
        "created_at": profile.created_at.astimezone(UTC).isoformat(),
        "plate": {
            "file": _PLATE,
            "sha256": plate_sha256,
            "noise": list(plate.noise),
            "still_size": list(plate.still_size),
            "stills": plate.stills,
            "uniformity": asdict(plate.uniformity),
        },
        "exposure": {
            "settings": dict(profile.exposure.settings),
            "plate_level": profile.exposure.plate_level,
            "white_point": profile.exposure.white_point,
        },
        "sections": dict(profile.sections),
    }


def _checksum(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the document in one canonical spelling."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
