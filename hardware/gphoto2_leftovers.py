"""Takes off a camera what a still leaves in it: no student's portrait stays there."""

from __future__ import annotations

import contextlib
import logging
import time
from typing import Final

from hardware.errors import HardwareError, Misconfigured, Unsupported
from hardware.gphoto2_pictures import JPEG_NAMES
from hardware.gphoto2_session import CameraFile, Session

_log = logging.getLogger(__name__)

_EVENTS_S: Final = 0.005
_EVENTS_AT_MOST_S: Final = 0.5


class Leftovers:
    """Files that are still to be deleted.

    Args:
        keep_raw: raw files stay on the camera's card.
    """

    def __init__(self, *, keep_raw: bool) -> None:
        self._keep_raw = keep_raw
        self._files: list[CameraFile] = []

    def forget(self) -> None:
        """Know of none: the camera was opened anew."""
        self._files = []

    def take_off(
        self, session: Session, photo: CameraFile, others: list[CameraFile], until: float
    ) -> None:
        """Delete a photo and the unwanted files beside it, also of a photo that failed.

        What takes longer is left for `delete`; no fault is raised: the photo is there already, and
        must not be lost for that.

        Args:
            session: the open camera.
            photo: what the release gave.
            others: further files of it that are known.
            until: seconds of `time.monotonic`.
        """
        try:
            found = [*others, *session.new_files(_EVENTS_S, _EVENTS_AT_MOST_S)]
            is_raw = not photo.name.lower().endswith(JPEG_NAMES)
            if not (self._keep_raw and is_raw):
                self._files.append(photo)
            if not self._keep_raw:
                self._files += [file for file in found if file != photo]
            self.delete(session, until)
        except HardwareError as error:
            _log.warning("after the photo: %s", error)

    def delete(self, session: Session, until: float) -> None:
        """Delete what was left, as far as there is time.

        Raises:
            DeviceLost, DeviceBusy, DeviceTimeout: the camera does not answer.
        """
        while self._files and time.monotonic() < until:
            with contextlib.suppress(Unsupported, Misconfigured):
                session.delete(self._files.pop(0))
