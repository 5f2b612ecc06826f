"""`kiosk devices` on libgphoto2's own camera, on OpenCV's real V4L2 back end, and simulated."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import virtual_dslr
from device_tree import plug_in_keys
from PIL import Image
from typer.testing import CliRunner
from v4l2_cameras import CameraTree, build_library

from kiosk.cli import app

SETTINGS = """
[main_camera]
driver = "gphoto2"
open_deadline_s = 30.0
still_deadline_s = 30.0
[code_camera]
driver = "uvc"
device = "1-1.3"
open_deadline_s = 30.0
frame_deadline_s = 5.0
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return build_library(tmp_path_factory.mktemp("v4l2"))


@pytest.fixture
def booth(tmp_path, library):
    """A DSLR, two USB cameras, a scanner; returns how to call the command on them."""
    (tmp_path / "dslr").mkdir()
    virtual_dslr.install(tmp_path / "dslr")
    tree = CameraTree(tmp_path / "tree")
    tree.plug_in(0, port="1-1.2")
    tree.plug_in(1, port="1-1.3", card="Arducam", usb_id="0c45:6366", serial="")
    plug_in_keys(tree.root, 4, "Honeywell Scanner")
    config = tmp_path / "kiosk.toml"
    config.write_text(SETTINGS)
    environment = {
        **os.environ,
        **tree.environment(library),
        "VCAMERADIR": f"{tmp_path / 'dslr' / 'pictures'}/",
        "COLUMNS": "200",
    }

    def call(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "kiosk", "devices", *map(str, arguments), "--root", tree.root,
             "--config", config],
            env=environment, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip

    return call


def lines(done) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_list_names_drivers_and_uses(booth):
    done = booth("list", "--json")
    assert done.returncode == 0, done.stderr
    found = {line["name"]: line for line in lines(done)}
    assert found["Nikon DSC D750"]["driver"] == "gphoto2"
    assert found["Nikon DSC D750"]["used_as"] == ["main_camera"]
    assert found["Arducam"]["used_as"] == ["code_camera"]
    assert found["Arducam"]["id"] == "1-1.3"
    assert found["Test Camera"]["used_as"] == []
    assert found["Honeywell Scanner"]["used_as"] == ["code_scanner"]


def test_test_uses_each_device_and_leaves_pictures(booth, tmp_path):
    done = booth("test", "--seconds", "0.5", "--snapshot", tmp_path / "seen")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nikon DSC D750" in done.stdout
    assert "live view 1280 x 720" in done.stdout
    assert "no live view" in done.stdout
    for name, size in (("main_still.jpg", (180, 120)), ("codes.jpg", (1280, 720))):
        with Image.open(tmp_path / "seen" / name) as picture:
            assert picture.size == size


def test_soak_notices_a_camera_that_sends_one_file_again_and_again(booth):
    done = booth("soak", "--stills", "3", "--json")
    assert done.returncode == 1
    result = lines(done)[-1]
    assert (result["stills"], result["repeated"], result["faults"]) == (3, 2, {})
    assert result["driver_memory_peak_mb"] > 10


def run(*arguments):
    return CliRunner().invoke(app, ["devices", *map(str, arguments)])


def test_simulated_booth_is_listed_and_watched(tmp_path):
    listed = run("list", "--simulated", "--json", "--root", tmp_path)
    assert listed.exit_code == 0, listed.output
    assert [line["used_as"] for line in map(json.loads, listed.stdout.splitlines())] == [
        ["main_camera"],
        ["code_camera"],
    ]
    watched = run("watch", "--simulated", "--looks", "3", "--every", "0.5", "--json")
    last = [json.loads(line) for line in watched.stdout.splitlines()[-2:]]
    assert [line["name"] for line in last] == ["main", "codes"]
    assert (watched.exit_code == 0) == all(line["works"] for line in last)


def test_device_that_is_not_there_is_said_by_name(tmp_path):
    config = tmp_path / "kiosk.toml"
    config.write_text('[code_camera]\ndriver = "uvc"\ndevice = "1-1.9"\n')
    listed = run("list", "--config", config, "--root", tmp_path)
    assert listed.exit_code == 1
    assert "code_camera asks for the uvc camera '1-1.9'" in listed.stderr
    tried = run("test", "--config", config, "--root", tmp_path, "--seconds", "0", "--json")
    assert tried.exit_code == 1
    result = {line["name"]: line for line in map(json.loads, tried.stdout.splitlines())}
    assert (
        "not plugged in" in result["codes"]["faults"][0]
        or "No USB camera" in (result["codes"]["faults"][0])
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("soak",), "--hours H or --stills N"),
        (("soak", "--stills", "1", "--camera", "codes"), "Choose from: main"),
        (("test", "--snapshot", "/proc/none"), "cannot be written"),
        (("list", "--config", "/none.toml"), "no such file"),
    ],
)
def test_wrong_call_is_refused_in_a_sentence(arguments, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
