"""What the screens are told beside the visit: the booth's state, and where the face should be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceState:
    """One device, for the staff screen.

    Attributes:
        name: key of its name in the locale: ``main_camera``, ``code_camera``,
            ``code_scanner``, ``light``, ``printer``; another name is shown as it is.
        works: whether it works.
        detail: what it is, such as the model; shown as it is; may be empty.
        fault: key of ``device_faults`` or ``calibrate_problems``: what is wrong, or was last;
            empty when nothing is.
        past: whether that is over.
        said: the driver's own words of that, English, for support; may be empty.
        notes: (key of ``device_notes``, its number): battery, restarts and the like.
    """

    name: str
    works: bool
    detail: str = ""
    fault: str = ""
    past: bool = False
    said: str = ""
    notes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class StatusLine:
    """The booth at a glance.

    Attributes:
        clock: local time of day as it is shown, such as ``14:05``; empty for none.
        waiting: photos in the outbox that the central backend has not confirmed.
        central_online: whether the central backend answered last; None when not known yet.
        booth: the booth's name.
        devices: for the staff screen.
    """

    clock: str = ""
    waiting: int = 0
    central_online: bool | None = None
    booth: str = ""
    devices: tuple[DeviceState, ...] = ()


@dataclass(frozen=True, slots=True)
class FaceGuide:
    """Where face and shoulders should be in the live view, drawn as an outline over it.

    All in fractions of the camera's picture, from its top left corner, not mirrored. The defaults
    are those of the CHSI standard cut as high as a 16:9 picture.

    Attributes:
        centre_x: the middle of the face.
        crown_y: the top of the hair.
        eyes_y: the line of the eyes.
        chin_y: the chin.
        face_width: between the cheeks, fraction of the picture's width.
        shoulders_y: where the shoulders meet the sides of the neck.
    """

    centre_x: float = 0.5
    crown_y: float = 0.125
    eyes_y: float = 0.39
    chin_y: float = 0.656
    face_width: float = 0.211
    shoulders_y: float = 0.7625

    @classmethod
    def from_composition(
        cls,
        *,
        photo_width_px: float,
        photo_height_px: float,
        crown_px: float,
        eyes_px: float,
        face_width_px: float,
        frame: tuple[float, float, float, float],
    ) -> FaceGuide:
        """Place a photo standard's composition into the live view.

        Args:
            photo_width_px: the finished photo's width.
            photo_height_px: its height.
            crown_px: the standard's target for the crown, from the top edge.
            eyes_px: its target for the eye line, from the top edge.
            face_width_px: its target for the face's width.
            frame: where the finished photo is cut from the camera's picture: left, top, right,
                bottom in fractions of that picture.
        """
        left, top, right, bottom = frame

        def y(pixels: float) -> float:
            return top + pixels / photo_height_px * (bottom - top)

        # Eyes are half-way between the crown and the chin; shoulders begin about a fifth of a
        # head below the chin (common proportions in drawing; for the outline only).
        chin = eyes_px + (eyes_px - crown_px)
        shoulders = chin + (chin - crown_px) / 5
        return cls(
            centre_x=(left + right) / 2,
            crown_y=y(crown_px),
            eyes_y=y(eyes_px),
            chin_y=y(chin),
            face_width=face_width_px / photo_width_px * (right - left),
            shoulders_y=y(shoulders),
        )
