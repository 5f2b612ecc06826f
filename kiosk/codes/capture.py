"""Capture codes (图像采集码): the student's own QR code, and the plug-ins that understand it.

The real cipher is not public, so understanding is a plug-in's work: an entry point of the group
``campus_capture_kiosk.capture_code_decoders`` that names a callable, which takes the settings
(`kiosk.settings.CodeSettings`) and returns a `Decoder`.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol, runtime_checkable

from kiosk.codes.errors import CodeError, DecoderMissing, EmptyCode, NotACaptureCode, OverlongCode
from kiosk.codes.last_four import BracketPolicy
from kiosk.settings.codes import CodeSettings

ENTRY_POINT_GROUP = "campus_capture_kiosk.capture_code_decoders"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CaptureCode:
    """What a booth may know of a capture code.

    Attributes:
        code_hash: lower-case hex SHA-256 of the payload; the same code always has the same.
        decoder: name of the decoder that understood it.
        masked_name: such as ``张*``; empty when the code is opaque.
        masked_number: the student number, masked; empty when the code is opaque.
        last_four: of the ID number, under the bracket policy asked for; None when opaque.
        batch_hint: the batch code, where the payload names one.
    """

    code_hash: str
    decoder: str
    masked_name: str = ""
    masked_number: str = ""
    last_four: str | None = None
    batch_hint: str | None = None


@runtime_checkable
class Decoder(Protocol):
    """Understands one kind of capture code."""

    name: str

    def decode(self, text: str, policy: BracketPolicy = "count") -> CaptureCode | None:
        """Return what the code holds, or None when it is not of this decoder's kind.

        Args:
            text: the QR code's text, as read.
            policy: the batch's bracket policy, for the last four.

        Raises:
            CodeError: it is of this kind, but not good (`ForgedCode`, `ExpiredKey`, ...).
        """
        ...


DecoderFactory = Callable[[CodeSettings], Decoder]
"""What an entry point names."""


def payload_hash(payload: str) -> str:
    """Return the lower-case hex SHA-256 of a payload's UTF-8."""
    return hashlib.sha256(payload.encode("utf-8", "surrogatepass")).hexdigest()


def load_decoders(
    settings: CodeSettings, directory: Path = Path(), available: Sequence[EntryPoint] | None = None
) -> tuple[Decoder, ...]:
    """Load the decoders that the settings name, in their order.

    One that cannot be loaded is named in the log and left out: a broken plug-in must not take
    the booth down.

    Args:
        settings: the section; a relative `key_file` is resolved against `directory`.
        directory: the booth's data directory.
        available: entry points to choose from; by default the installed ones.

    Raises:
        DecoderMissing: none of them could be loaded.
    """
    if settings.key_file is not None:
        settings = settings.model_copy(update={"key_file": directory / settings.key_file})
    points = entry_points(group=ENTRY_POINT_GROUP) if available is None else available
    named = {point.name: point for point in points}
    loaded: list[Decoder] = []
    for name in settings.decoders:
        decoder = _load(name, named, settings)
        if decoder is not None:
            loaded.append(decoder)
    if not loaded:
        raise DecoderMissing(
            f"None of the capture code decoders {', '.join(settings.decoders) or '(none)'} could "
            f"be loaded. Installed are: {', '.join(sorted(named)) or 'none'}. Mend codes.decoders "
            "in the settings or install the plug-in."
        )
    return tuple(loaded)


def decode(
    text: str,
    decoders: Sequence[Decoder],
    policy: BracketPolicy = "count",
    longest: int = 1024,
) -> CaptureCode:
    """Ask the decoders in turn what a scanned text is.

    A decoder that fails in a way it should not is named in the log and passed over.

    Args:
        text: the QR code's text, as read.
        decoders: in the order to ask.
        policy: the batch's bracket policy, for the last four.
        longest: characters a capture code may have.

    Raises:
        NotACaptureCode: nobody knows it (or one of its kinds: `EmptyCode`, `PaymentCodeShown`...).
        CodeError: a decoder knows it and finds it not good; the others are not asked.
    """
    if not text.strip():
        raise EmptyCode("The code holds nothing. Show the capture code again.")
    if len(text) > longest:
        raise OverlongCode(f"The code holds more than {longest} characters: no capture code does.")
    for decoder in decoders:
        try:
            code: object = decoder.decode(text, policy)
        except CodeError:
            raise
        except Exception as error:  # noqa: BLE001 - a plug-in is foreign code
            _log.error("Decoder %s failed: %s. It is passed over.", _name(decoder), type(error))
            continue
        if isinstance(code, CaptureCode):
            return code
        if code is not None:
            _log.error("Decoder %s gave no CaptureCode. It is passed over.", _name(decoder))
    raise NotACaptureCode("This is not a capture code. Show the one from CHSI (学信网).")


def _load(name: str, named: dict[str, EntryPoint], settings: CodeSettings) -> Decoder | None:
    point = named.get(name)
    if point is None:
        _log.error("Capture code decoder %r is not installed. It is left out.", name)
        return None
    try:
        decoder = point.load()(settings)
    except Exception as error:  # noqa: BLE001 - a plug-in is foreign code
        _log.error("Capture code decoder %r cannot be loaded: %s. It is left out.", name, error)
        return None
    if not isinstance(decoder, Decoder):
        _log.error("Capture code decoder %r has no name or no decode(). It is left out.", name)
        return None
    return decoder


def _name(decoder: Decoder) -> str:
    return str(getattr(decoder, "name", type(decoder).__name__))
