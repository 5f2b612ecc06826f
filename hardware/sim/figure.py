"""The sitter's picture, cut out: from the rendered sprites, or from any picture given."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from hardware.base import Pixels
from hardware.errors import Misconfigured
from hardware.sim.pose import Pose

_FACE_SHARE: Final = 0.30  # face width over the picture's width, where nothing better is known
_EYES_SHARE: Final = 0.40  # eye line over the picture's height, likewise
_BLEED_PX: Final = 5.0
_SMALLEST_PX: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A cut-out person in one state.

    Attributes:
        rgba: (H, W, 4) uint8, straight alpha, sRGB; colours go on a little under alpha 0.
        eyes: middle between the eyes when facing the camera, (x, y) pixels.
        face_width: between the cheeks, pixels.
        crown_above: top of the hair above the eyes when facing the camera, pixels; 0 unknown.
        state: name of the sprite, ``portrait`` for a picture given.
        values: what is known exactly of it, as fields of `Pose`, and ``glasses``, ``cap`` and
            ``fringe``, 0 or 1.
        points: what is known exactly of where things are: ``eye_left``, ``eye_right``,
            ``crown``, ``chin``, ``shoulder_left``, ``shoulder_right``; (x, y) pixels.
        smaller: the same picture at 3/4, 1/2, 3/8 … of the size, made when asked for.
    """

    rgba: Pixels
    eyes: tuple[float, float]
    face_width: float
    crown_above: float = 0.0
    state: str = "portrait"
    values: Mapping[str, float] = field(default_factory=dict)
    points: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    smaller: dict[float, Pixels] = field(default_factory=dict)

    def level(self, scale: float) -> tuple[Pixels, float]:
        """Return the picture best sampled at a scale, and its own size as a factor."""
        for factor in (0.25, 0.375, 0.5, 0.75):
            if scale <= factor * 1.02:
                if factor not in self.smaller:
                    self.smaller[factor] = _shrink(self.rgba, factor)
                return self.smaller[factor], factor
        return self.rgba, 1.0


# What the sprites' names say, as fields of Pose: yaw and pitch towards the picture's right and
# up, left and right eye the sitter's own. Whatever is not said is as in the good pose.
SPRITE_VALUES: Final[Mapping[str, Mapping[str, float]]] = {
    "neutral": {},
    "yaw_-10": {"yaw_deg": -10.0},
    "yaw_-5": {"yaw_deg": -5.0},
    "yaw_+5": {"yaw_deg": 5.0},
    "yaw_+10": {"yaw_deg": 10.0},
    "pitch_-10": {"pitch_deg": -10.0},
    "pitch_-5": {"pitch_deg": -5.0},
    "pitch_+5": {"pitch_deg": 5.0},
    "pitch_+10": {"pitch_deg": 10.0},
    "both_closed": {"eye_left": 0.0, "eye_right": 0.0},
    "left_closed": {"eye_left": 0.0},
    "right_closed": {"eye_right": 0.0},
    "mouth_open": {"mouth_open": 0.45},
    "smile": {"smile": 0.7},
    "gaze_aside": {"gaze_deg": 22.0},
    "glasses": {},
    "cap": {},
    "fringe": {},
}
_WEIGHTS: Final[Mapping[str, float]] = {
    "yaw_deg": 0.1, "pitch_deg": 0.1, "eye_left": 1.6, "eye_right": 1.6, "mouth_open": 2.5,
    "smile": 1.0, "gaze_deg": 0.04,
}  # fmt: skip
_WORN: Final = ("glasses", "cap", "fringe")


def choose_state(pose: Pose, available: tuple[str, ...]) -> str:
    """Name the sprite nearest to a pose; ``neutral`` where nothing fits better."""

    def difference(state: str) -> float:
        has = SPRITE_VALUES[state]
        total: float = sum(
            weight * abs(getattr(pose, name) - has.get(name, getattr(Pose(), name)))
            for name, weight in _WEIGHTS.items()
        )
        worn = state if state in _WORN else ""
        return total + 5.0 * (worn != pose.wearing)

    known = [state for state in available if state in SPRITE_VALUES]
    return min(known, key=difference, default="neutral")


class Wardrobe:
    """All figures of one sitter, loaded when first needed and kept.

    Args:
        person: a person of `hardware.sim.sitter.sprites`; None for the first.
        portrait: any picture to put in the sitter's place instead.

    Raises:
        Misconfigured: there is no such person or picture.
    """

    def __init__(self, person: str | None = None, portrait: Path | None = None) -> None:
        self._portrait = None if portrait is None else portrait_figure(portrait)
        self._kept: dict[str, Figure] = {}
        self._person = ""
        self._states: tuple[str, ...] = ()
        if self._portrait is None:
            from hardware.sim.sitter import sprites

            people = tuple(sprites.people())
            if person is not None and person not in people:
                raise Misconfigured(
                    f"There is no simulated sitter {person!r}. Choose one of: {', '.join(people)}."
                )
            if not people:
                raise Misconfigured("The simulated sitter's pictures are missing. Reinstall.")
            self._person = person or people[0]
            self._states = tuple(sprites.states(self._person))

    def dress(self, pose: Pose) -> Figure:
        """Return the figure that fits a pose best."""
        if self._portrait is not None:
            return self._portrait
        state = choose_state(pose, self._states)
        if state not in self._kept:
            self._kept[state] = self._load(state)
        return self._kept[state]

    def _load(self, state: str) -> Figure:
        from hardware.sim.sitter import sprites

        sprite = sprites.load(self._person, state)
        sprites.load.cache_clear()  # this wardrobe keeps its own copy; two would be a waste
        asked, measured = sprite.truth.asked, sprite.truth.measured
        points = {
            "eye_left": measured.eye_l,
            "eye_right": measured.eye_r,
            "crown": measured.crown,
            "chin": measured.chin,
            "shoulder_left": measured.shoulder_l,
            "shoulder_right": measured.shoulder_r,
        }
        values = {
            "yaw_deg": asked.yaw,
            "pitch_deg": asked.pitch,
            "eye_left": asked.open_l,
            "eye_right": asked.open_r,
            "mouth_open": asked.mouth_open,
            "smile": asked.smile,
            "gaze_deg": asked.gaze_yaw,
            "glasses": float(asked.glasses),
            "cap": float(asked.cap),
            "fringe": float(asked.fringe),
        }
        if state == "neutral":
            eyes = (
                (measured.eye_l[0] + measured.eye_r[0]) / 2,
                (measured.eye_l[1] + measured.eye_r[1]) / 2,
            )
            width = measured.face_width_px
            crown_above = eyes[1] - measured.crown[1]
        else:  # the same camera took them all, and the body stays where it was
            if "neutral" not in self._kept:
                self._kept["neutral"] = self._load("neutral")
            neutral = self._kept["neutral"]
            eyes, width, crown_above = neutral.eyes, neutral.face_width, neutral.crown_above
        return Figure(_ready(sprite.rgba), eyes, width, crown_above, state, values, points)


@functools.lru_cache(maxsize=4)
def portrait_figure(path: Path) -> Figure:
    """Cut a person out of a picture.

    A picture with an alpha channel keeps it. From any other the person is cut out by colour
    (GrabCut), which is right where the background is plain.

    Args:
        path: the picture, one face in it.

    Raises:
        Misconfigured: it cannot be read, or is too small.
    """
    data = np.fromfile(path, np.uint8) if path.is_file() else np.empty(0, np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED) if data.size else None
    if picture is None or min(picture.shape[:2]) < _SMALLEST_PX:
        raise Misconfigured(
            f"The portrait {path} is missing, no picture, or smaller than {_SMALLEST_PX} pixels. "
            "Give a JPEG or PNG of one person."
        )
    if picture.dtype != np.uint8:
        picture = cv2.convertScaleAbs(picture, alpha=255.0 / np.iinfo(picture.dtype).max)
    if picture.ndim == 2:  # noqa: PLR2004 - grey
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    bgr = np.ascontiguousarray(picture[:, :, :3])
    eyes, face_width = _find_face(bgr)
    has_alpha = picture.shape[2] == 4 and picture[:, :, 3].min() < 255  # noqa: PLR2004
    alpha = picture[:, :, 3] if has_alpha else _cut_out(bgr, eyes, face_width)
    rgba: Pixels = np.dstack([bgr[:, :, ::-1], alpha])
    return Figure(_ready(rgba), eyes, face_width)


def _find_face(bgr: Pixels) -> tuple[tuple[float, float], float]:
    """Where the eyes are and how wide the face is: OpenCV's own detector, else a guess."""
    height, width = bgr.shape[:2]
    scale = 480 / max(height, width)
    small = cv2.resize(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), None, fx=scale, fy=scale)
    detector = cv2.CascadeClassifier(
        str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml")
    )
    found = detector.detectMultiScale(small, 1.05, 5, minSize=(60, 60))
    if len(found) == 0:
        return (width / 2, height * _EYES_SHARE), width * _FACE_SHARE
    x, y, side, _ = max(found, key=lambda box: box[2])
    # The detector's square reaches from mid-forehead to the chin, a little wider than the cheeks.
    return ((x + side / 2) / scale, (y + 0.39 * side) / scale), 0.80 * side / scale


def _cut_out(bgr: Pixels, eyes: tuple[float, float], face_width: float) -> Pixels:
    height, width = bgr.shape[:2]
    scale = 360 / max(height, width)
    small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mask = np.full(small.shape[:2], cv2.GC_PR_BGD, np.uint8)
    x, y, face = eyes[0] * scale, eyes[1] * scale, face_width * scale

    def ellipse(cx: float, cy: float, rx: float, ry: float, value: int) -> None:
        axes = (math.ceil(rx), math.ceil(ry))
        cv2.ellipse(mask, (round(cx), round(cy)), axes, 0, 0, 360, value, -1)

    ellipse(x, y + 2.1 * face, 1.3 * face, 1.2 * face, cv2.GC_PR_FGD)
    ellipse(x, y + 0.1 * face, 0.75 * face, 1.1 * face, cv2.GC_PR_FGD)
    ellipse(x, y + 0.15 * face, 0.4 * face, 0.55 * face, cv2.GC_FGD)
    ellipse(x, y + 2.2 * face, 0.6 * face, 0.9 * face, cv2.GC_FGD)
    top = max(1, round(y - 1.2 * face))
    mask[:top] = cv2.GC_BGD
    mask[: round(y + 0.3 * face), : max(1, round(x - 1.2 * face))] = cv2.GC_BGD
    mask[: round(y + 0.3 * face), min(small.shape[1] - 1, round(x + 1.2 * face)) :] = cv2.GC_BGD
    cv2.setRNGSeed(1)  # the same picture gives the same cut
    cv2.grabCut(small, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    person = np.where((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), 255, 0).astype(np.uint8)
    soft = cv2.GaussianBlur(person, (0, 0), 1.0)
    full: Pixels = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    return full


def _ready(rgba: Pixels) -> Pixels:
    """Let the person's colour go on a few pixels outwards: resampling then takes in no other."""
    out = rgba.copy()
    outside = cv2.inRange(out[:, :, 3], 0, 0)
    away, nearest = cv2.distanceTransformWithLabels(
        outside, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    # Every pixel of the person is its own nearest, so it knows the label its neighbours have.
    ring = (away > 0) & (away <= _BLEED_PX)
    inside = np.flatnonzero(outside == 0)
    by_label = np.zeros(int(nearest.max()) + 1, np.intp)
    by_label[nearest.ravel()[inside]] = inside
    out[ring, :3] = out.reshape(-1, 4)[by_label[nearest[ring]], :3]
    return out


def _shrink(rgba: Pixels, factor: float) -> Pixels:
    small: Pixels = cv2.resize(rgba, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return small
