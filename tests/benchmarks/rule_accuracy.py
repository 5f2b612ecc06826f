"""How right each rule is: real portraits, portraits with one thing altered, the booth's sitters.

Run ``python tests/benchmarks/rule_accuracy.py [PAGE]``; with a page, its tables are renewed there.
A picture that breaks a rule is "found" when the rule gives a hint or fails; one that does not is
a "false alarm" then. Labels: `portrait_labels`, `worn_labels`, the folders' names, what was
altered, the exact state of the sitter.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import accuracy_targets  # noqa: E402
import guidance_pictures as pictures  # noqa: E402
import portrait_labels  # noqa: E402
import sitter_frames  # noqa: E402
from alterations import ALTERATIONS, with_other_person  # noqa: E402
from tally import ALARMS, Tally, as_markdown  # noqa: E402
from targets import print_figures  # noqa: E402
from worn_accuracy import RULES as WORN_RULES  # noqa: E402
from worn_labels import worn  # noqa: E402

from kiosk.guidance.assess import Assessor  # noqa: E402
from kiosk.guidance.calibrated_view import UNCALIBRATED, CalibratedView  # noqa: E402
from kiosk.guidance.landmarks import LandmarkFinder, Landmarks  # noqa: E402
from kiosk.guidance.model import Assessment, RuleResult, Verdict  # noqa: E402
from kiosk.guidance.rules import RULES  # noqa: E402
from kiosk.settings.guidance import GuidanceSettings  # noqa: E402
from kiosk.standards import load  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
COMPOSITION = ("distance", "centred", "head_height")
WORK_PX = 900
"""Portraits are altered at this size: a face about 260 px wide."""
ALTERED_EVERY = 3
PORTRAITS, ALTERED, SITTERS = "portraits", "altered portraits", "sitters"
CLOSE_MOUTH = "mouth_closed or no_teeth"
"""Both ask to close the lips; the student hears one of them."""
TABLES = "<!-- tables -->"


class Relooking:
    """A finder that, told what it found in a picture, looks only for what an alteration changes.

    Face points and person mask are found anew; shoulders, the count of faces and what is worn
    stay, which takes a tenth of the time.
    """

    def __init__(self, finder: LandmarkFinder) -> None:
        self._finder = finder
        self.unaltered: Landmarks | None = None
        self.last: Landmarks | None = None

    def find(self, pixels: np.ndarray) -> Landmarks:
        before = self.unaltered
        self.last = self._finder.find(pixels) if before is None else self._again(pixels, before)
        return self.last

    def _again(self, pixels: np.ndarray, before: Landmarks) -> Landmarks:
        face = self._finder._find_face_in_file(pixels)
        height, width = pixels.shape[:2]
        if face is None:
            return Landmarks(width, height, 0)
        person = self._finder._find_person(pixels, face)
        return replace(before, width_px=width, height_px=height, face=face, person=person)

    def close(self) -> None:
        self._finder.close()


class Bench:
    """The assessor, the tallies, and what is kept of the portraits for fairness."""

    def __init__(self) -> None:
        settings = GuidanceSettings()
        self.finder = Relooking(LandmarkFinder(settings, live=False))
        self.assessor = Assessor(load("chsi"), settings, False, self.finder)
        self.tally = Tally()
        self.portraits: dict[Path, Assessment] = {}
        self.hints: dict[str, list[str | None]] = defaultdict(list)
        self.pose_errors: dict[str, list[float]] = defaultdict(list)

    def add(self, rule: str, source: str, name: str, result: RuleResult, *, wrong: bool) -> None:
        self.tally.add(rule, source, name, wrong=wrong, verdict=result.verdict)


def _portrait_paths() -> Iterator[Path]:
    for folder in ("neutral", "smiling"):
        yield from sorted((DATA / "portraits" / folder).glob("*.jpg"))


def real_portraits(bench: Bench) -> None:
    for path in _portrait_paths():
        result = pictures.check(bench.assessor, path)
        bench.portraits[path] = result
        close = max(
            (result.rules[rule] for rule in ("mouth_closed", "no_teeth")),
            key=lambda r: r.verdict in ALARMS,
        )
        parted = bool(portrait_labels.is_wrong(path, "mouth_closed"))
        name = f"{path.parent.name}/{path.stem[:3]}"
        bench.add(CLOSE_MOUTH, PORTRAITS, name, close, wrong=parted)
        for rule in RULES:
            wrong = portrait_labels.is_wrong(path, rule)
            if rule not in COMPOSITION and wrong is not None:
                name = f"{path.parent.name}/{path.stem[:3]}"
                bench.add(rule, PORTRAITS, name, result.rules[rule], wrong=wrong)


def altered_portraits(bench: Bench) -> None:
    """A third of the neutral people, each with all that can be drawn wrong, one at a time."""
    previous: tuple[np.ndarray, Landmarks] | None = None
    for number, path in enumerate(
        sorted((DATA / "portraits/neutral").glob("*.jpg"))[::ALTERED_EVERY]
    ):
        pixels = cv2.resize(
            pictures.read_pixels(path), (WORK_PX, WORK_PX), interpolation=cv2.INTER_AREA
        )
        straight = bench.assessor.assess(pixels, kind="picture")
        found = bench.finder.last
        level = straight.measurements["backdrop_level"]
        random = np.random.default_rng(number)
        bench.finder.unaltered = found
        for rule, alterations in ALTERATIONS.items():
            for alter in alterations:
                if rule == "exposure":
                    bench.assessor.view = CalibratedView((255 * level,) * 3)
                picture = alter(pixels, found, random)
                kind = "live" if rule == "exposure" else "picture"
                result = bench.assessor.assess(picture, kind=kind).rules[rule]
                bench.assessor.view = UNCALIBRATED
                bench.add(rule, ALTERED, f"{alter.__name__} {path.stem[:3]}", result, wrong=True)
                bench.hints[alter.__name__].append(result.hint)
        bench.finder.unaltered = None
        if previous is not None:
            side = 1 if number % 2 else -1
            both = with_other_person(pixels, found, *previous, side)
            rules = bench.assessor.assess(both, kind="picture").rules
            # Either rule refuses the picture and says the same.
            seen = [rules[r] for r in ("one_face", "no_other_person")]
            worst = max(seen, key=lambda r: r.verdict is Verdict.FAIL)
            bench.add("no_other_person", ALTERED, f"beside {path.stem[:3]}", worst, wrong=True)
        previous = pixels, found


def closed_eyes(bench: Bench) -> None:
    for path in sorted((DATA / "eyes/closed").glob("*.jpg")):
        rules = pictures.check(bench.assessor, path).rules
        bench.add("eyes_open", "closed eyes", path.stem, rules["eyes_open"], wrong=True)
        _add_worn(bench, "closed eyes", path, rules)


def glasses(bench: Bench) -> None:
    for folder in ("with", "without", "crops_with", "crops_without"):
        for path in sorted((DATA / "glasses" / folder).glob("*.*")):
            _add_worn(bench, "glasses", path, pictures.check(bench.assessor, path).rules)


def _add_worn(bench: Bench, source: str, path: Path, rules: Mapping[str, RuleResult]) -> None:
    for rule, what in WORN_RULES.items():
        if (known := getattr(worn(path), what)) is not None:
            bench.add(rule, source, f"{path.parent.name}/{path.stem}", rules[rule], wrong=known)


def sitters(bench: Bench) -> None:
    near = {"yaw": "yaw_deg", "pitch": "pitch_deg", "roll": "roll_deg"}
    for frame in sitter_frames.frames():
        result = bench.assessor.assess(frame.pixels, kind="live")
        wrong, known = sitter_frames.wrong(frame), frame.truth
        tilted = {
            rule for rule, name in near.items() if known[name] != 0 and rule not in wrong
        }  # between hint and fail: either verdict is right
        if known["shoulder_tilt_deg"] and "shoulders_level" not in wrong:
            tilted.add("shoulders_level")
        for rule, judged in result.rules.items():
            if rule in tilted or (rule == "gaze_forward" and "eyes_open" in wrong):
                continue
            if wrong and rule not in wrong and rule in ("no_face_shadow", "neutral_expression"):
                continue  # a fringe or an open mouth is not at rest either
            name = f"{frame.person} {_said(frame)}"
            bench.add(rule, SITTERS, name, judged, wrong=rule in wrong)
        _add_pose(bench, result, known)


def _said(frame: sitter_frames.SitterFrame) -> str:
    plain = type(frame.pose)()
    fields = ("yaw_deg", "pitch_deg", "roll_deg", "shoulder_tilt_deg", "eye_left", "eye_right",
              "mouth_open", "smile", "gaze_deg", "wearing")  # fmt: skip
    said = [
        f"{f}={getattr(frame.pose, f)}"
        for f in fields
        if getattr(frame.pose, f) != getattr(plain, f)
    ]
    return ", ".join(said) or "good"


def _add_pose(bench: Bench, result: Assessment, known: dict[str, float]) -> None:
    """Angles of a face whose expression is at rest: that is when they are asked for."""
    truth = {
        "yaw_deg": known["yaw_deg"],
        "pitch_deg": -known["pitch_deg"],
        "roll_deg": -known["roll_deg"],
        "shoulder_tilt_deg": -known["shoulder_tilt_deg"],
    }
    for name, true in truth.items():
        found = result.measurements[name]
        rule = {"shoulder_tilt_deg": "shoulders_level"}.get(name, name.removesuffix("_deg"))
        if found is not None and result.rules[rule].verdict is not Verdict.UNKNOWN:
            bench.pose_errors[name].append(found - true)


def turned_heads(bench: Bench) -> None:
    """Heads turned further than the demo's sitter ever is."""
    for folder in sorted(p for p in sitter_frames.SPRITES_FURTHER.glob("*") if p.is_dir()):
        states = json.loads((folder / "truth.json").read_text("utf-8"))["states"]
        for path in sorted(folder.glob("*.webp")):
            asked = states[path.stem]["asked"]
            known = {"yaw_deg": asked["yaw"], "pitch_deg": asked["pitch"], "roll_deg": 0.0,
                     "shoulder_tilt_deg": 0.0}  # fmt: skip
            result = bench.assessor.assess(pictures.over_backdrop(path), kind="picture")
            _add_pose(bench, result, known)


def pose_table(bench: Bench) -> list[str]:
    lines = ["| angle | frames | mean error | median | 95 % within | worst | bias |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    for name, errors in bench.pose_errors.items():
        size = np.abs(errors)
        lines.append(
            f"| `{name}` | {len(errors)} | {size.mean():.2f}° | {np.median(size):.2f}° "
            f"| {np.percentile(size, 95):.2f}° | {size.max():.2f}° | {np.mean(errors):+.2f}° |"
        )
    return lines


def _groups(bench: Bench) -> dict[str, list[tuple[Path, Assessment]]]:
    who = pictures.people(DATA / "portraits")
    groups: dict[str, list[tuple[Path, Assessment]]] = defaultdict(list)
    for path, result in bench.portraits.items():
        for group in who[path.stem[:3]]:
            groups[group].append((path, result))
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def fairness_tables(bench: Bench) -> tuple[list[str], list[str], list[str]]:
    """Every rule by group, on the real portraits.

    Returns:
        false alarms, on pictures known not to break the rule; alarms of the rules for which that
        is not known; medians of the value, on the neutral pictures.
    """
    groups = _groups(bench)
    head = "| rule | " + " | ".join(f"{g} ({len(r)})" for g, r in groups.items()) + " |"
    false, open_, values = ([head, "|---" * (len(groups) + 1) + "|"] for _ in range(3))
    for rule in RULES:
        verdicts = [r.rules[rule].verdict for r in bench.portraits.values()]
        if all(verdict is Verdict.UNKNOWN for verdict in verdicts):
            continue
        labelled = rule not in portrait_labels.NOT_JUDGED
        shares, medians = [], []
        for results in groups.values():
            right = [
                r.rules[rule].verdict in ALARMS
                for path, r in results
                if not labelled or portrait_labels.is_wrong(path, rule) is False
            ]
            shares.append(f"{sum(right)} of {len(right)} ({100 * np.mean(right):.1f})")
            figures = [r.rules[rule].value for path, r in results if path.parent.name == "neutral"]
            known = [f for f in figures if f is not None]
            medians.append(f"{np.median(known):.3g} ± {np.std(known):.2g}" if known else "")
        (false if labelled else open_).append(f"| `{rule}` | " + " | ".join(shares) + " |")
        values.append(f"| `{rule}` | " + " | ".join(medians) + " |")
    return false, open_, values


def page(bench: Bench) -> str:
    """Return all tables as Markdown."""
    false, unlabelled, values = fairness_tables(bench)
    movement = [
        f"| {name} | {len(hints)} | {hints.count('hold_still')} | {hints.count('refocus')} |"
        for name, hints in bench.hints.items()
        if name in ("moved", "defocused")
    ]
    parts = [
        "## Each rule\n", as_markdown(bench.tally.rows((*RULES, CLOSE_MOUTH))),
        "\n## Which pictures were judged otherwise than labelled\n",
        *(
            f"- `{rule}`: " + "; ".join(_shortened(names))
            for rule, names in bench.tally.mistaken.items()
        ),
        "\n## Angles of the sitters\n", *pose_table(bench),
        "\n## Movement told from defocus\n",
        "| blur | pictures | `hold_still` | `refocus` |\n|---|---|---|---|", *movement,
        "\n## Fairness: false alarms (percent), real portraits\n", *false,
        "\n## Fairness: alarms of rules whose truth nobody knows (percent)\n", *unlabelled,
        "\n## Fairness: median and deviation of the value, neutral portraits\n", *values,
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _shortened(names: list[str], most: int = 8) -> list[str]:
    more = len(names) - most
    return names[:most] + ([f"and {more} more"] if more > 0 else [])


def run(steps: tuple[Callable[[Bench], None], ...]) -> Bench:
    bench = Bench()
    for step in steps:
        begun = time.monotonic()
        step(bench)
        took = round(time.monotonic() - begun)
        print(json.dumps({"done": step.__name__, "seconds": took}), flush=True)
    return bench


def main() -> None:
    steps: tuple[Callable[[Bench], None], ...] = (sitters, turned_heads)
    if DATA.is_dir():
        steps = (real_portraits, altered_portraits, closed_eyes, glasses, *steps)
    bench = run(steps)
    rows = list(bench.tally.rows((*RULES, CLOSE_MOUTH)))
    for row in rows:
        print(json.dumps({"table": "rules", **row}))
    text = page(bench) if DATA.is_dir() else ""
    print(text)
    print_figures("accuracy", accuracy_targets.figures(rows, bench.pose_errors))
    if len(sys.argv) > 1 and text:
        path = Path(sys.argv[1])
        before = path.read_text("utf-8").split(TABLES)[0]
        path.write_text(f"{before}{TABLES}\n\n{text}", encoding="utf-8")


if __name__ == "__main__":
    main()
