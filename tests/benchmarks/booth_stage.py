"""Make a booth's folders, keys and clean plate ready, in a process that then ends.

A booth's own process never loads the central service or its database; to measure the booth's
memory, neither may the process that plays the booth here.

    python -m tests.benchmarks.booth_stage FOLDER WIDTH HEIGHT

The last line written is JSON: what the booth needs to know.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

from hardware.sim.director import Director
from kiosk.demo.stage import calibrate, set_up


def main() -> None:
    """Prepare and tell."""
    folder, width, height = sys.argv[1:]
    stage = set_up(Path(folder), language="zh", size=(int(width), int(height)))
    with Director(stage.scene) as director:
        calibrate(stage, director, {"folder": str(stage.scene)})
    told = {
        "settings_file": str(stage.settings_file),
        "central_config": str(stage.central.config_path),
        "central_port": stage.central_port,
        "address": stage.address,
        "scene": str(stage.scene),
        "papers": dataclasses.asdict(stage.papers),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
