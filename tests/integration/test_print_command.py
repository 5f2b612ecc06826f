"""`kiosk print` as staff call it: to a file, and to a real CUPS queue."""

from __future__ import annotations

import json

import numpy as np
import pytest
from cups_server import CupsServer, need_cups
from PIL import Image
from standin import wait_for
from typer.testing import CliRunner

from kiosk.cli import app


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    Image.fromarray(np.full((640, 480, 3), (100, 197, 255), np.uint8)).save(path)
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["print", *map(str, arguments)])


def test_writes_a_sheet_and_says_where(photo, tmp_path):
    out = tmp_path / "new" / "sheet.png"
    result = run(photo, "--size", "one-inch", "--size", "two-inch", "--out", out, "--json")
    assert result.exit_code == 0, result.output
    line = json.loads(result.stdout)
    with Image.open(out) as image:
        assert line == {"file": str(out), "width_px": image.width, "height_px": image.height}
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--out FILE or --printer QUEUE"),
        (("--out", "sheet.tiff"), ".pdf, .png"),
        (("--out", "sheet.pdf", "--printer", "booth"), "not both"),
        (("--out", "sheet.pdf", "--size", "huge"), "no photo size 'huge'"),
        (("--out", "sheet.pdf", "--paper", "a9"), "no paper 'a9'"),
        (("--out", "sheet.pdf", "--copies", "99"), "no room"),
        (("--out", "/proc/sheet.pdf"), "cannot be written"),
        (("--out", "sheet.pdf", "--config", "none.toml"), "no such file"),
    ],
)
def test_wrong_call_is_refused_in_a_sentence(photo, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    result = run(photo, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "sheet.pdf").exists()


def test_picture_that_is_none_is_refused(tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8 no picture")
    for path in (bad, tmp_path / "absent.jpg"):
        result = run(path, "--out", tmp_path / "sheet.pdf")
        assert result.exit_code == 2
        assert path.name in result.stderr


def test_prints_upright_on_the_paper_of_the_settings(photo, tmp_path_factory):
    need_cups()
    root = tmp_path_factory.mktemp("cups")
    server = CupsServer(root)
    server.start()
    try:
        server.add("booth")
        config = root / "kiosk.toml"
        config.write_text(
            f'[printer]\ndriver = "cups"\nserver = "{server.server}"\n'
            'answer_s = 20.0\npaper = "a4"\n'
        )
        result = run(photo, "--config", config)
        assert result.exit_code == 0, result.output
        job = result.stdout.strip()
        options = server.prints / (job.removeprefix("booth-") + ".options")
        wait_for(options.exists)
        assert "media=iso_a4_210x297mm" in options.read_text()
        assert b"/MediaBox [ 0 0 595" in options.with_suffix("").read_bytes()

        server.say("cupsdisable", "booth")
        result = run(photo, "--config", config)
        assert result.exit_code == 1
        assert "sudo cupsenable booth" in result.stderr
    finally:
        server.stop()
