"""Sizes that fit the window, and colours that can be read."""

from __future__ import annotations

import pytest

from kiosk.screens import theme


@pytest.fixture(autouse=True)
def _same_scale_afterwards():
    yield
    theme.set_window(1080, 1920)


@pytest.mark.parametrize(
    ("width", "height", "scale"),
    [
        (1080, 1920, 1.0),
        (1920, 1080, 1.0),
        (540, 960, 0.5),
        (2160, 3840, 2.0),
        (1080, 1440, 0.75),  # squarer than 16:9: the long side decides
        (800, 1920, 800 / 1080),
    ],
)
def test_sizes_follow_the_window(width, height, scale):
    assert theme.scale_for(width, height) == pytest.approx(scale)


def test_a_touch_target_keeps_its_share_of_the_screen():
    theme.set_window(540, 960)
    assert theme.px(theme.TOUCH_MIN) == 48


def test_nothing_that_is_drawn_becomes_nothing():
    theme.set_window(100, 178)
    assert theme.px(1) == 1
    assert theme.px(0) == 0


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (theme.INK, theme.PAGE),
        (theme.INK_SOFT, theme.PAGE),
        (theme.INK_SOFT, theme.SURFACE),
        (theme.INK_SOFT, theme.SUNKEN),
        (theme.INK_FAINT, theme.PAGE),
        (theme.BRAND, theme.PAGE),
        (theme.BRAND, theme.BRAND_SOFT),
        (theme.ON_DARK, theme.BRAND),
        (theme.ON_DARK, theme.GOOD),
        (theme.ON_DARK, theme.NIGHT),
        (theme.ON_DARK_SOFT, theme.NIGHT_RAISED),
        (theme.GOOD, theme.GOOD_SOFT),
        (theme.WARN, theme.WARN_SOFT),
        (theme.BAD, theme.SURFACE),
        (theme.NIGHT, theme.ON_DARK),
    ],
)
def test_text_stands_out_from_its_ground(ink, ground):
    # WCAG 2.1 level AA for text of any size.
    assert theme.contrast(ink, ground) >= 4.5


def test_contrast_is_that_of_the_standard():
    white, black = (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 1.0)
    assert theme.contrast(white, black) == pytest.approx(21.0)
    assert theme.contrast(white, white) == pytest.approx(1.0)
