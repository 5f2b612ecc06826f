"""`make bench`: every benchmark in a process of its own, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ORDER = (
    "guidance", "coached", "isolation", "codes", "matte", "composition", "booth", "accuracy",
    "central", "appliance",
)  # fmt: skip


def main() -> int:
    """Run those that are there; the exit code is 1 when one of them could not be run."""
    folder = Path(__file__).parent
    failed = []
    environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ}  # as `kiosk` sets it
    for name in ORDER:
        script = folder / f"{name}.py"
        if not script.exists():
            continue
        print(f"\n== {name}", flush=True)
        command = [sys.executable, script]
        done = subprocess.run(command, cwd=folder.parents[1], env=environment, check=False)
        if done.returncode:
            failed.append(name)
    if failed:
        print(f"\nCould not be run: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
