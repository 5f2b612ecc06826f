"""What stands on the screen when the booth cannot run."""

from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

from kiosk.cli import app
from kiosk.codes.reader import CodeReader
from kiosk.fallback.framebuffer import Framebuffer, FramebufferError
from kiosk.fallback.picture import as_text, draw, staff_text
from kiosk.screens.fonts import find

WORDS = ["kiosk.service: main camera: no camera answers.", "Start request repeated too quickly."]


@pytest.fixture(scope="module")
def font(tmp_path_factory):
    return find(tmp_path_factory.mktemp("fonts")).regular


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (800, 480)])
def test_staff_read_off_the_screen_which_booth_and_why(font, size):
    pixels = draw(*size, booth="library-2", when="2026-06-01 08:00", reasons=WORDS, font=font)
    assert pixels.shape == (size[1], size[0], 3)
    (text,) = CodeReader().read(pixels)
    assert text == "\n".join(["library-2, 2026-06-01 08:00", *WORDS])


def test_without_a_chinese_font_english_is_better_than_boxes():
    pixels = draw(1080, 1920, booth="b", when="w", reasons=WORDS, font=None)
    assert CodeReader().read(pixels) == (staff_text("b", "w", WORDS),)


def test_a_long_log_is_cut_to_what_a_phone_can_read():
    assert len(staff_text("b", "w", ["x" * 5000])) == 600


def test_a_console_of_letters_has_it_too():
    said = as_text("library-2", "2026-06-01 08:00", WORDS)
    assert "This booth is paused" in said
    assert "█" in said or "▄" in said


def screen(tmp_path, bits, stride):
    system, device = tmp_path / "fb0", tmp_path / "device"
    system.mkdir()
    (system / "virtual_size").write_text("4,2\n")
    (system / "bits_per_pixel").write_text(f"{bits}\n")
    (system / "stride").write_text(f"{stride}\n")
    device.write_bytes(b"")
    return Framebuffer.first(device, system)


def test_true_colour_is_written_blue_first_and_rows_are_padded(tmp_path):
    buffer = screen(tmp_path, 32, 20)
    buffer.show(np.full((2, 4, 3), (1, 2, 3), np.uint8))
    assert buffer.device.read_bytes() == (b"\x03\x02\x01\xff" * 4 + b"\0" * 4) * 2


def test_high_colour_is_packed(tmp_path):
    buffer = screen(tmp_path, 16, 8)
    buffer.show(np.full((2, 4, 3), (255, 0, 0), np.uint8))
    assert buffer.device.read_bytes() == b"\x00\xf8" * 8


def test_a_machine_without_a_framebuffer_is_told(tmp_path):
    with pytest.raises(FramebufferError, match="no framebuffer"):
        Framebuffer.first(tmp_path / "none", tmp_path)
    with pytest.raises(FramebufferError, match="8 bits"):
        screen(tmp_path, 8, 4)


def test_broken_settings_are_what_staff_is_told(tmp_path):
    broken = tmp_path / "kiosk.toml"
    broken.write_text("[booth\n")
    out = tmp_path / "out.png"
    result = CliRunner().invoke(app, ["fallback", "--config", str(broken), "--picture", str(out)])
    assert result.exit_code == 0, result.output
    assert out.stat().st_size > 0
