"""What was asked of guidance's accuracy, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
from targets import Figure, at_least, at_most

FOUND = (
    ("eyes_open", "closed eyes", 97),
    ("no_glasses", "glasses", 95),
    ("no_head_cover", "sitters", 90),
    ("mouth_closed or no_teeth", "portraits", 95),
    ("hair_off_brows", "sitters", 85),
)
"""Rule, pictures that break it, percent of them it should find."""
FALSE_ALARMS = (
    ("eyes_open", "portraits", 1),
    ("no_glasses", "portraits", 3),
    ("no_glasses", "glasses", 3),
    ("no_head_cover", "portraits", 3),
    ("mouth_closed or no_teeth", "portraits", 2),
    ("hair_off_brows", "sitters", 5),
)
"""Rule, pictures that do not break it, percent of them in which it may say something."""
MEAN_ERRORS = {"yaw_deg": 2.0, "pitch_deg": 2.0, "roll_deg": 2.0, "shoulder_tilt_deg": 1.5}
"""Angle, degrees its mean error may have, on the sitters."""


def figures(
    rows: Iterable[Mapping[str, object]], pose_errors: Mapping[str, list[float]]
) -> Iterator[Figure]:
    """Give a figure for each target whose pictures were there.

    Args:
        rows: of `tally.Tally.rows`.
        pose_errors: errors of each angle, degrees.
    """
    known = {(row["rule"], row["source"]): row for row in rows}
    for rule, source, least in FOUND:
        row = known.get((rule, source))
        if row and row["wrong"]:
            share = 100 * row["found"] / row["wrong"]
            yield at_least(f"{rule}, found in {row['wrong']} {source}", share, least, "%")
    for rule, source, most in FALSE_ALARMS:
        row = known.get((rule, source))
        if row and row["right"]:
            share = 100 * row["false_alarms"] / row["right"]
            yield at_most(f"{rule}, false alarms in {row['right']} {source}", share, most, "%")
    for name, most in MEAN_ERRORS.items():
        errors = pose_errors.get(name)
        if errors:
            mean = float(np.abs(errors).mean())
            yield at_most(f"{name}, mean error of {len(errors)} sitters", mean, most, "°", 2)
