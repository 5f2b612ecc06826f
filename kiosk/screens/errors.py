"""What can go wrong before a screen is drawn."""


class ScreenError(Exception):
    """The screens cannot be shown; the message says what to do."""


class FontMissingError(ScreenError):
    """No font with Chinese characters is installed."""


class DisplayError(ScreenError):
    """There is no display, and none could be started."""
