# SPDX-License-Identifier: Apache-2.0
"""The states every person is rendered in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    """What is asked of the sitter. Left and right are the sitter's own."""

    yaw: float = 0.0  # degrees, + = the nose goes to the picture's right
    pitch: float = 0.0  # degrees, + = chin up
    roll: float = 0.0  # degrees, always 0 here: roll is made at run time by turning the sprite
    open_l: float = 1.0  # gap between the lids as a share of the fully open gap
    open_r: float = 1.0
    gaze_yaw: float = 0.0  # degrees, + = to the picture's right
    gaze_pitch: float = 0.0  # degrees, + = up
    mouth_open: float = 0.0  # 0 closed to 1 jaw fully open
    smile: float = 0.0  # 0 resting face to 1 broad smile
    glasses: bool = False
    cap: bool = False
    fringe: bool = False  # hair falls over the brows


STATES: dict[str, State] = {
    "neutral": State(),
    "both_closed": State(open_l=0.0, open_r=0.0),
    "yaw_+10": State(yaw=10.0),
    "mouth_open": State(mouth_open=0.45),
    "glasses": State(glasses=True),
    "pitch_+10": State(pitch=10.0),
    "gaze_aside": State(gaze_yaw=22.0),
    "yaw_-10": State(yaw=-10.0),
    "pitch_-10": State(pitch=-10.0),
    "left_closed": State(open_l=0.0),
    "right_closed": State(open_r=0.0),
    "smile": State(smile=0.7),
    "cap": State(cap=True),
    "fringe": State(fringe=True),
    "yaw_-5": State(yaw=-5.0),
    "yaw_+5": State(yaw=5.0),
    "pitch_-5": State(pitch=-5.0),
    "pitch_+5": State(pitch=5.0),
}
"""In the order of rendering: what shows most comes first."""
