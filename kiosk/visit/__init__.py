"""The student's visit as a pure state machine.

`start` gives the idle booth, `step` the visit after an event and the effects to carry out,
`buttons` what can be touched now. `kiosk.visit.rules` reads the figures from the settings;
`kiosk.visit.model` has every state, event and effect.
"""

from kiosk.visit.machine import start, step
from kiosk.visit.table import buttons

__all__ = ["buttons", "start", "step"]
