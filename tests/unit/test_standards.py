"""Photo standards: the figures of CHSI as published, and files of other standards."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import standards
from kiosk.standards import StandardError, available, load

CHSI = Path(standards.__file__).with_name("chsi.toml")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = CHSI.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "other.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_chsi_has_the_published_figures() -> None:
    chsi = load("chsi")
    assert (chsi.file.width_px, chsi.file.height_px, chsi.file.dpi) == (480, 640, 300)
    assert (chsi.file.min_bytes, chsi.file.max_bytes) == (20 * 1024, 40 * 1024)
    assert chsi.background.colour() == (100, 197, 255)
    assert (chsi.geometry.crown_min_px, chsi.geometry.crown_max_px) == (50, 110)
    assert (chsi.geometry.eyes_min_px, chsi.geometry.eyes_max_px) == (200, 300)
    assert (chsi.geometry.face_width_min_px, chsi.geometry.face_width_max_px) == (180, 300)


@pytest.mark.parametrize("name", available())
def test_every_standard_that_ships_aims_inside_its_own_limits(name: str) -> None:
    standard = load(name)
    g, p = standard.geometry, standard.pose
    assert g.crown_min_px < g.crown_target_px < g.crown_max_px < g.eyes_target_px
    assert g.eyes_min_px < g.eyes_target_px < g.eyes_max_px < standard.file.height_px
    assert g.face_width_min_px < g.face_width_target_px < g.face_width_max_px
    assert g.face_width_max_px < standard.file.width_px
    for hint, fail in (
        (p.roll_hint_deg, p.roll_fail_deg),
        (p.yaw_hint_deg, p.yaw_fail_deg),
        (p.pitch_hint_deg, p.pitch_fail_deg),
        (p.shoulders_hint_deg, p.shoulders_fail_deg),
    ):
        assert 0 < hint <= fail


@pytest.mark.parametrize("name", available())
def test_every_figure_has_a_source_or_is_marked_as_ours(name: str) -> None:
    text = Path(standards.__file__).with_name(f"{name}.toml").read_text(encoding="utf-8")
    in_background = False
    for line in text.splitlines():
        if line.startswith("["):
            in_background = line.startswith("[background]")
        figure = "=" in line and any(c.isdigit() for c in line.split("=", 1)[1].split("#")[0])
        if figure and not in_background:
            assert line.rstrip().endswith((", H", ", M", "; H", "; M", "; D", "# D")), line


def test_colours_are_found_by_name() -> None:
    background = load("chsi").background
    assert background.colour("white") == (255, 255, 255)
    with pytest.raises(StandardError, match="blue, white or grey"):
        background.colour("green")


def test_a_batch_may_ask_for_its_own_size_band() -> None:
    banded = load("chsi").with_file_limits(10_000, None)
    assert (banded.file.min_bytes, banded.file.max_bytes) == (10_000, 40_960)
    assert load("chsi").with_file_limits(None, None) == load("chsi")


def test_an_impossible_size_band_is_refused() -> None:
    with pytest.raises((StandardError, ValueError), match="minimum"):
        load("chsi").with_file_limits(50_000, None)


def test_another_standard_is_another_file(tmp_path: Path) -> None:
    file = changed(tmp_path, "width_px = 480 ", "width_px = 413 ")
    assert load(file).file.width_px == 413
    assert load(str(file)).file.width_px == 413


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(StandardError, match=r"'mars'.*chsi"):
        load("mars")


@pytest.mark.parametrize("name", ["../chsi", "", "chsi/../chsi", "\x00"])
def test_odd_names_are_refused_politely(name: str) -> None:
    with pytest.raises(StandardError):
        load(name)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("dpi = 300 ", "dpi = 0 ", "file.dpi"),
        ("dpi = 300 ", "dots = 300 ", "file.dpi"),
        ("roll_hint_deg = 3.0", 'roll_hint_deg = "much"', "pose.roll_hint_deg"),
        ('default = "blue"', 'default = "green"', "background.default"),
        ("min_bytes = 20_480", "min_bytes = 90_000", "minimum is above"),
        ("[pose]", "[posture]", "pose"),
        ("[file]", "[file", "not TOML"),
    ],
)
def test_a_mistake_in_a_standard_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = changed(tmp_path, old, new)
    with pytest.raises(StandardError) as caught:
        load(file)
    assert str(file) in str(caught.value)
    assert said in str(caught.value)


def test_a_standard_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(StandardError, match="cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StandardError, match="not TOML"):
        load(tmp_path / "binary.toml")
