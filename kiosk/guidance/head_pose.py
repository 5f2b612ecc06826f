"""Which way the head faces, from the face points.

Angles are those of ISO/IEC 19794-5: yaw is positive when the person looks to the own left, pitch
when the person looks down, roll when the head leans to the own right shoulder (counter-clockwise
in the picture); 0, 0, 0 is a frontal portrait.

Yaw and pitch come from the rotation that carries a reference head onto the points (least squares
over rotation, scale and shift: Umeyama, IEEE PAMI 13(4), 1991). The reference is
``head_reference.csv``: the mean of 124 frontal portraits as MediaPipe measures them, made
symmetric; so whatever the mesh model always gets wrong, such as its tilt in pitch, is in the
reference too and falls out. Only points that neither speech nor a smile moves are used.

The mesh damps pitch, exaggerates yaw, and takes expression for pitch: see the constants.

Assumed: an orthographic view, that is a camera far away against the depth of a face. From 1.2 m
the nose looks a tenth larger than the ears; with a frontal face this is the same on both sides
and changes no angle. A face off the picture's middle is seen along a slanted line: what is
measured is the head against that line of sight, which is also what the photo shows.

Roll is the slope of the line through both pupils, because that is what receivers check ("pupil
line"), not the roll of the whole head.
"""

from __future__ import annotations

import csv
import functools
import math
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

from kiosk.guidance.expression import measure_smile
from kiosk.guidance.face_points import LEFT_EYE, RIGHT_EYE, EyePoints
from kiosk.guidance.mediapipe_models import Floats
from kiosk.guidance.mouth import measure_mouth_open

YAW_GAIN = 1.206
"""What the mesh model makes of the sine of yaw: it sees heads deeper than they are. Fitted to
rendered heads turned by -20 to 20 degrees; what is left is 0.6 degrees."""
PITCH_GAIN = 0.80
"""What it makes of pitch."""
PITCH_OF_SMILE_DEG, PITCH_OF_GAP_DEG = 33.5, -14.3
"""A smile looks like a chin held low, an open mouth like a raised one: degrees for a smile, and
for a gap between the lips, of one distance of the eyes (`measure_smile`, `measure_mouth_open`)."""
PITCH_ZERO_DEG = 2.2
"""What a level face measures against the reference, degrees.

Gain and the two above are fitted to rendered heads of four people, -20 to 20 degrees; for a person
left out of the fit the mean error is 1.1 degrees. The zero is a compromise. Against it the
rendered heads have a mean of 1.0, and the 124 portraits one of -2.4: people who were asked to
look into the lens, and who do hold their heads differently, as the height of their ears shows.
"""


_MOST_STEPS, _ROUND = 20, 1e-9
_TO_REFERENCE = np.array([1.0, -1.0, -1.0])
"""Pixels count down and depth counts away from the camera; the reference does neither."""


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Degrees; signs as in ISO/IEC 19794-5."""

    roll_deg: float
    yaw_deg: float
    pitch_deg: float


@functools.cache
def _reference() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return point numbers (n,) and positions (n, 3): x right, y up, z to the camera."""
    text = (resources.files("kiosk.guidance") / "head_reference.csv").read_text("utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    points = np.array([int(row["point"]) for row in rows], np.intp)
    positions = np.array([[float(row[axis]) for axis in "xyz"] for row in rows])
    return points, positions - positions.mean(axis=0)


def rotation_between(
    reference: npt.NDArray[np.float64], points: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the (3, 3) rotation that carries `reference` best onto `points`, both (n, 3).

    Both may be shifted and scaled at will.
    """
    return _rotation_of_centred(reference - reference.mean(axis=0), points)


def _rotation_of_centred(
    reference: npt.NDArray[np.float64], points: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    # One of the two centred is enough: the other's mean falls out of the product.
    product = np.einsum("ni,nj->ij", points, reference)
    turned = _nearest_rotation(product.tolist())
    if turned is not None:
        return np.array(turned)
    u, _, vt = np.linalg.svd(product)
    if np.linalg.det(product) < 0:  # it mirrors
        u[:, 2] = -u[:, 2]
    rotation: npt.NDArray[np.float64] = u @ vt
    return rotation


_Rows = list[list[float]]
_LEAST_DETERMINANT = 1e-3
"""Of a matrix over the cube of its size: less is flat, or mirrors."""


def _nearest_rotation(matrix: _Rows) -> _Rows | None:
    """Return the rotation nearest to a 3 x 3 matrix, None where only its SVD tells.

    Newton's iteration for the polar decomposition, scaled (Higham, SIAM J. Sci. Stat. Comput.
    7(4), 1986). On every frame, it costs a fraction of what waking up LAPACK does.
    """
    (a, b, c), (d, e, f), (g, h, i) = matrix
    for _ in range(_MOST_STEPS):
        # Cofactors: the inverse transposed, times the determinant.
        ca, cb, cc = e * i - f * h, f * g - d * i, d * h - e * g
        cd, ce, cf = c * h - b * i, a * i - c * g, b * g - a * h
        cg, ch, ci = b * f - c * e, c * d - a * f, a * e - b * d
        determinant = a * ca + b * cb + c * cc
        size = math.hypot(a, b, c, d, e, f, g, h, i)
        if not determinant > _LEAST_DETERMINANT * size**3:
            return None
        scale = math.sqrt(math.hypot(ca, cb, cc, cd, ce, cf, cg, ch, ci) / (determinant * size))
        s, t = scale / 2, 0.5 / (scale * determinant)
        a, b, c = s * a + t * ca, s * b + t * cb, s * c + t * cc
        d, e, f = s * d + t * cd, s * e + t * ce, s * f + t * cf
        g, h, i = s * g + t * cg, s * h + t * ch, s * i + t * ci
        if abs(scale - 1.0) < _ROUND:
            return [[a, b, c], [d, e, f], [g, h, i]]
    return None


def _pupil(eye: EyePoints) -> tuple[list[int], list[float]]:
    """Return the points whose weighted sum is the pupil, and their weights.

    It lies between the iris and the middle of the eye's outline; the mean over many points halves
    the error that two corners alone have.
    """
    iris = list(range(eye.iris, eye.iris + 5))
    weights = [0.5 / len(iris)] * len(iris) + [0.5 / len(eye.outline)] * len(eye.outline)
    return iris + list(eye.outline), weights


@functools.cache
def _pupil_line() -> tuple[npt.NDArray[np.intp], Floats]:
    """Return points and weights of the way from the right pupil to the left one."""
    (left, plus), (right, minus) = _pupil(LEFT_EYE), _pupil(RIGHT_EYE)
    return np.array(left + right), np.array(plus + [-w for w in minus], np.float32)


def measure_roll_deg(face: Floats) -> float:
    """Measure the slope of the line through both pupils of (478, 3) face points in pixels."""
    points, weights = _pupil_line()
    x, y, _ = (weights @ face.take(points, axis=0)).tolist()
    return math.degrees(math.atan2(-y, x))


def measure_head_pose(
    face: Floats, *, smile: float | None = None, mouth_open: float | None = None
) -> HeadPose:
    """Measure the head's pose from (478, 3) face points in pixels.

    Args:
        face: the points.
        smile: `measure_smile` of them, where that is known already.
        mouth_open: `measure_mouth_open` of them, likewise.
    """
    smile = measure_smile(face) if smile is None else smile
    mouth_open = measure_mouth_open(face) if mouth_open is None else mouth_open
    numbers, reference = _reference()
    points = face.take(numbers, axis=0) * _TO_REFERENCE
    rotation = _rotation_of_centred(reference, points)
    left, up, forward = rotation[2].tolist()
    pitch = math.degrees(math.atan2(up, forward)) - PITCH_ZERO_DEG
    expression = PITCH_OF_SMILE_DEG * smile + PITCH_OF_GAP_DEG * mouth_open
    return HeadPose(
        roll_deg=measure_roll_deg(face),
        yaw_deg=math.degrees(math.asin(max(-1.0, min(1.0, -left / YAW_GAIN)))),
        pitch_deg=pitch / PITCH_GAIN - expression,
    )
