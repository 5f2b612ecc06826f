"""Opens a camera in a new child process and gives it back what it had."""

from __future__ import annotations

import time
from typing import Any

from hardware import wire
from hardware.base import CameraSettings, CameraState
from hardware.child_process import ChildProcess
from hardware.errors import DeviceLost, DeviceTimeout, FaultKind


def bring_up(
    child: ChildProcess,
    name: str,
    driver: str,
    settings: CameraSettings,
    deadline_s: float,
    *,
    live_view: bool,
) -> CameraState:
    """Open the camera, set its manual values, start its live view; return how it is.

    Args:
        child: just started.
        name: the camera's, for messages.
        driver: of the state returned where the child tells none.
        settings: manual values to set.
        deadline_s: to all of it, seconds.
        live_view: whether it is to run.

    Raises:
        HardwareError: the driver's own, or DeviceTimeout or DeviceLost of its process.
    """
    until = time.monotonic() + deadline_s
    requests: list[tuple[str, dict[str, Any]]] = [("open", {})]
    values = wire.settings_to_wire(settings)
    if values:
        requests.append(("apply", {"settings": values}))
    if live_view:
        requests.append(("start_live_view", {}))
    seen = CameraState(driver)
    try:
        up = child.greet(deadline_s)
        for call, arguments in requests:
            if not up:
                break
            child.send(call, **arguments)
            reply = child.reply(max(0.0, until - time.monotonic()))
            if reply is None:
                up = False
            elif "error" in reply:
                raise wire.error_from_wire(reply["error"])
            elif call == "open":
                seen = wire.state_from_wire(reply["result"])
    except wire.WireBroken as error:
        raise DeviceLost(
            f"The process of {name} {child.how_it_ended()} while it was started.",
            FaultKind.PROCESS_ENDED,
        ) from error
    if not up:
        raise DeviceTimeout(
            f"{name} did not open within {deadline_s:.1f} s. Check its cable and power."
        )
    return seen
