"""Which driver keeps the camera contract, and how it was run: ``python tests/contract/kept.py``."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
WAYS = ("in-process", "isolated")


def kept() -> dict[str, dict[str, str]]:
    """For each driver, where its tests stand by the way they run it; read out of their source."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(TESTS.rglob("*.py")):
        if "CameraContract" in (text := file.read_text(encoding="utf-8")):
            for (driver, way), name in _classes(ast.parse(text)):
                found.setdefault(driver, {})[way] = f"{file.relative_to(TESTS)}::{name}"
    return found


def _classes(module: ast.Module) -> Iterator[tuple[tuple[str, str], str]]:
    for node in module.body:
        if not isinstance(node, ast.ClassDef):
            continue
        if "CameraContract" not in [base.id for base in node.bases if isinstance(base, ast.Name)]:
            continue
        for line in node.body:
            if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "keeps":
                driver, way = ast.literal_eval(line.value)
                yield (driver, way), node.name


def listing() -> str:
    """The list, one driver a line."""
    rows = [("driver", *WAYS)]
    rows += [
        (driver, *(ways.get(way, "-") for way in WAYS)) for driver, ways in sorted(kept().items())
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.stdout.write(listing() + "\n")
