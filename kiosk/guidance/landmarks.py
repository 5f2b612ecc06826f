"""Find the face, the shoulders and the person in a picture.

Live, a face is followed from frame to frame, and the slower models run on some frames only, when
the frame's verdict is out. In a file every model runs once, and small or tight pictures are given
a border and enlarged until a face is found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import cv2
import numpy as np

from hardware.base import Pixels
from kiosk.guidance.attributes.networks import AttributeNetworks, Attributes
from kiosk.guidance.body import Body, Hand, Shoulders, body_of
from kiosk.guidance.face_points import LEFT_CHEEK, RIGHT_CHEEK, eye_centres
from kiosk.guidance.face_tracker import FaceTracker
from kiosk.guidance.mediapipe_models import (
    SHORT_RANGE,
    FaceDetector,
    Floats,
    PersonSegmenter,
)
from kiosk.guidance.pose_model import body_below
from kiosk.guidance.shared_models import COUNT_CONFIDENCE, SharedModels
from kiosk.settings.guidance import GuidanceSettings

FACE_POINTS = 478
_SMALL_PX = 256
"""A picture with a shorter side than this is a tight crop: it gets a border at once."""
_ENLARGED_PX, _LONGEST_PX = 512, 2048
"""It is enlarged to the first on its shorter side, but never beyond the second on the longer."""
_FACELESS_PX = 12
"""Nothing with a shorter side than this shows a face."""
_BORDERS = (0.5, 1.0, 0.25)
"""Borders tried around a picture in which no face is found, fractions of its shorter side."""
_PERSON_ABOVE, _PERSON_SIDE = 1.35, 3.4
"""The square that is segmented: from so many face widths above the eyes, so many wide."""


@dataclass(frozen=True, slots=True, eq=False)
class PersonMask:
    """Which part of a square around head and shoulders is the person.

    Attributes:
        alpha: (n, n) float32, 0 (backdrop) to 1 (person).
        pixels: (n, n, 3) uint8 RGB, the picture at the mask's scale.
        left_px: the square's left edge in the picture; may be negative.
        top_px: its upper edge.
        step_px: pixels of the picture a cell of the mask is wide.
        inside: (rows, columns) of the mask that lie inside the picture; the rest is border.
    """

    alpha: Floats
    pixels: Pixels
    left_px: float
    top_px: float
    step_px: float
    inside: tuple[slice, slice]


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """What was found in one picture.

    Attributes:
        width_px: the picture's width.
        height_px: the picture's height.
        faces: how many faces are in it; never 1 where `face` is None.
        face: (478, 3) float32, x, y and relative depth (nearer is smaller) in pixels of the
            picture; None when no face was found. The numbering is MediaPipe's.
        shoulders: None when they were not looked for, or nobody was seen.
        hands: the left and the right one, found with the shoulders; None likewise.
        person: None when it was not looked for, or no face was found.
        attributes: what is worn or lies over the face, `kiosk.guidance.attributes.networks.NAMES`
            to a figure from 0 to 1; None when it was not looked for.
    """

    width_px: int
    height_px: int
    faces: int
    face: Floats | None = None
    shoulders: Shoulders | None = None
    hands: tuple[Hand, Hand] | None = None
    person: PersonMask | None = None
    attributes: Attributes | None = None


def _not_one(faces: int) -> int:
    """Return the count where no face could be measured: a single one does not count as seen."""
    return faces if faces > 1 else 0


class LandmarkFinder:
    """The models of guidance, loaded once. Used by one thread at a time.

    Args:
        settings: how often the slower models run.
        live: whether pictures follow each other as frames do.
        shared: models somebody else has loaded and closes; None for its own.
    """

    def __init__(
        self, settings: GuidanceSettings, *, live: bool, shared: SharedModels | None = None
    ) -> None:
        self._live = live
        self._settings = settings
        self._frames = 0
        self._seen = 0  # frames since the face was found
        models = shared or SharedModels(tracking=live)
        self._own = None if shared else models
        self._mesh, self._pose, self._segmenter = models.mesh, models.pose, models.segmenter
        self._far = models.far_faces
        self._attributes = AttributeNetworks()
        self._tracker = FaceTracker(self._mesh, self._far)
        self._near = None if live else FaceDetector(SHORT_RANGE, confidence=COUNT_CONFIDENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the models."""
        for model in (self._near, self._own):
            if model is not None:
                model.close()

    def find(self, pixels: Pixels) -> Landmarks:
        """Look for the sitter in one picture, (H, W, 3) uint8 RGB; live, for the face only."""
        return self._find_live(pixels) if self._live else self._find_in_file(pixels)

    def look_closer(self, pixels: Pixels, found: Landmarks) -> Landmarks | None:
        """Run the slower model whose turn it is, live.

        Args:
            pixels: the frame `find` was called with last.
            found: what it returned.

        Returns:
            The same with what the model found; None when it is no model's turn.
        """
        face, turn, every = found.face, self._frames - 1, self._settings
        if face is None or not self._live:
            return None
        # They are spread over the frames, so that none waits for all of them. At a new face all
        # look at once, one after the other, lest a shot is taken before some did.
        body = person = attributes = None
        if self._seen == 1 or turn % every.person_every == every.person_every * 2 // 3:
            person = self._find_person(pixels, face)
        if self._seen == 2 or turn % every.shoulders_every == every.shoulders_every // 3:  # noqa: PLR2004
            body = self._find_body(pixels, face)
        if self._seen == 3 or turn % every.worn_every == every.worn_every // 2:  # noqa: PLR2004
            attributes = self._attributes.find(pixels, face)
        if body is None and person is None and attributes is None:
            return None
        shoulders, hands = body or (None, None)
        return replace(
            found, shoulders=shoulders, hands=hands, person=person, attributes=attributes
        )

    def forget(self) -> None:
        """Take the next face for a new one: every model looks at it at once."""
        self._seen = 0
        self._tracker.forget()

    def find_face(self, pixels: Pixels) -> Landmarks:
        """Look for faces only in one picture: neither shoulders nor the person's mask."""
        return self._find_in_file(pixels, only_face=True)

    def _find_live(self, pixels: Pixels) -> Landmarks:
        height, width = pixels.shape[:2]
        turn, self._frames = self._frames, self._frames + 1
        face = self._tracker.find(pixels, count=turn % self._settings.faces_every == 0)
        self._seen = 0 if face is None else self._seen + 1
        if face is None:
            return Landmarks(width, height, _not_one(self._tracker.faces))
        return Landmarks(width, height, max(1, self._tracker.faces), face)

    def _find_in_file(self, pixels: Pixels, *, only_face: bool = False) -> Landmarks:
        height, width = pixels.shape[:2]
        if min(height, width) < _FACELESS_PX:
            return Landmarks(width, height, 0)
        face = self._find_face_in_file(pixels)
        faces = len(self._far.find(pixels))
        if self._near is not None:
            faces = max(faces, len(self._near.find(pixels)))
        if face is None:
            return Landmarks(width, height, _not_one(faces))
        if only_face:
            return Landmarks(width, height, max(1, faces), face)
        shoulders, hands = self._find_body(pixels, face) or (None, None)
        return Landmarks(
            width,
            height,
            max(1, faces),
            face,
            shoulders,
            hands,
            self._find_person(pixels, face),
            self._attributes.find(pixels, face),
        )

    def _find_face_in_file(self, pixels: Pixels) -> Floats | None:
        if min(pixels.shape[:2]) >= _SMALL_PX:
            face = self._mesh.find(pixels)
            if face is not None:
                return face
            boxes = self._far.find(pixels)
            if len(boxes):
                face = self._find_in_box(pixels, boxes[np.argmax(boxes[:, 2])])
                if face is not None:
                    return face
        for border in _BORDERS:
            face = self._find_with_border(pixels, border)
            if face is not None:
                return face
        return None

    def _find_in_box(self, pixels: Pixels, box: Floats) -> Floats | None:
        """Look at twice the size of a detected face, enlarged when it is small."""
        left, top, width, height = (float(v) for v in box)
        height_px, width_px = pixels.shape[:2]
        x0, x1 = max(0, int(left - width / 2)), min(width_px, int(left + width * 1.5))
        y0, y1 = max(0, int(top - height / 2)), min(height_px, int(top + height * 1.5))
        if x1 - x0 < 2 or y1 - y0 < 2:  # noqa: PLR2004 - nothing of the box is inside
            return None
        face = self._find_with_border(pixels[y0:y1, x0:x1], 0.0)
        return None if face is None else face + np.array([x0, y0, 0], np.float32)

    def _find_with_border(self, pixels: Pixels, border: float) -> Floats | None:
        edge = round(border * min(pixels.shape[:2]))
        wide = cv2.copyMakeBorder(pixels, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        short, long = sorted(wide.shape[:2])
        scale = max(1.0, min(_ENLARGED_PX / short, _LONGEST_PX / long))
        if scale > 1.0:
            wide = cv2.resize(wide, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        face = self._mesh.find(wide)
        return None if face is None else face / scale - np.array([edge, edge, 0], np.float32)

    def _find_body(self, pixels: Pixels, face: Floats) -> Body | None:
        points = self._pose.find(pixels, body_below(face))
        return None if points is None else body_of(points)

    def _find_person(self, pixels: Pixels, face: Floats) -> PersonMask:
        """Segment the square around head and shoulders, at the segmenter's own size."""
        cells = PersonSegmenter.SIDE_PX
        width = float(np.hypot(*(face[LEFT_CHEEK, :2] - face[RIGHT_CHEEK, :2])))
        side = max(1, round(width * _PERSON_SIDE))
        if side > 2 * cells:
            # Shrinking by a whole number is several times faster.
            side = cells * round(side / cells)
        left = round(float(face[(LEFT_CHEEK, RIGHT_CHEEK), 0].mean()) - side / 2)
        top = round(float(np.mean([e[1] for e in eye_centres(face)])) - width * _PERSON_ABOVE)
        height_px, width_px = pixels.shape[:2]
        x0, x1 = max(0, left), max(1, min(width_px, left + side))
        y0, y1 = max(0, top), max(1, min(height_px, top + side))
        square = pixels[min(y0, y1 - 1) : y1, min(x0, x1 - 1) : x1]
        if square.shape[:2] != (side, side):
            missing = side - square.shape[0], side - square.shape[1]
            above, before = min(y0 - top, missing[0]), min(x0 - left, missing[1])
            square = cv2.copyMakeBorder(
                square,
                above,
                missing[0] - above,
                before,
                missing[1] - before,
                cv2.BORDER_REPLICATE,
            )
        square = cv2.resize(square, (cells, cells), interpolation=cv2.INTER_AREA)
        step = side / cells
        rows = slice(max(0, round(-top / step)), min(cells, round((height_px - top) / step)))
        columns = slice(max(0, round(-left / step)), min(cells, round((width_px - left) / step)))
        return PersonMask(
            self._segmenter.find(square), square, float(left), float(top), step, (rows, columns)
        )
