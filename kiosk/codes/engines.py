"""The two QR engines, each as one function of a grey picture. Imported when first asked for.

Both guess how a code's bytes are to be read, and both guess wrong for some Chinese (zbar for a
quarter of short mixed texts, ZXing for one in a hundred). So the bytes are taken from them and
read here: as UTF-8, which other encodings almost never pass for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from kiosk.codes.enhance import Grey
from kiosk.codes.errors import EngineMissing

Engine = Callable[[Grey], tuple[str, ...]]
"""One pass over a grey picture: the texts of all QR codes in it, each once."""

_CFG_BINARY = 4
"""ZBAR_CFG_BINARY of zbar.h, since 0.23.1: give the bytes as they are. pyzbar has no name for it;
older libraries refuse it, and what they give then is UTF-8 after their own guess."""


def zxing() -> Engine:
    """Return ZXing-C++ as an engine.

    Raises:
        EngineMissing: zxing-cpp is not installed.
    """
    try:
        import zxingcpp
    except ImportError as error:
        raise EngineMissing("zxing-cpp is not installed. Say: pip install zxing-cpp") from error
    # From 3.0 "QRCode" is the whole family; nobody shows micro codes, and noise resembles them.
    formats = getattr(zxingcpp.BarcodeFormat, "QRCodeModel2", zxingcpp.BarcodeFormat.QRCode)
    plain = zxingcpp.TextMode.Plain

    def text(code: Any) -> str:
        try:
            return bytes(code.bytes).decode("utf-8")
        except UnicodeDecodeError:
            return str(code.text)

    def read(picture: Grey) -> tuple[str, ...]:
        found = zxingcpp.read_barcodes(picture, formats=formats, text_mode=plain)
        return _each_once(text(code) for code in found if code.valid)

    return read


def zbar() -> Engine:
    """Return ZBar as an engine.

    Raises:
        EngineMissing: pyzbar or the zbar library is not installed.
    """
    try:
        from pyzbar import wrapper
    except ImportError as error:
        raise EngineMissing(
            "The zbar library is not installed. Say: sudo apt install libzbar0 && "
            "pip install pyzbar (or set codes.engine to zxing)."
        ) from error
    from ctypes import string_at

    grey_format = int.from_bytes(b"Y800", "little")

    def symbols(image: Any) -> Iterable[bytes]:
        symbol = wrapper.zbar_image_first_symbol(image)
        while symbol:
            length = wrapper.zbar_symbol_get_data_length(symbol)
            yield string_at(wrapper.zbar_symbol_get_data(symbol), length)
            symbol = wrapper.zbar_symbol_next(symbol)

    def scan(picture: Grey, *, as_bytes: bool) -> list[bytes]:
        picture = np.ascontiguousarray(picture)
        scanner = wrapper.zbar_image_scanner_create()
        image = wrapper.zbar_image_create()
        try:
            for kind in wrapper.ZBarSymbol:
                on = int(kind == wrapper.ZBarSymbol.QRCODE)
                wrapper.zbar_image_scanner_set_config(
                    scanner, kind, wrapper.ZBarConfig.CFG_ENABLE, on
                )
            wrapper.zbar_image_scanner_set_config(
                scanner, wrapper.ZBarSymbol.QRCODE, _CFG_BINARY, int(as_bytes)
            )
            wrapper.zbar_image_set_format(image, grey_format)
            wrapper.zbar_image_set_size(image, picture.shape[1], picture.shape[0])
            wrapper.zbar_image_set_data(image, picture.ctypes.data, picture.size, None)
            wrapper.zbar_scan_image(scanner, image)
            return list(symbols(image))
        finally:
            wrapper.zbar_image_destroy(image)
            wrapper.zbar_image_scanner_destroy(scanner)

    def read(picture: Grey) -> tuple[str, ...]:
        try:
            return _each_once(data.decode("utf-8") for data in scan(picture, as_bytes=True))
        except UnicodeDecodeError:
            # Another encoding, or the Kanji mode of ISO/IEC 18004: zbar's guess is the best there.
            guessed = scan(picture, as_bytes=False)
            return _each_once(data.decode("utf-8", "replace") for data in guessed)

    return read


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
