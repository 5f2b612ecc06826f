"""How right the rules of glasses, head cover and hair are, on pictures they were not trained on.

Run ``python tests/benchmarks/worn_accuracy.py``, or call `tables`. A yes is "found" when its rule
fails, and "unknown" when the rule will not say; a no is a false alarm when its rule fails.
The portraits were the training pictures' bare heads: what they say here is no proof, the folds by
person in docs/model-cards/attributes.md are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from math import sqrt
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import guidance_pictures as pictures  # noqa: E402
from worn_labels import Worn, worn  # noqa: E402

from kiosk.guidance.assess import Assessor  # noqa: E402
from kiosk.guidance.model import Assessment, Verdict  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
PEOPLE = ROOT / "hardware" / "sim" / "sitter" / "people"
RULES = {
    "no_glasses": "glasses",
    "no_head_cover": "head_cover",
    "hair_off_brows": "hair_over_brows",
}
FOLDERS = {
    "glasses": ("glasses/with", "glasses/without", "glasses/crops_with", "glasses/crops_without"),
    "closed eyes": ("eyes/closed",),
    "portraits (bare heads of the training)": ("portraits/neutral", "portraits/smiling"),
}


def interval(hits: int, count: int) -> list[float] | None:
    """Return the 95 % interval of a share (Wilson)."""
    if not count:
        return None
    z, p = 1.96, hits / count
    middle, spread = p + z * z / (2 * count), z * sqrt(p * (1 - p) / count + (z / (2 * count)) ** 2)
    whole = 1 + z * z / count
    return [round(max(0.0, (middle - spread) / whole), 4), round((middle + spread) / whole, 4)]


def row(source: str, rule: str, results: list[tuple[bool, Verdict]]) -> dict[str, object]:
    """Return one line of the table from (label, verdict) pairs."""
    yes = [v for label, v in results if label]
    no = [v for label, v in results if not label]
    found, alarms = yes.count(Verdict.FAIL), no.count(Verdict.FAIL)
    return {
        "table": "worn",
        "source": source,
        "rule": rule,
        "worn": len(yes),
        "found": found,
        "found_interval": interval(found, len(yes)),
        "worn_unknown": yes.count(Verdict.UNKNOWN),
        "bare": len(no),
        "false_alarms": alarms,
        "false_alarms_interval": interval(alarms, len(no)),
        "bare_unknown": no.count(Verdict.UNKNOWN),
    }


def real(assessor: Assessor) -> Iterator[tuple[str, Worn, Assessment]]:
    """Judge the real pictures in which one face is found."""
    for source, folders in FOLDERS.items():
        for folder in folders:
            for path in sorted((DATA / folder).iterdir()):
                if path.suffix not in (".jpg", ".jpeg"):
                    continue
                result = pictures.check(assessor, path)
                if result.faces:
                    yield source, worn(path), result


def sitters(assessor: Assessor) -> Iterator[tuple[str, Worn, Assessment]]:
    """Judge the rendered people, straight and leaning; none was seen in training."""
    for path in sorted(PEOPLE.glob("*/*.webp")):
        state = path.stem
        for angle in (-4, 0, 4):
            pixels = pictures.turned(pictures.over_backdrop(path), angle)
            label = Worn(state == "glasses", state == "fringe", state == "cap")
            yield "rendered people", label, assessor.assess(pixels, kind="picture")


def tables(assessor: Assessor) -> Iterator[dict[str, object]]:
    """Return one row a source and rule, with 95 % intervals."""
    seen: dict[tuple[str, str], list[tuple[bool, Verdict]]] = {}
    sources = [sitters(assessor)] + ([real(assessor)] if DATA.is_dir() else [])
    for results in sources:
        for source, label, assessment in results:
            for rule, name in RULES.items():
                if (known := getattr(label, name)) is not None:
                    pairs = seen.setdefault((source, rule), [])
                    pairs.append((known, assessment.rules[rule].verdict))
    for (source, rule), pairs in seen.items():
        yield row(source, rule, pairs)


def main() -> None:
    with pictures.file_assessor() as assessor:
        for table in tables(assessor):
            print(json.dumps(table), flush=True)


if __name__ == "__main__":
    main()
