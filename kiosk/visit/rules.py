"""The visit's figures out of the settings: the one place where this room knows them."""

from __future__ import annotations

from kiosk.settings.visit import VisitSettings
from kiosk.visit.state import State, VisitRules


def rules_from(settings: VisitSettings) -> VisitRules:
    """Return the figures a visit goes by."""
    identify = settings.identify_time_out_s
    return VisitRules(
        time_out_s={
            # Idle never ends; it goes back to the booth's language after so long.
            State.IDLE: identify,
            State.BATCH: identify,
            State.CODE: identify,
            State.LAST_FOUR: identify,
            State.CONFIRM: identify,
            State.CONSENT: settings.consent_time_out_s,
            State.PAY: settings.pay_time_out_s,
            State.POSE: settings.pose_time_out_s,
            State.LOOK: settings.look_time_out_s,
            State.RECEIPT: settings.receipt_time_out_s,
            State.HELP: settings.help_time_out_s,
            State.STAFF: settings.help_time_out_s,
            State.CALIBRATE: settings.calibrate_time_out_s,
            State.FAULT: settings.help_time_out_s,
            State.ENDED: settings.ended_time_out_s,
        },
        warn_s=settings.warn_s,
        max_attempts=settings.max_attempts,
        consent_version=settings.consent_version,
        process_time_out_s=settings.process_time_out_s,
        pin_lock_s=settings.pin_lock_s,
        scan_repeat_s=settings.scan_repeat_s,
        notice_s=settings.notice_s,
    )
