"""What finds copies of photos."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.central.service.tables.base import Base


class PhotoPrint(Base):
    """What finds copies of a photo: its 64 bits, in hex, and where its face is, pixels."""

    __tablename__ = "photo_prints"

    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), primary_key=True)
    photo_sha256: Mapped[str] = mapped_column(String(64))
    bits: Mapped[str] = mapped_column(String(16))
    x: Mapped[float]
    y: Mapped[float]
    side: Mapped[float]


class PrintKey(Base):
    """The index over `PhotoPrint`: one row for each band of its bits."""

    __tablename__ = "print_keys"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), primary_key=True, index=True)


class Likeness(Base):
    """Two photos that look like copies of each other, by their correlation."""

    __tablename__ = "likenesses"

    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), primary_key=True, index=True)
    score: Mapped[float]
