"""Prints and photos without a service: transitions, what a sheet holds, what is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.central.service import print_states
from kiosk.central.service.portrait_command import PhotoTerms
from kiosk.central.service.print_products import products
from kiosk.central.service.print_states import (
    ENDED,
    TRANSITIONS,
    UNDER_WAY,
    IllegalPrintTransition,
    PrintAction,
    PrintState,
    next_state,
)
from kiosk.portrait.print_layout import lay_out
from kiosk.portrait.print_sheet import DPI
from kiosk.portrait.print_sizes import paper, print_sizes

DOCS = Path(__file__).parents[2] / "docs"


def test_the_documentation_holds_the_table_of_transitions() -> None:
    assert print_states.table_as_markdown() in (DOCS / "central.md").read_text(encoding="utf-8")


def test_every_pair_that_the_table_does_not_name_is_refused() -> None:
    for state in (None, *PrintState):
        for action in PrintAction:
            if (state, action) not in TRANSITIONS:
                with pytest.raises(IllegalPrintTransition):
                    next_state(state, action)


def test_every_state_can_be_reached_and_what_has_ended_stays_so() -> None:
    assert set(TRANSITIONS.values()) == set(PrintState)
    assert not [state for state, _ in TRANSITIONS if state in ENDED]
    assert set(PrintState) == {PrintState.ORDERED, *UNDER_WAY, *ENDED}


def test_what_is_made_cannot_be_cancelled_by_the_student() -> None:
    may = {state for state, action in TRANSITIONS if action is PrintAction.CANCEL}
    assert may == {PrintState.ORDERED, PrintState.PAID}


def test_what_a_batch_asks_of_photos_is_handed_to_the_portrait() -> None:
    terms = PhotoTerms("chsi", "white", "allow_clear", 60_000, None)
    assert terms.options == [
        "--standard", "chsi", "--background", "white", "--glasses", "allow_clear",
        "--min-bytes", "60000",
    ]  # fmt: skip


def test_products_are_the_sheets_that_are_really_printed() -> None:
    sizes = print_sizes().photo
    offered = products()
    assert set(offered.product) == set(sizes)
    for name, product in offered.product.items():
        size = sizes[name]
        assert (product.zh, product.width_mm, product.height_mm) == (
            size.title_zh,
            size.width_mm,
            size.height_mm,
        )
        sheet = lay_out(paper(offered.paper), [size], DPI)
        assert product.photos == len(sheet.spots), name
