"""From a still's bytes to the finished photo with its report: every step in order."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import cv2
import numpy as np

import kiosk
from calibration.backdrop import Plate
from calibration.profile import Profile
from hardware.base import Pixels
from kiosk.guidance.composition import USUAL_CROWN
from kiosk.guidance.face_geometry import measure_face_geometry
from kiosk.guidance.landmarks import Landmarks
from kiosk.guidance.policy import BatchPolicy, GlassesPolicy
from kiosk.portrait import backdrop, opacity
from kiosk.portrait.calibrated import Calibrated
from kiosk.portrait.compose import compose, reaches_edge, room_for
from kiosk.portrait.conformity import Assessor, check_background, check_file, check_geometry
from kiosk.portrait.crown import measure_crown_y
from kiosk.portrait.decode import DecodedStill, decode
from kiosk.portrait.encode import encode
from kiosk.portrait.errors import NoPerson, PlateMismatch, SeveralPeople
from kiosk.portrait.framing import Framing, Head, frame
from kiosk.portrait.guess import guess
from kiosk.portrait.light import Floats, to_encoded, to_linear
from kiosk.portrait.limits import MatteLimits
from kiosk.portrait.matte import Matte
from kiosk.portrait.picture import Picture
from kiosk.portrait.report import (
    MatteReport,
    Provenance,
    Remark,
    Report,
    rule_remarks,
)
from kiosk.settings.portrait import PortraitSettings
from kiosk.standards import Standard

Given = TypeVar("Given")
Result = TypeVar("Result")


class Finder(Protocol):
    """What is needed of `kiosk.guidance.landmarks.LandmarkFinder`, for files."""

    def find_face(self, pixels: Pixels) -> Landmarks:
        """Look for the sitter in one picture, (H, W, 3) uint8 RGB."""


class Segmenter(Protocol):
    """What is needed of `kiosk.guidance.mediapipe_models.PersonSegmenter`."""

    def find(self, pixels: Pixels) -> Floats:
        """Return (H, W) float32, 0 (backdrop) to 1 (person)."""


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A finished photo.

    Attributes:
        jpeg: the file.
        report: what it is like; `report.conforms` says whether it may be passed on as good.
        alpha: (H, W) uint8, of the whole still at the size it was worked at, linear light.
        photo_alpha: (h, w) uint8, of the photo.
    """

    jpeg: bytes
    report: Report
    alpha: Pixels
    photo_alpha: Pixels

    @property
    def photo_sha256(self) -> str:
        """Hex SHA-256 of the file: the photo's identity everywhere."""
        return self.report.file.sha256

    @property
    def passed(self) -> bool:
        """Whether the photo conforms to its standard."""
        return self.report.conforms

    @property
    def remarks(self) -> tuple[str, ...]:
        """Keys of what is missed, the serious ones first."""
        return tuple(remark.key for remark in self.report.remarks)


class PortraitMaker:
    """Makes photos; the models and the plate are prepared once. One thread at a time.

    Args:
        standard: the photo's standard.
        settings: limits no standard prescribes.
        finder: finds the face in a still.
        segmenter: finds the person in a still.
        assessor: judges the written file.
        profile: the booth's calibration, with the clean plate.
        plate: a clean plate without a profile; of the two, the profile's comes first.
    """

    def __init__(
        self,
        standard: Standard,
        settings: PortraitSettings,
        *,
        finder: Finder,
        segmenter: Segmenter,
        assessor: Assessor,
        profile: Profile | None = None,
        plate: Plate | None = None,
    ) -> None:
        self._standard = standard
        self._settings = settings
        self._limits = MatteLimits.of(settings)
        self._finder = finder
        self._segmenter = segmenter
        self._assessor = assessor
        self._profile = profile
        self._calibrated = Calibrated(profile, plate)
        self._plate = self._calibrated.plate
        self._prepared: dict[tuple[int, int], backdrop.PreparedPlate] = {}
        # One thread for good: each new one would keep freed pictures in a heap of its own.
        self._beside = ThreadPoolExecutor(1, "portrait")

    def follow(self, gains: tuple[float, float, float]) -> None:
        """Take in that the booth's light changed a little since it was calibrated.

        Args:
            gains: its red, green and blue over those of calibration, factor.
        """
        self._calibrated.follow(gains)

    @property
    def standard(self) -> Standard:
        """The standard photos are made to."""
        return self._standard

    def make(
        self,
        still: bytes,
        *,
        background: str | None = None,
        min_bytes: int | None = None,
        max_bytes: int | None = None,
        glasses: GlassesPolicy = "forbid",
    ) -> Portrait:
        """Make the photo of a still.

        Args:
            still: the file as the camera wrote it.
            background: name of an official colour; None for the standard's usual one.
            min_bytes: the batch's own smallest file, where it has one.
            max_bytes: the batch's own largest file, where it has one.
            glasses: whether the batch allows them.

        Returns:
            the photo and its report; look at `report.conforms` before passing it on.

        Raises:
            PortraitError: no photo can be made from this still; the subclass says why.
            StandardError: no such background.
        """
        colour = self._standard.background.colour(background)
        file_rules = self._standard.with_file_limits(min_bytes, max_bytes).file
        clock = _Clock()
        with clock.step("decode"):
            decoded = self._calibrated.straight(decode(still, self._settings))
        # Both release Python's lock most of the time, so they run beside each other.
        finding = self._beside.submit(clock.timed, "find", self._look, decoded.pixels)
        try:
            matte = clock.timed("matte", self._cut_out, decoded)
        finally:
            face = finding.result()  # whether somebody is there at all comes first
        with clock.step("frame"):
            framing, remarks = self._frame(face, matte)
        with clock.step("compose"):
            person = self._calibrated.coloured(matte.foreground)
            photo, cover = compose(
                person,
                matte.alpha,
                framing,
                colour,
                sharpening=self._settings.sharpening,
                beside=self._beside,
            )
        with clock.step("encode"):
            encoded = encode(photo, file_rules, self._settings.full_chroma_quality)
        with clock.step("judge"):
            written, file_report, more = check_file(encoded, file_rules)
            remarks += more
            ground, more = check_background(written, cover, self._standard, background)
            remarks += more
            assessment = self._assessor.assess(
                written,
                policy=BatchPolicy(glasses, background),
                exposure_ev=_exposure_ev(matte),
            )
            scale = framing.scale * decoded.scale
            geometry, more = check_geometry(assessment, framing.head.crown_y, scale, self._standard)
            remarks += more + rule_remarks(assessment.rules) + self._own_remarks(matte, scale)
        remarks.sort(key=lambda remark: not remark.serious)
        report = Report(
            conforms=not any(remark.serious for remark in remarks),
            remarks=tuple(remarks),
            geometry=geometry,
            file=file_report,
            background=ground,
            matte=_matte_report(matte),
            provenance=Provenance(
                original_sha256=hashlib.sha256(still).hexdigest(),
                booth=None if self._profile is None else self._profile.booth,
                profile=None if self._profile is None else self._profile.version,
                colour_corrected=self._calibrated.colour_corrected,
                software=f"campus-capture-kiosk {kiosk.__version__}",
                standard=self._standard.name,
            ),
            measurements=assessment.measurements,
            rules=assessment.rules,
            seconds=clock.seconds,
        )
        return Portrait(encoded.data, report, _eight_bit(matte.alpha), _eight_bit(cover))

    def _look(self, pixels: Pixels) -> Floats:
        landmarks = self._finder.find_face(pixels)
        if landmarks.faces > 1:
            raise SeveralPeople(
                f"{landmarks.faces} faces are in the still; the photo must show one person. "
                "Ask the others to step aside and take it again."
            )
        if landmarks.face is None:
            raise NoPerson("No face is in the still. Take it again with the sitter in place.")
        return landmarks.face

    def _cut_out(self, decoded: DecodedStill) -> Matte:
        person = self._segmenter.find(decoded.pixels)
        picture, limits = Picture.of(to_linear(decoded.pixels), person), self._limits
        if self._plate is None:
            return guess(picture, limits)
        height, width = person.shape
        size = (width, height)
        if size not in self._prepared:
            plate = backdrop.prepare_plate(self._plate, size, decoded.size)
            self._refuse_person(plate)
            self._prepared = {size: plate}
        elif tuple(self._plate.still_size) != decoded.size:
            raise PlateMismatch("The still has another size than the clean plate.")
        behind = backdrop.follow(picture, self._prepared[size], limits)
        return opacity.solve(picture, behind, limits)

    def _refuse_person(self, plate: backdrop.PreparedPlate) -> None:
        """Refuse a plate with somebody in it: whoever sits there now would get holes."""
        there = self._segmenter.find(to_encoded(plate.light)) > self._limits.person_sure
        if float(there.mean()) > self._limits.plate_person:
            raise PlateMismatch(
                "Somebody stands in the clean plate. Take the plate again with the booth empty."
            )

    def _frame(self, face: Floats, matte: Matte) -> tuple[Framing, list[Remark]]:
        found = measure_face_geometry(face)
        crown = measure_crown_y(matte.alpha, face)
        remarks = []
        if crown is None:
            remarks.append(Remark("crown_unseen", True))
            crown = found.eye_line_y_px - USUAL_CROWN * found.face_width_px
        head = Head(crown, found.eye_line_y_px, found.face_width_px, found.centre_x_px)
        framing = frame(head, self._standard, room_for(matte.alpha))
        cut = reaches_edge(matte.alpha, framing, self._settings.cut_off_least_px)
        remarks += [Remark(f"cut_off_{edge}", True) for edge in cut]
        return framing, remarks

    def _own_remarks(self, matte: Matte, scale: float) -> list[Remark]:
        remarks = []
        if matte.method != "plate":
            remarks.append(Remark("matte_without_plate", False))
        if scale > 1:
            remarks.append(Remark("enlarged", False, scale, 1.0, scale - 1))
        return remarks


def _exposure_ev(matte: Matte) -> float | None:
    """Return the still's exposure over the plate's, stops; None without a plate."""
    return math.log2(matte.exposure) if matte.method == "plate" and matte.exposure > 0 else None


def _matte_report(matte: Matte) -> MatteReport:
    height, width = matte.alpha.shape
    return MatteReport(matte.method, matte.shift_px, matte.exposure, matte.unsure, (width, height))


def _eight_bit(alpha: Floats) -> Pixels:
    return np.asarray(cv2.convertScaleAbs(alpha, alpha=255.0), np.uint8)


class _Clock:
    """Times the steps."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - start

    def timed(self, name: str, work: Callable[[Given], Result], given: Given) -> Result:
        with self.step(name):
            return work(given)
