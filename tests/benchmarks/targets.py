"""Figures of a benchmark beside what they should be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        name: what was measured.
        shown: the figure with its unit.
        target: what it should be; empty where nobody said.
        met: whether it is; None without a target.
    """

    name: str
    shown: str
    target: str = ""
    met: bool | None = None


def plain(name: str, value: float, unit: str = "", digits: int = 1) -> Figure:
    """Return a figure without a target."""
    return Figure(name, _with(value, unit, digits))


def at_most(name: str, value: float, limit: float, unit: str = "", digits: int = 1) -> Figure:
    """Return a figure that should not exceed a limit."""
    return Figure(name, _with(value, unit, digits), f"≤ {limit:g} {unit}".strip(), value <= limit)


def at_least(name: str, value: float, limit: float, unit: str = "", digits: int = 1) -> Figure:
    """Return a figure that should reach a limit."""
    return Figure(name, _with(value, unit, digits), f"≥ {limit:g} {unit}".strip(), value >= limit)


def print_figures(title: str, figures: Iterable[Figure]) -> None:
    """Print them as a table."""
    table = Table(title=title, title_justify="left")
    table.add_column("figure")
    for heading in ("measured", "target", "met"):
        table.add_column(heading, justify="right")
    words = {None: "", True: "yes", False: "no"}
    for figure in figures:
        table.add_row(figure.name, figure.shown, figure.target, words[figure.met])
    Console(width=110).print(table)


def _with(value: float, unit: str, digits: int) -> str:
    return f"{value:.{digits}f} {unit}".strip()
