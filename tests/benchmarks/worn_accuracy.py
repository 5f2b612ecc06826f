"""How right the rules of glasses, head cover and hair are, on pictures they were not trained on.

Run ``python tests/benchmarks/worn_accuracy.py``, or call `count`. A yes is "found" when its rule
fails, and "unknown" when the rule will not say; a no is a false alarm when its rule fails.
The portraits were the training pictures' bare heads: what they say here is no proof, the folds by
person in docs/model-cards/attributes.md are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

import guidance_pictures as pictures  # noqa: E402
from tally import Tally  # noqa: E402
from worn_labels import Worn, worn  # noqa: E402

from kiosk.guidance.assess import Assessor  # noqa: E402
from kiosk.guidance.model import Assessment  # noqa: E402

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


def real(assessor: Assessor) -> Iterator[tuple[str, str, Worn, Assessment]]:
    """Judge the real pictures in which one face is found."""
    for source, folders in FOLDERS.items():
        for folder in folders:
            for path in sorted((DATA / folder).iterdir()):
                if path.suffix not in (".jpg", ".jpeg"):
                    continue
                result = pictures.check(assessor, path)
                if result.faces:
                    yield source, f"{folder}/{path.name}", worn(path), result


def sitters(assessor: Assessor) -> Iterator[tuple[str, str, Worn, Assessment]]:
    """Judge the rendered people, straight and leaning; none was seen in training."""
    for path in sorted(PEOPLE.glob("*/*.webp")):
        state = path.stem
        for angle in (-4, 0, 4):
            pixels = pictures.turned(pictures.over_backdrop(path), angle)
            label = Worn(state == "glasses", state == "fringe", state == "cap")
            name = f"{path.parent.name}/{state} {angle}°"
            yield "rendered people", name, label, assessor.assess(pixels, kind="picture")


def count(assessor: Assessor) -> Tally:
    """Return the verdicts of every rule on every source."""
    tally = Tally()
    sources = [sitters(assessor)] + ([real(assessor)] if DATA.is_dir() else [])
    for results in sources:
        for source, name, label, assessment in results:
            for rule, what in RULES.items():
                if (known := getattr(label, what)) is not None:
                    verdict = assessment.rules[rule].verdict
                    tally.add(rule, source, name, wrong=known, verdict=verdict)
    return tally


def main() -> None:
    with pictures.file_assessor() as assessor:
        tally = count(assessor)
    for row in tally.rows(RULES):
        print(json.dumps({"table": "worn"} | row))
    for rule, names in tally.mistaken.items():
        print(json.dumps({"table": "worn, mistaken or unknown", "rule": rule, "pictures": names}))


if __name__ == "__main__":
    main()
