"""Whole sittings through altered frames, by condition: who is shot, when, and what is said.

Run ``python tests/benchmarks/hostile.py [PERSON …]``. Time is simulated, 25 frames a second. Prints
a table in Markdown. `tests/integration/test_hostile_sittings.py` holds a part of it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the booth does, before NumPy

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

from hostile_frames import (  # noqa: E402
    GOOD_ENOUGH,
    MASKS,
    TOO_BAD,
    Alter,
    Cover,
    blurred,
    jpeg,
    mask,
    sit,
    stops,
    tilted,
)
from scripted_sitter import SETTINGS, Sitter  # noqa: E402
from sitter_frames import people  # noqa: E402

from hardware.sim.pose import Pose  # noqa: E402

LEVEL = frozenset(
    f"level_{what}_{side}" for what in ("head", "shoulders") for side in ("left", "right")
)
CONDITIONS: Mapping[str, tuple[Alter, frozenset[str]]] = {
    "as it is": (lambda pixels: pixels, frozenset()),
    **{name: (alter, frozenset()) for name, alter in GOOD_ENOUGH.items()},
    "JPEG 20": (jpeg(20), frozenset()),
    "0.8 stops darker": (stops(-0.8), frozenset({"too_dark"})),
    **{name: (alter, frozenset({hint})) for name, (alter, hint) in TOO_BAD.items()},
    "slightly out of focus": (blurred(1.6), frozenset({"refocus"})),
    "camera leans by 3°": (tilted(3.0), LEVEL),
    "camera leans by -3°": (tilted(-3.0), LEVEL),
}
"""Condition to what it does, and to what may be said of it."""
MAY_MOVE = frozenset({"hold_still"})
ANSWERING: Mapping[str, tuple[Pose, frozenset[str]]] = {
    "right": (Pose(), frozenset()),
    "near": (Pose(distance=0.75), frozenset({"farther"}) | MAY_MOVE),
    "far": (Pose(distance=1.7), frozenset({"nearer"}) | MAY_MOVE),
}
NEVER: Mapping[str, tuple[Pose, frozenset[str]]] = {
    "eyes shut": (Pose(eye_left=0.0, eye_right=0.0), frozenset({"open_eyes"})),
    "turned": (Pose(yaw_deg=14.0), frozenset({"turn_left", "turn_right"})),
    "masked": (Pose(), frozenset({"uncover_mouth"})),
}
"""Sitters who do not answer and must not be shot."""
ANSWERED_S, UNANSWERED_S = 12.0, 3.0


def doubtful(sitter: Sitter, right: frozenset[str]) -> list[str]:
    """Return what was said and is not so, and what came back or went too soon."""
    found, gone = [], {}
    for line in sitter.log:
        if line.hint not in right:
            found.append(f"`{line.hint}`")
        if line.from_s - gone.get(line.hint, -9.0) < SETTINGS.hint_min_s:
            found.append(f"`{line.hint}` came back")
        if line.until_s >= 0:
            gone[line.hint] = line.until_s
            if line.until_s - line.from_s < SETTINGS.hint_min_s - 0.01 and sitter.shot_s is None:
                found.append(f"`{line.hint}` torn away")
    return found


def main(names: list[str]) -> None:
    print(
        "| condition | " + " | ".join(f"{name}: shot after, said" for name in ANSWERING)
        + " | shot though " + ", ".join(NEVER) + " | said and not so |"
    )  # fmt: skip
    print("|---|" + "---|" * (len(ANSWERING) + 2))
    for condition, (alter, may) in CONDITIONS.items():
        cells, wrong, spoilt = [], [], 0
        for pose, right in ANSWERING.values():
            sitters = [sit(pose, ANSWERED_S, n, alter=alter, answers=True) for n in names]
            cells.append(cell(sitters))
            wrong += [fault for sitter in sitters for fault in doubtful(sitter, right | may)]
        for number, name in enumerate(names):
            for what, (pose, right) in NEVER.items():
                colour = MASKS[list(MASKS)[number % len(MASKS)]]
                cover: Cover = mask(colour) if what == "masked" else lambda pixels, _: pixels
                sitter = sit(pose, UNANSWERED_S, name, alter=alter, cover=cover)
                spoilt += sitter.shot_s is not None
                wrong += doubtful(sitter, right | may)
        row = [condition, *cells, f"{spoilt} of {len(NEVER) * len(names)}"]
        counted = sorted(f"{fault} {wrong.count(fault)} ×" for fault in set(wrong))
        print("| " + " | ".join([*row, ", ".join(counted)]) + " |", flush=True)


def cell(sitters: list[Sitter]) -> str:
    """Return how many were shot and when, and which hints anybody heard, in their order."""
    shots = [sitter.shot_s for sitter in sitters if sitter.shot_s is not None]
    said = dict.fromkeys(f"`{line.hint}`" for sitter in sitters for line in sitter.log)
    when = f"{min(shots):.1f} to {max(shots):.1f} s" if shots else "nobody"
    part = "" if len(shots) in (0, len(sitters)) else f"{len(shots)} of {len(sitters)}: "
    return ", ".join([part + when, *said])


if __name__ == "__main__":
    main(sys.argv[1:] or people())
