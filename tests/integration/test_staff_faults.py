"""A camera that is unplugged and a printer without paper, as staff read of them at the screen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = Path(__file__).with_name("staff_faults_probe.py")
REPORT = "report:"

pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    root = Path(__file__).parents[2]
    paths = os.pathsep.join(map(str, (root, root / "tests", PROBE.parent)))
    done = subprocess.run(
        [sys.executable, str(PROBE), str(tmp_path_factory.mktemp("booth"))],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    line = next((x for x in done.stdout.splitlines() if x.startswith(REPORT)), None)
    assert line is not None, done.stdout + done.stderr
    found = json.loads(line.removeprefix(REPORT))
    assert "error" not in found, found["error"]
    return found


@pytest.mark.parametrize(
    ("language", "camera", "broken", "unplugged", "paper"),
    [
        ("zh", "主相机", "故障", "没有连接。请检查电源、电池和连线", "缺纸。请装纸"),
        ("en", "Main camera", "fault", "Not connected. Check power", "Out of paper. Put paper in"),
    ],
)
def test_staff_read_what_is_wrong_and_what_to_do(
    screen, language, camera, broken, unplugged, paper
):
    texts = screen[language]
    below = texts[texts.index(camera) :]
    assert below[1].startswith(broken)
    assert below[2].startswith(unplugged)
    assert any(text.startswith(paper) for text in texts)


def test_what_works_stands_below_what_does_not(screen):
    texts = screen["zh"]
    assert texts.index("扫码镜头") > texts.index("主相机")
    assert texts.index("扫码镜头") > texts.index("打印机")
    assert texts[texts.index("扫码镜头") + 1].startswith("正常")


def test_drivers_own_words_stay_for_support(screen):
    assert any("unplugged" in text for text in screen["zh"])
    assert any("out of paper" in text for text in screen["zh"])
