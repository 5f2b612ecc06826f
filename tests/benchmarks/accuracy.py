"""How right guidance is, on real pictures and on rendered people whose pose is known.

Run ``python tests/benchmarks/accuracy.py [PAGE]``. Prints one JSON line a table, then the tables
of `rule_accuracy`, which go into the page too. Needs the pictures beside the checkout
(../shared/data); the rendered people are in the project.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import guidance_pictures as pictures  # noqa: E402
import rule_accuracy  # noqa: E402

from kiosk.guidance.assess import Assessor  # noqa: E402
from kiosk.guidance.mediapipe_models import FaceMesh  # noqa: E402
from kiosk.guidance.model import Assessment, Verdict  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
PEOPLE = ROOT / "hardware" / "sim" / "sitter" / "people"
ANGLES = (-12, -6, 3, 9)


def say(table: str, **figures: object) -> None:
    print(json.dumps({"table": table, **figures}, ensure_ascii=False), flush=True)


def share(results: list[Assessment], rule: str, verdict: Verdict) -> float:
    return round(sum(r.rules[rule].verdict is verdict for r in results) / len(results), 4)


def portraits(assessor: Assessor) -> None:
    groups: dict[str, list[Assessment]] = defaultdict(list)
    who = pictures.people(DATA / "portraits")
    for folder in ("neutral", "smiling"):
        for path in sorted((DATA / "portraits" / folder).glob("*.jpg")):
            result = pictures.check(assessor, path)
            for group in ("all", folder, *who[path.stem[:3]]):
                groups[group].append(result)
    for group, results in groups.items():
        passed = {
            rule: share(results, rule, Verdict.PASS)
            for rule in results[0].rules
            if rule not in ("distance", "centred", "head_height")
        }
        say("portraits: share that passes", group=group, pictures=len(results), **passed)


def closed_eyes(assessor: Assessor) -> None:
    results = [pictures.check(assessor, p) for p in sorted((DATA / "eyes/closed").glob("*.jpg"))]
    say(
        "closed eyes",
        pictures=len(results),
        one_face=sum(r.faces == 1 for r in results),
        eyes_open_fails=share(results, "eyes_open", Verdict.FAIL),
    )


def roll(assessor: Assessor) -> None:
    errors = []
    for path in sorted((DATA / "portraits").rglob("*.jpg")):
        pixels = pictures.read_pixels(path)
        straight = assessor.assess(pixels, kind="picture").measurements["roll_deg"]
        for angle in ANGLES:
            leaning = assessor.assess(pictures.turned(pixels, angle), kind="picture")
            errors.append(abs(leaning.measurements["roll_deg"] - straight - angle))
    say(
        "roll of turned portraits, error in degrees",
        pictures=len(errors),
        median=round(float(np.median(errors)), 3),
        p95=round(float(np.percentile(errors, 95)), 3),
        worst=round(max(errors), 3),
    )


def hand_set(assessor: Assessor) -> None:
    """Against landmarks set by hand: pupils (points 0 and 1), face outline (110 and 113)."""
    rolls, widths = [], []
    for path in sorted((DATA / "portraits" / "neutral").glob("*.jpg")):
        count, *rows = path.with_suffix(".tem").read_text().splitlines()
        points = np.array([[float(v) for v in row.split()] for row in rows[: int(count)]])
        across = points[1] - points[0]
        found = pictures.check(assessor, path).measurements
        rolls.append(found["roll_deg"] - np.degrees(np.arctan2(-across[1], across[0])))
        widths.append(found["face_width_px"] / (points[113, 0] - points[110, 0]))
    say(
        "against landmarks set by hand",
        pictures=len(rolls),
        roll_mean_deg=round(float(np.mean(rolls)), 3),
        roll_deviation_deg=round(float(np.std(rolls)), 3),
        width_ratio_mean=round(float(np.mean(widths)), 3),
        width_ratio_deviation=round(float(np.std(widths)), 3),
    )


def crown(assessor: Assessor) -> None:
    errors = []
    with FaceMesh(tracking=False) as mesh:
        for path in sorted((DATA / "scenes").glob("*/*_03.jpg")):
            pixels = pictures.read_pixels(path)
            alpha = cv2.imread(str(path.with_name(f"{path.stem}_alpha.png")), cv2.IMREAD_UNCHANGED)
            truth = alpha.astype(np.float32) / np.iinfo(alpha.dtype).max
            measured = assessor.assess(pixels, kind="picture").measurements
            true = pictures.crown_in_alpha(truth, mesh.find(pixels))
            errors.append((measured["crown_y_px"] - true) * 240 / measured["face_width_px"])
    say(
        "crown of the scenes, error in pixels of the photo",
        pictures=len(errors),
        mean=round(float(np.mean(errors)), 2),
        median=round(float(np.median(np.abs(errors))), 2),
        p95=round(float(np.percentile(np.abs(errors), 95)), 2),
        worst=round(float(np.max(np.abs(errors))), 2),
    )


def sitters(assessor: Assessor) -> None:
    """Rendered people; truth has pitch positive with the chin up, roll clockwise."""
    for folder in sorted(p for p in PEOPLE.glob("*") if (p / "truth.json").is_file()):
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
        for state, told in truth["states"].items():
            path = folder / f"{state}.webp"
            if not path.is_file():
                continue
            result = assessor.assess(pictures.over_backdrop(path), kind="picture")
            found, asked, known = result.measurements, told["asked"], told["measured"]
            say(
                "sitter",
                person=folder.name,
                state=state,
                faces=result.faces,
                yaw=[asked["yaw"], _short(found["yaw_deg"])],
                pitch=[-asked["pitch"], _short(found["pitch_deg"])],
                roll=[-asked["roll"], _short(found["roll_deg"])],
                shoulders=[0.0, _short(found["shoulder_tilt_deg"])],
                face_width=[known.get("face_width_px"), _short(found["face_width_px"])],
                crown=[known.get("crown", [0, None])[1], _short(found["crown_y_px"])],
                mended_by=[r.hint for r in result.rules.values() if r.hint],
            )


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def main() -> None:
    with pictures.file_assessor() as assessor:
        sitters(assessor)
        if DATA.is_dir():
            portraits(assessor)
            closed_eyes(assessor)
            hand_set(assessor)
            crown(assessor)
            roll(assessor)
        else:
            say("real pictures", skipped="../shared/data is not beside this checkout")
    rule_accuracy.main()


if __name__ == "__main__":
    main()
