"""Settings of the student's visit."""

from __future__ import annotations

from pydantic import Field

from kiosk.settings.section import Section


class VisitSettings(Section):
    """Times and counts of a visit."""

    identify_time_out_s: float = Field(60.0, ge=5, le=600, description="without a touch or scan")
    consent_time_out_s: float = Field(90.0, ge=5, le=600, description="on the consent text")
    pay_time_out_s: float = Field(180.0, ge=10, le=1800, description="for the payment")
    pose_time_out_s: float = Field(90.0, ge=10, le=600, description="with nobody on the chair")
    look_time_out_s: float = Field(60.0, ge=5, le=600, description="on the finished photo")
    receipt_time_out_s: float = Field(30.0, ge=5, le=600, description="receipt shown")
    help_time_out_s: float = Field(120.0, ge=5, le=3600, description="waiting for staff")
    calibrate_time_out_s: float = Field(
        900.0, ge=60, le=7200, description="calibration without a touch"
    )
    ended_time_out_s: float = Field(4.0, ge=1, le=60, description="the goodbye sentence")
    warn_s: float = Field(10.0, ge=0, le=60, description="'still there?' before a time-out")
    process_time_out_s: float = Field(15.0, ge=2, le=120, description="a still, photo or outbox")
    max_attempts: int = Field(5, ge=1, le=20, description="wrong last fours, or staff PINs")
    consent_version: str = Field("2026-1", description="version of the consent text shown")
    pin_lock_s: float = Field(
        300.0, ge=0, le=86_400, description="staff PIN locked after too many wrong ones, seconds"
    )
    scan_repeat_s: float = Field(
        3.0, ge=0.5, le=60, description="a refused code still held up is asked again, seconds"
    )
    notice_s: float = Field(
        6.0, ge=1, le=60, description="a sentence stands over the coach's hints, seconds"
    )
    payment_poll_s: float = Field(
        1.0, ge=0.2, le=30, description="seconds between two looks at an open payment"
    )
    reshoot_rules: tuple[str, ...] = Field(
        ("eyes_open",), description="a still that fails one of these rules is taken again by itself"
    )
    spoken_hints: bool = Field(False, description="speak the coach's hints aloud, with espeak-ng")
    spoken_words_per_minute: int = Field(160, ge=80, le=400, description="how fast, words a minute")
    sounds: bool = Field(False, description="a tone at the shot, with aplay")
    reshoots: int = Field(
        3, ge=0, le=20, description="so often in a row; then the photo is shown as it is"
    )
    burst_stills: int = Field(
        1, ge=1, le=3, description="stills of one shot, the best of which becomes the photo"
    )
    burst_within_s: float = Field(
        2.0, ge=0.0, le=10.0, description="the burst ends so soon, seconds: a slow camera takes one"
    )
