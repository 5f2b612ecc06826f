"""A calibration on its way: takes each step's pictures, has them judged, makes the profile."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import cv2
import numpy as np

from calibration.backdrop import PLATE_SIDE_PX, Plate, check_backdrop
from calibration.board import Board
from calibration.colour import check_colour
from calibration.drift import shared_detail
from calibration.errors import CalibrationError
from calibration.exposure import adjusted, as_section, check_exposure
from calibration.focus import check_focus
from calibration.geometry import PhotoDemand, check_geometry
from calibration.limits import PlateLimits, StepLimits
from calibration.profile import Exposure, Profile
from calibration.second_camera import Reader, check_second_camera
from calibration.step import Step, StepResult
from calibration.stills import decode_still, decode_stills
from calibration.view_map import check_view_map
from calibration.wizard import PLAN, Placing
from hardware.base import CameraSettings, CameraState, Pixels
from hardware.errors import Misconfigured, Unsupported

_LOOK_PX: Final = 3000  # longer side at which stills are looked at, but for focus
_WHOLE_PX: Final = 100_000
_TRIES: Final = 4
_BRACKET: Final = (0.5, 1.5)
_EMPTY_FRAMES: Final = 8
_CODE_FRAMES: Final = 4
_STEP_STILLS: Final = 2
_PICTURE_PX: Final = 960
_JPEG_QUALITY: Final = 82


class Cameras(Protocol):
    """The booth's cameras as calibration uses them. Each call may raise a `HardwareError`."""

    def still(self) -> bytes:
        """Take a still with the main camera; the file."""

    def live(self) -> Pixels:
        """Return a live view frame of the main camera."""

    def code_frame(self) -> Pixels:
        """Return a frame of the second camera."""

    def apply(self, settings: CameraSettings) -> CameraSettings:
        """Set manual values of the main camera and return what it reads back."""

    def state(self) -> CameraState:
        """Describe the main camera."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What calibration goes by.

    Attributes:
        board: the printed board.
        demand: what the photo's standard asks.
        read: reads codes in a frame of the second camera.
        limits: of the steps.
        plate_limits: of the plate.
        stills: how many for a plate.
        control: ``exposure_s`` or ``iso``: what the exposure step may change; empty for nothing.
    """

    board: Board
    demand: PhotoDemand
    read: Reader
    limits: StepLimits = field(default_factory=StepLimits)
    plate_limits: PlateLimits = field(default_factory=PlateLimits)
    stills: int = 5
    control: str = "exposure_s"


@dataclass(slots=True)
class _Taken:
    """A step's pictures by placing: still files, live view frames, frames of the second camera."""

    stills: dict[Placing, list[bytes]] = field(default_factory=dict)
    live: dict[Placing, list[Pixels]] = field(default_factory=dict)
    bracket: list[tuple[float, bytes]] = field(default_factory=list)


class Session:
    """Takes and judges step by step; not for several threads at once.

    Args:
        cameras: the booth's.
        conditions: what calibration goes by.
        before: the profile the booth has; steps not done anew are taken over from it.
    """

    def __init__(
        self, cameras: Cameras, conditions: Conditions, before: Profile | None = None
    ) -> None:
        self._cameras = cameras
        self._with = conditions
        self._taken: dict[Step, _Taken] = {}
        self._plate: Plate | None = before.plate if before is not None else None
        self._live: Pixels | None = before.live if before is not None else None
        self._settings: dict[str, float] = dict(before.exposure.settings) if before else {}
        self._sections: dict[str, Any] = dict(before.sections) if before is not None else {}
        self._pictures: dict[str, bytes] = dict(before.pictures) if before is not None else {}

    def take(self, step: Step, placing: Placing) -> None:
        """Take the pictures of one placing; those taken of it before are forgotten.

        Raises:
            HardwareError: a camera failed.
        """
        if placing is PLAN[step][0]:
            self._taken[step] = _Taken()
        taken = self._taken.setdefault(step, _Taken())
        if placing.by_second_camera:
            taken.live[placing] = [self._cameras.code_frame() for _ in range(_CODE_FRAMES)]
            return
        if step is Step.EXPOSURE:
            self._expose(taken)
        elif step is Step.BACKDROP:
            taken.live[placing] = [self._cameras.live() for _ in range(_EMPTY_FRAMES)]
            taken.stills[placing] = [self._cameras.still() for _ in range(self._with.stills)]
        elif step is Step.FOCUS:
            # A live view between two stills is what loses the focus where it is not locked.
            first = self._cameras.still()
            self._cameras.live()
            taken.stills[placing] = [first, self._cameras.still()]
        elif step is Step.VIEW_MAP:
            taken.live[placing] = [self._cameras.live()]
            taken.stills[placing] = [self._cameras.still()]
        else:
            count = _STEP_STILLS if step is Step.COLOUR else 1
            taken.stills[placing] = [self._cameras.still() for _ in range(count)]

    def judge(self, step: Step) -> StepResult:
        """Judge a step whose placings were all taken, and keep what the profile needs of it.

        Raises:
            CalibrationError: a still cannot be read, or nothing was taken.
        """
        if step not in self._taken:
            raise CalibrationError(
                f"No pictures were taken for the step '{step}'. Take them first."
            )
        # A step is repeated from its first picture: these are not needed again.
        result = _JUDGES[step](self, self._taken.pop(step))
        self._sections[step.value] = result.as_section()
        for name in [n for n in self._pictures if n.startswith(f"{step.value}-")]:
            del self._pictures[name]
        for name, picture in result.pictures.items():
            self._pictures[f"{step.value}-{name}.jpg"] = _jpeg(picture)
        return result

    def profile(self, booth: str) -> Profile:
        """Return the profile of what was done, and of what was known before.

        Raises:
            CalibrationError: there is no clean plate yet.
        """
        if self._plate is None:
            raise CalibrationError(
                "There is no clean plate yet, and a profile needs one. Do the step 'backdrop'."
            )
        state = self._cameras.state()
        camera = {"driver": state.driver, "model": state.model, "serial": state.serial}
        gains = self._sections.get("colour", {}).get("white_gains")
        return Profile(
            booth=booth,
            plate=self._plate,
            exposure=Exposure(
                settings=self._settings,
                plate_level=self._plate.uniformity.mean,
                white_point=None if gains is None else (gains[0], gains[2]),
            ),
            created_at=datetime.now(UTC),
            sections={**self._sections, "camera": camera},
            live=self._live,
            pictures=self._pictures,
        )

    def _expose(self, taken: _Taken) -> None:
        """Bring the grey card to its level, then take what the step is judged by."""
        placing, limits = Placing.GREY_CARD, self._with.limits
        has = self._set(CameraSettings())
        still = self._cameras.still()
        for _ in range(_TRIES):
            error = check_exposure([_decoded(still)[0]], limits=limits).figures.get(
                "exposure_error"
            )
            if error is None or abs(error.value) <= limits.max_exposure_error / 4 or has is None:
                break
            wanted = adjusted(has, error.value, self._with.control) if self._with.control else None
            if wanted is None or (has := self._set(wanted)) is None:
                break
            still = self._cameras.still()
        taken.stills[placing] = [still, self._cameras.still()]
        taken.live[placing] = [self._cameras.live()]
        taken.bracket = self._bracket(has) if has is not None else []
        if has is not None:
            self._settings = as_section(has)

    def _bracket(self, has: CameraSettings) -> list[tuple[float, bytes]]:
        """Take the card darker and brighter, and set the camera back."""
        taken = []
        for factor in _BRACKET:
            wanted = adjusted(has, -math.log2(factor), self._with.control or "exposure_s")
            if wanted is None or (got := self._set(wanted)) is None:
                break
            # What the camera really set: its values are steps.
            real = _light(got) / _light(has)
            taken.append((real, self._cameras.still()))
        self._set(has)
        return taken

    def _set(self, settings: CameraSettings) -> CameraSettings | None:
        """Set values and return what the camera has; None where it takes none."""
        try:
            return self._cameras.apply(settings)
        except (Unsupported, Misconfigured):
            return None

    def _judge_exposure(self, taken: _Taken) -> StepResult:
        placing = Placing.GREY_CARD
        stills = [_decoded(still)[0] for still in taken.stills[placing]]
        bracket = [(factor, _decoded(still)[0]) for factor, still in taken.bracket]
        return check_exposure(stills, taken.live[placing][0], bracket, self._with.limits)

    def _judge_backdrop(self, taken: _Taken) -> StepResult:
        stills = taken.stills[Placing.EMPTY]
        named = [(f"Plate still {i + 1}", data) for i, data in enumerate(stills)]
        pixels, size = decode_stills(named, PLATE_SIDE_PX)
        result, plate = check_backdrop(pixels, size, self._with.plate_limits, self._with.limits)
        if plate is None:
            return result
        self._plate = plate
        *frames, other = taken.live[Placing.EMPTY]
        total = np.zeros(frames[0].shape, np.float32)
        for frame in frames:
            total += frame
        self._live = np.rint(total / len(frames)).astype(np.uint8)
        detail = round(shared_detail(other, self._live), 4)
        return replace(result, section={**result.section, "live_detail": detail})

    def _judge_colour(self, taken: _Taken) -> StepResult:
        stills = [_decoded(still)[0] for still in taken.stills[Placing.CHART]]
        return check_colour(stills, self._with.limits)

    def _judge_geometry(self, taken: _Taken) -> StepResult:
        decoded = [_decoded(taken.stills[p][0]) for p in PLAN[Step.GEOMETRY] if p in taken.stills]
        (upright, size), *others = decoded
        return check_geometry(
            upright, [pixels for pixels, _ in others], self._with.board, self._with.demand,
            self._with.limits, full_height=size[1],
        )  # fmt: skip

    def _judge_focus(self, taken: _Taken) -> StepResult:
        stills = [decode_still(s, "The still", _WHOLE_PX)[0] for s in taken.stills[Placing.EDGE]]
        scale = self._sections.get("geometry", {}).get("pixels_per_mm")
        return check_focus(stills, self._with.limits, scale)

    def _judge_view_map(self, taken: _Taken) -> StepResult:
        still = _decoded(taken.stills[Placing.BOARD][0])[0]
        live = taken.live[Placing.BOARD][0]
        return check_view_map(still, live, self._with.board, self._with.limits)

    def _judge_second_camera(self, taken: _Taken) -> StepResult:
        frames: Mapping[str, Sequence[Pixels]] = {
            placing.value.removeprefix("code_"): taken.live[placing]
            for placing in PLAN[Step.SECOND_CAMERA]
            if placing in taken.live
        }
        return check_second_camera(frames, self._with.read, self._with.limits)


_JUDGES: Final[Mapping[Step, Callable[[Session, _Taken], StepResult]]] = {
    Step.EXPOSURE: Session._judge_exposure,  # noqa: SLF001 - its own
    Step.BACKDROP: Session._judge_backdrop,  # noqa: SLF001
    Step.COLOUR: Session._judge_colour,  # noqa: SLF001
    Step.GEOMETRY: Session._judge_geometry,  # noqa: SLF001
    Step.FOCUS: Session._judge_focus,  # noqa: SLF001
    Step.VIEW_MAP: Session._judge_view_map,  # noqa: SLF001
    Step.SECOND_CAMERA: Session._judge_second_camera,  # noqa: SLF001
}


def _decoded(still: bytes) -> tuple[Pixels, tuple[int, int]]:
    return decode_still(still, "The still", _LOOK_PX)


def _light(settings: CameraSettings) -> float:
    aperture = settings.aperture or 1.0
    return (settings.exposure_s or 1.0) * (settings.iso or 100) / aperture**2


def _jpeg(picture: Pixels) -> bytes:
    scale = min(_PICTURE_PX / picture.shape[1], 1.0)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    done, encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise CalibrationError("A picture of the step cannot be stored. Repeat the step.")
    return bytes(encoded.tobytes())
