"""Speaks IPP with CUPS by CUPS' own ``ipptool``, which answers in a form programs can read.

A process of its own has a deadline that holds, whatever the print service does. The requests are
the files in ``hardware/ipp``; the answers are property lists. Sources: ipptool(1),
ipptoolfile(5), RFC 8011.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote
from xml.parsers.expat import ExpatError

from hardware.errors import DeviceLost, DeviceTimeout, FaultKind, Misconfigured

REQUESTS: Final = Path(__file__).with_name("ipp")
_TOOL: Final = "ipptool"
_GRACE_S: Final = 1.0
_NO_VARIABLES: Final[Mapping[str, str]] = MappingProxyType({})
NOT_FOUND: Final = "client-error-not-found"
"""IPP's word for: there is no such queue."""


class Refused(Exception):  # noqa: N818 - a state, named as the protocol names it
    """The print service answered, and refused.

    Attributes:
        status: IPP's word, such as ``client-error-not-found``.
    """

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message or status)
        self.status = status


class PrintService:
    """A CUPS scheduler.

    Args:
        server: its host and port.
        deadline_s: to one answer, seconds.
        tool: the program; None to look for it on the path.
    """

    def __init__(
        self, server: str = "localhost:631", *, deadline_s: float = 5.0, tool: str | None = None
    ) -> None:
        self.server = server
        self._deadline_s = deadline_s
        self._tool = tool

    def printers(self) -> tuple[dict[str, Any], ...]:
        """Return the attributes of every queue, by name.

        Raises:
            DeviceLost, DeviceTimeout, Misconfigured: see `_run`.
        """
        try:
            found = self._run("printers", "/")
        except Refused as error:
            if error.status != NOT_FOUND:
                raise
            return ()
        named = (each for each in found if "printer-name" in each)
        return tuple(sorted(named, key=lambda each: str(each["printer-name"])))

    def printer(self, queue: str) -> dict[str, Any]:
        """Return the attributes of one queue.

        Raises:
            Refused: there is no such queue.
            DeviceLost, DeviceTimeout, Misconfigured: see `_run`.
        """
        return self._merged(self._run("printer_state", _path(queue)))

    def print_file(self, queue: str, file: Path, media_type: str, title: str, paper: str) -> int:
        """Queue a file, never scaled; return the job's number.

        Args:
            queue: the printer's.
            file: what is printed.
            media_type: of the file.
            title: the job's name.
            paper: the media's PWG 5101.1 name, such as ``iso_a4_210x297mm``; empty for the
                queue's own.

        Raises:
            Refused: the service does not take it.
            DeviceLost, DeviceTimeout, Misconfigured: see `_run`.
        """
        variables = {"filetype": media_type, "title": title or "print"}
        if paper:
            variables["media"] = paper
        answer = self._run("print_on" if paper else "print", _path(queue), variables, file)
        return int(self._merged(answer)["job-id"])

    @staticmethod
    def _merged(groups: list[dict[str, Any]]) -> dict[str, Any]:
        return {key: value for group in groups for key, value in group.items()}

    def _run(
        self,
        request: str,
        path: str,
        variables: Mapping[str, str] = _NO_VARIABLES,
        file: Path | None = None,
    ) -> list[dict[str, Any]]:
        """Send a request and return the groups of attributes of its answer.

        Raises:
            Refused: the service refused it.
            DeviceLost: nobody answers.
            DeviceTimeout: no whole answer in time.
            Misconfigured: ipptool is missing.
        """
        tool = self._tool or shutil.which(_TOOL)
        if tool is None:
            raise Misconfigured(
                "The programs that speak with printers are missing. "
                "Say: sudo apt install cups cups-ipp-utils",
                FaultKind.DRIVER_MISSING,
            )
        command = [tool, "-X", "-T", f"{self._deadline_s:g}"]
        if file is not None:
            command += ["-f", str(file)]
        for name, value in variables.items():  # after the file, whose ending says a type too
            command += ["-d", f"{name}={value}"]
        command += [f"ipp://{self.server}{path}", str(REQUESTS / f"{request}.test")]
        try:
            done = subprocess.run(  # noqa: S603 - CUPS' own program, arguments not by a shell
                command,
                capture_output=True,
                timeout=self._deadline_s + _GRACE_S,
                check=False,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired as error:
            raise self._too_slow() from error
        except OSError as error:
            raise Misconfigured(
                f"{tool} cannot be started ({error.strerror}). "
                "Say: sudo apt install --reinstall cups-ipp-utils",
                FaultKind.DRIVER_MISSING,
            ) from error
        return self._answer(done.stdout)

    def _answer(self, text: bytes) -> list[dict[str, Any]]:
        """Read a property list; without one, nobody answered."""
        try:
            test = plistlib.loads(text)["Tests"][0]
            status = str(test["StatusCode"])
        except (ExpatError, plistlib.InvalidFileException, LookupError, ValueError) as error:
            raise self._silent() from error
        groups: list[dict[str, Any]] = test.get("ResponseAttributes", [])
        if status.startswith("successful"):
            return groups
        raise Refused(status, str(self._merged(groups).get("status-message", "")))

    def _silent(self) -> DeviceLost:
        return DeviceLost(
            f"The print service at {self.server} does not answer. Say: sudo systemctl restart cups",
            FaultKind.PRINT_SERVICE,
        )

    def _too_slow(self) -> DeviceTimeout:
        return DeviceTimeout(
            f"The print service at {self.server} did not answer within {self._deadline_s:g} s. "
            "Say: sudo systemctl restart cups",
            FaultKind.PRINT_SERVICE,
        )


def _path(queue: str) -> str:
    return f"/printers/{quote(queue, safe='')}"
