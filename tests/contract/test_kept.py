"""Every driver keeps the camera contract, in the booth's process and isolated."""

from __future__ import annotations

from contract.kept import WAYS, kept, listing

from hardware.discovery import CODE_CAMERAS, MAIN_CAMERAS


def test_every_driver_is_held_to_the_contract_in_both_ways():
    print(listing())
    drivers = {*MAIN_CAMERAS, *(f"{name} code" for name in CODE_CAMERAS)}
    assert {driver: set(ways) for driver, ways in kept().items()} == {
        driver: set(WAYS) for driver in drivers
    }
