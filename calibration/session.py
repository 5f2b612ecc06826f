"""A calibration on its way: takes each step's pictures, has them judged, makes the profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import cv2

from calibration.backdrop import Plate
from calibration.board import Board
from calibration.cameras import Cameras
from calibration.colour import check_colour
from calibration.errors import CalibrationError
from calibration.exposing import LOOK_PX, expose
from calibration.exposure import as_section, check_exposure
from calibration.focus import check_focus
from calibration.geometry import PhotoDemand, check_geometry
from calibration.limits import PlateLimits, StepLimits
from calibration.plate_step import judge_empty_booth
from calibration.profile import Exposure, Profile
from calibration.second_camera import Reader, check_second_camera
from calibration.step import Finding, Step, StepResult
from calibration.stills import decode_still
from calibration.validity import other_camera
from calibration.view_map import check_view_map
from calibration.wizard import PLAN, Placing
from hardware.base import Pixels
from hardware.errors import DeviceLost

_WHOLE_PX: Final = 100_000
_SAME_VALUE: Final = 0.02
"""A camera's value that is off by so much, as a fraction, is the same one, read back otherwise."""
_SETTLING_FRAMES: Final = 4  # the first ones may be older than the stills before them
_EMPTY_FRAMES: Final = 8
_CODE_FRAMES: Final = 4
_STEP_STILLS: Final = 2
_PICTURE_PX: Final = 960
_JPEG_QUALITY: Final = 82


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
        mains_hz: alternations per second of the mains.
    """

    board: Board
    demand: PhotoDemand
    read: Reader
    limits: StepLimits = field(default_factory=StepLimits)
    plate_limits: PlateLimits = field(default_factory=PlateLimits)
    stills: int = 5
    control: str = "exposure_s"
    mains_hz: float = 50.0


@dataclass(slots=True)
class _Taken:
    """A step's pictures by placing: still files, live view frames, frames of the second camera."""

    stills: dict[Placing, list[bytes]] = field(default_factory=dict)
    live: dict[Placing, list[Pixels]] = field(default_factory=dict)
    bracket: list[tuple[float, bytes]] = field(default_factory=list)
    settings: dict[str, float] | None = None


class Session:
    """Takes and judges step by step; not for several threads at once.

    Args:
        cameras: the booth's.
        conditions: what calibration goes by.
        before: the profile the booth has; steps not done anew are taken over from it, if it was
            made with the camera that is there now.
    """

    def __init__(
        self, cameras: Cameras, conditions: Conditions, before: Profile | None = None
    ) -> None:
        self._cameras = cameras
        self._with = conditions
        self._before = before
        self._done: set[str] = set()
        self._why = ""
        self._taken: dict[Step, _Taken] = {}
        self._plate: Plate | None = before.plate if before is not None else None
        self._live: Pixels | None = before.live if before is not None else None
        self._settings: dict[str, float] = dict(before.exposure.settings) if before else {}
        self._sections: dict[str, Any] = dict(before.sections) if before is not None else {}
        self._pictures: dict[str, bytes] = dict(before.pictures) if before is not None else {}

    def take(self, step: Step, placing: Placing) -> None:
        """Take the pictures of one placing; those taken of it before are forgotten.

        Raises:
            HardwareError: a camera failed, or the main camera's stand-in is in use.
        """
        if not placing.by_second_camera and self._cameras.state().stand_in:
            raise DeviceLost(
                "The main camera is away and its stand-in has taken over. Bring the main camera "
                "back, then calibrate."
            )
        if placing is PLAN[step][0]:
            self._taken[step] = _Taken()
        taken = self._taken.setdefault(step, _Taken())
        if placing.by_second_camera:
            taken.live[placing] = [self._cameras.code_frame() for _ in range(_CODE_FRAMES)]
            return
        if step is Step.EXPOSURE:
            self._expose(taken, placing)
        elif step is Step.BACKDROP:
            taken.stills[placing] = [self._cameras.still() for _ in range(self._with.stills)]
            frames = [self._cameras.live() for _ in range(_SETTLING_FRAMES + _EMPTY_FRAMES)]
            taken.live[placing] = frames[_SETTLING_FRAMES:]
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
        self._forget_another_camera()
        result = _JUDGES[step](self, self._taken.pop(step))
        self._done.add(step.value)
        self._sections[step.value] = result.as_section()
        kept = {n: d for n, d in self._pictures.items() if not n.startswith(f"{step.value}-")}
        new = {f"{step.value}-{name}.jpg": _jpeg(p) for name, p in result.pictures.items()}
        self._pictures = kept | new
        return result

    def profile(self, booth: str) -> Profile:
        """Return the profile of what was done, and of what was known before.

        Raises:
            CalibrationError: there is no clean plate yet.
        """
        self._forget_another_camera()
        if self._plate is None:
            raise CalibrationError(
                f"{self._why}There is no clean plate yet, and a profile needs one. Do the step "
                "'backdrop'."
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

    def _forget_another_camera(self) -> None:
        """Take nothing over from a profile that was made with another camera."""
        other = self._before and other_camera(self._before, self._cameras.state())
        if not other:
            return
        self._before, self._why = None, f"{other.message} "
        self._sections = {k: v for k, v in self._sections.items() if k in self._done}
        self._pictures = {
            name: data
            for name, data in self._pictures.items()
            if any(name.startswith(f"{step}-") for step in self._done)
        }
        if Step.EXPOSURE not in self._done:
            self._settings = {}
        if Step.BACKDROP not in self._done:
            self._plate = self._live = None

    def _expose(self, taken: _Taken, placing: Placing) -> None:
        found = expose(self._cameras, self._with.limits, self._with.control, self._with.mains_hz)
        taken.stills[placing], taken.live[placing] = list(found.stills), [found.live]
        taken.bracket = list(found.bracket)
        taken.settings = None if found.settings is None else as_section(found.settings)

    def _judge_exposure(self, taken: _Taken) -> StepResult:
        placing = Placing.GREY_CARD
        stills = [_decoded(still)[0] for still in taken.stills[placing]]
        bracket = [(factor, _decoded(still)[0]) for factor, still in taken.bracket]
        result = check_exposure(stills, taken.live[placing][0], bracket, self._with.limits)
        if taken.settings is None or _same(taken.settings, self._settings):
            return result
        self._settings = taken.settings
        if self._plate is None:
            return result
        old = Finding(
            "backdrop_again",
            "The exposure is another one than the clean plate was taken with. Do the step "
            "'backdrop' again.",
            serious=False,
        )
        plate = self._sections.get("backdrop", {})
        outdated = [[old.key, old.message, True]]
        self._sections["backdrop"] = {**plate, "passed": False, "findings": outdated}
        return replace(result, findings=(*result.findings, old))

    def _judge_backdrop(self, taken: _Taken) -> StepResult:
        result, found = judge_empty_booth(
            taken.stills[Placing.EMPTY],
            taken.live[Placing.EMPTY],
            self._sections.get("exposure", {}),
            self._with.plate_limits,
            self._with.limits,
        )
        if found is not None:
            self._plate, self._live = found.plate, found.live
        return result

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
    return decode_still(still, "The still", LOOK_PX)


def _same(values: Mapping[str, float], others: Mapping[str, float]) -> bool:
    """Whether these are the same values of a camera."""
    return values.keys() == others.keys() and all(
        abs(value - others[name]) <= _SAME_VALUE * abs(value) for name, value in values.items()
    )


def _jpeg(picture: Pixels) -> bytes:
    scale = min(_PICTURE_PX / picture.shape[1], 1.0)
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    done, encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), options)
    if not done:
        raise CalibrationError("A picture of the step cannot be stored. Repeat the step.")
    return bytes(encoded.tobytes())
