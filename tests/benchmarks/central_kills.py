"""The central backend killed 200 times while it takes photos in, and 200 times in what follows.

Run it as ``python tests/benchmarks/central_kills.py``: a few minutes, on both databases. It fails
when anything that was confirmed is lost or changed, anything is there twice, or what is kept twice
does not agree; see ``tests/killed_intake.py`` and ``tests/killed_afterwards.py``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

import killed_afterwards  # noqa: E402
import killed_intake  # noqa: E402
from central_server import environment  # noqa: E402
from postgres_server import binaries, running_server  # noqa: E402

from kiosk.central.service.demo import prepare_demo  # noqa: E402

PROGRAMS = {
    "while photos come in": killed_intake.__file__,
    "in what follows": killed_afterwards.__file__,
}


def killed(name: str, program: str, database_url: str | None, kills: int) -> None:
    with tempfile.TemporaryDirectory(prefix="central-kills-") as folder:
        demo = prepare_demo(Path(folder) / "central", database_url=database_url)
        command = [sys.executable, program, str(demo.config_path), str(kills)]
        done = subprocess.run(
            command, env=environment(), check=True, stdout=subprocess.PIPE, text=True
        )
    print(f"{name}: {done.stdout.strip()}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    kills = parser.parse_args().kills
    for what, program in PROGRAMS.items():
        killed(f"SQLite, {what}", program, None, kills)
    programs = binaries()
    if programs is None:
        sys.exit("PostgreSQL is missing; install Debian's package 'postgresql'")
    with running_server(programs) as server:
        for what, program in PROGRAMS.items():
            killed(f"PostgreSQL, {what}", program, server.new_database(), kills)


if __name__ == "__main__":
    main()
