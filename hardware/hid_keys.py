"""From the keys a barcode scanner presses to the text it read.

A scanner types as a keyboard with the United States layout, whatever the machine's own layout
is; it holds Shift for capitals and ends with Enter, or Tab where it was set up so. Characters no
key has it types as Alt and their number on the keypad, in the mode most makers call "Alt" or
"ALT+Numpad" and "Unicode"; then a whole code in Chinese arrives.

Key numbers: linux/input-event-codes.h.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

KEY_RELEASED: Final = 0
KEY_PRESSED: Final = 1
KEY_REPEATED: Final = 2

_ENDING: Final = frozenset({15, 28, 96})  # Tab, Enter, Enter of the keypad
_SHIFT: Final = frozenset({42, 54})
_ALT: Final = frozenset({56, 100})
_CAPS_LOCK: Final = 58
_LAST_CODE_POINT: Final = 0x10FFFF


def _row(first: int, plain: str, shifted: str) -> dict[int, tuple[str, str]]:
    pairs = zip(plain, shifted, strict=True)
    return {first + offset: pair for offset, pair in enumerate(pairs)}


CHARACTERS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        **_row(2, "1234567890-=", "!@#$%^&*()_+"),
        **_row(16, "qwertyuiop[]", "QWERTYUIOP{}"),
        **_row(30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
        **_row(43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
        57: (" ", " "),
        55: ("*", "*"),
        74: ("-", "-"),
        78: ("+", "+"),
        98: ("/", "/"),
        **_row(71, "789", "789"),
        **_row(75, "456", "456"),
        **_row(79, "1230.", "1230."),
    }
)
"""Key number to the character without and with Shift."""

_KEYPAD_DIGITS: Final[Mapping[int, str]] = MappingProxyType(
    {key: plain for key, (plain, _) in CHARACTERS.items() if key > _CAPS_LOCK and plain.isdecimal()}
)


class Keys:
    """What has been typed so far. Pure: no clock, no device."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._held: set[int] = set()
        self._capitals = False
        self._number = ""  # typed on the keypad while Alt is held

    @property
    def typing(self) -> bool:
        """Whether there is text that no Enter has ended yet."""
        return bool(self._text)

    def event(self, key: int, value: int) -> str | None:
        """Take one key event.

        Args:
            key: its number.
            value: `KEY_RELEASED`, `KEY_PRESSED` or `KEY_REPEATED`.

        Returns:
            The whole text when this key ended one that is not empty.
        """
        if value == KEY_REPEATED:
            return None  # of a key held down; a scanner presses each anew
        if key in _SHIFT or key in _ALT:
            self._hold(key, pressed=value == KEY_PRESSED)
        elif value == KEY_PRESSED:
            if key in _ENDING:
                return self.take()
            self._press(key)
        return None

    def take(self) -> str | None:
        """Return what was typed and begin anew; None when there is nothing."""
        text, self._text, self._number = "".join(self._text), [], ""
        return text or None

    def forget(self) -> None:
        """Begin anew with no key held: events were lost."""
        self.take()
        self._held.clear()

    def _hold(self, key: int, *, pressed: bool) -> None:
        if pressed:
            self._held.add(key)
            return
        self._held.discard(key)
        if key in _ALT and self._number:
            code_point, self._number = int(self._number), ""
            if 0 < code_point <= _LAST_CODE_POINT:
                self._text.append(_character(code_point))

    def _press(self, key: int) -> None:
        if key == _CAPS_LOCK:
            self._capitals = not self._capitals
        elif self._held & _ALT:
            self._number += _KEYPAD_DIGITS.get(key, "")
        elif key in CHARACTERS:
            plain, shifted = CHARACTERS[key]
            upper = bool(self._held & _SHIFT) ^ (self._capitals and plain.isalpha())
            self._text.append(shifted if upper else plain)


def _character(number: int) -> str:
    """Up to 255 the number is one of Windows' Western code page, above it Unicode."""
    if number < 256:  # noqa: PLR2004 - one byte
        return bytes([number]).decode("cp1252", errors="replace")
    return chr(number)
