"""Which screen draws which state."""

from __future__ import annotations

from kiosk.screens.batch import BatchScreen
from kiosk.screens.calibrate import CalibrateScreen
from kiosk.screens.code import CodeScreen
from kiosk.screens.confirm import ConfirmScreen
from kiosk.screens.consent import ConsentScreen
from kiosk.screens.ended import EndedScreen
from kiosk.screens.fault import FaultScreen
from kiosk.screens.help import HelpScreen
from kiosk.screens.idle import IdleScreen
from kiosk.screens.last_four import LastFourScreen
from kiosk.screens.look import LookScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.pose import PoseScreen
from kiosk.screens.receipt import ReceiptScreen
from kiosk.screens.screen import VisitScreen
from kiosk.screens.shoot import ShootScreen
from kiosk.screens.staff import StaffScreen
from kiosk.screens.submit import SubmitScreen
from kiosk.visit.model import State

SCREENS: dict[State, type[VisitScreen]] = {
    State.IDLE: IdleScreen,
    State.BATCH: BatchScreen,
    State.CODE: CodeScreen,
    State.LAST_FOUR: LastFourScreen,
    State.CONFIRM: ConfirmScreen,
    State.CONSENT: ConsentScreen,
    State.PAY: PayScreen,
    State.POSE: PoseScreen,
    State.SHOOT: ShootScreen,
    State.LOOK: LookScreen,
    State.SUBMIT: SubmitScreen,
    State.RECEIPT: ReceiptScreen,
    State.HELP: HelpScreen,
    State.STAFF: StaffScreen,
    State.CALIBRATE: CalibrateScreen,
    State.FAULT: FaultScreen,
    State.ENDED: EndedScreen,
}
