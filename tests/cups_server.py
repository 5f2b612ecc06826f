"""A CUPS of its own for a test, with a printer that is played.

The scheduler, its protocol and its queue are the real ones; only the back end, the program that
would send the pages over USB, is a few lines of shell: it says what the printer would say
(backend(7)) and writes the pages into a folder.
"""

from __future__ import annotations

import grp
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

_BACKEND = """#!/bin/sh
[ $# -eq 0 ] && exit 0
folder='{folder}'
said=''
while [ -e "$folder/problem" ]; do
    now=$(cat "$folder/problem" 2>/dev/null)
    if [ -n "$now" ] && [ "$now" != "$said" ]; then  # it may be half written, or just gone
        echo "STATE: +$now" >&2
        said=$now
    fi
    sleep 0.05
done
[ -z "$said" ] || echo "STATE: -$said" >&2
cat "${{6:--}}" > "$folder/.part" && mv "$folder/.part" "$folder/$1"
echo "$5" > "$folder/$1.options"
"""

_SCHEDULER = """LogLevel warn
Listen localhost:{port}
DefaultAuthType None
WebInterface No
Browsing No
ErrorPolicy retry-job
<Location />
 Order allow,deny
 Allow all
</Location>
<Policy default>
 <Limit All>
  Order allow,deny
  Allow all
 </Limit>
</Policy>
"""

_FILES = """ServerRoot {root}/server
ServerBin {root}/bin
CacheDir {root}/cache
StateDir {root}/state
RequestRoot {root}/spool
TempDir {root}/tmp
DocumentRoot {root}/doc
AccessLog {root}/access.log
ErrorLog {root}/error.log
PageLog {root}/page.log
SystemGroup {group}
"""


class CupsServer:
    """A running scheduler, and the folder of its printers' world."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.prints = root / "prints"
        with socket.socket() as free:
            free.bind(("localhost", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self._lay_out()

    @property
    def server(self) -> str:
        return f"localhost:{self.port}"

    def _lay_out(self) -> None:
        for name in ("server", "cache", "state", "spool", "tmp", "doc", "bin/backend", "prints"):
            (self.root / name).mkdir(parents=True)
        (self.root / "bin/daemon").symlink_to("/usr/lib/cups/daemon")
        backend = self.root / "bin/backend/played"
        backend.write_text(_BACKEND.format(folder=self.prints))
        # One that only root may read CUPS runs as root, and so as the owner of the folders.
        backend.chmod(0o700 if os.geteuid() == 0 else 0o755)
        (self.root / "cupsd.conf").write_text(_SCHEDULER.format(port=self.port))
        group = grp.getgrgid(os.getegid()).gr_name
        (self.root / "files.conf").write_text(_FILES.format(root=self.root, group=group))

    def start(self) -> None:
        program = shutil.which("cupsd", path=f"{os.environ['PATH']}:/usr/sbin")
        command = [program, "-f", "-c", self.root / "cupsd.conf", "-s", self.root / "files.conf"]
        self._process = subprocess.Popen(command)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("localhost", self.port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        raise AssertionError((self.root / "error.log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def say(self, *command: str) -> None:
        """Run one of CUPS' own commands, such as ``cupsdisable``, on this scheduler."""
        path = f"{os.environ['PATH']}:/usr/sbin"
        program = shutil.which(command[0], path=path)
        environment = {**os.environ, "CUPS_SERVER": self.server}
        subprocess.run([program, *command[1:]], env=environment, check=True)

    def add(self, queue: str) -> None:
        self.say("lpadmin", "-p", queue, "-E", "-v", "played:/socket")

    def problem(self, state: str | None) -> None:
        """Have the printer say what is wrong, such as ``media-empty-error``; None mends it."""
        file = self.prints / "problem"
        if state is None:
            file.unlink()
        else:
            file.write_text(state)


def need_cups() -> None:
    """Skip where CUPS is missing, except in CI."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    missing = [name for name in ("cupsd", "ipptool") if shutil.which(name, path=path) is None]
    if missing:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("needs cups-daemon, cups-client and cups-ipp-utils")
