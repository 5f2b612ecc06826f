"""A stand-in for the module ``gphoto2``: bodies with live view, which the virtual camera lacks.

For what cannot exist on a machine without a camera: live view, makes other than Nikon, raw files
beside the JPEG, errors on request. What it does is what libgphoto2's ptp2 driver does with the
bodies whose configurations are published with it. Put it into ``sys.modules["gphoto2"]``.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
from PIL import Image

RADIO, TOGGLE, RANGE, TEXT = 5, 4, 3, 2


class GPhoto2Error(Exception):
    def __init__(self, code):
        super().__init__(f"[{code}]")
        self.code = code


def jpeg(shade: int, size: tuple[int, int] = (96, 64)) -> bytes:
    file = io.BytesIO()
    width, height = size
    pixels = np.full((height, width, 3), shade % 250, np.uint8)
    pixels[:, : width // 2, 0] = 255  # left half reddish: tells RGB from BGR
    Image.fromarray(pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


@dataclass
class Setting:
    value: str
    choices: tuple[str, ...] = ()
    kind: int = RADIO
    stuck: bool = False


@dataclass
class Body:
    """One camera on the bus, whoever opens it."""

    model: str = "Canon EOS R6"
    vendor: int = 0x04A9
    port: str = "usb:001,004"
    settings: dict[str, Setting] = field(default_factory=dict)
    names: tuple[str, ...] = ("capt0000.jpg",)  # files of a release; the first is returned
    faults: dict[str, list[int]] = field(default_factory=dict)  # codes, the next first
    broken_previews: int = 0
    photo: bytes | None = None
    damaged_downloads: int = 0
    log: list[str] = field(default_factory=list)
    waiting: list = field(default_factory=list)
    pictures: int = 0
    opened: int = 0

    def trouble(self, call: str) -> None:
        self.log.append(call)
        if self.faults.get(call):
            raise GPhoto2Error(self.faults[call].pop(0))


CANON = {
    "viewfinder": Setting("0", kind=TOGGLE),
    "autopoweroff": Setting("60", kind=TEXT),
    "drivemode": Setting("Continuous high speed", ("Single", "Continuous high speed")),
    "capturetarget": Setting("Memory card", ("Internal RAM", "Memory card")),
    "imageformat": Setting("RAW", ("Large Fine JPEG", "RAW + Large Fine JPEG", "RAW")),
    "iso": Setting("Auto", ("Auto", "100", "200", "400", "800")),
    "aperture": Setting("5.6", ("4", "5.6", "8", "11")),
    "shutterspeed": Setting("1/60", ("auto", "1/30", "1/60", "1/125", "0.3", "1")),
    "whitebalance": Setting("Auto", ("Auto", "Flash", "Color Temperature")),
    "colortemperature": Setting("5200", kind=TEXT),
    "serialnumber": Setting("a8f1", kind=TEXT),
    "eosserialnumber": Setting("032021004711", kind=TEXT),
    "batterylevel": Setting("75%", kind=TEXT),
}


class Camera:
    module: Gphoto2

    @classmethod
    def autodetect(cls):
        return _List([(body.model, body.port) for body in cls.module.bodies])

    def __init__(self):
        self.body: Body | None = None
        self.gone = False

    def set_abilities(self, kind): ...

    def set_port_info(self, port):
        self.body = next(body for body in self.module.bodies if body.port == port)

    def init(self):
        self.body.trouble("init")
        self.body.opened += 1

    def exit(self):
        assert not self.gone, "libgphoto2 would crash here"
        self.gone = True
        self.body.log.append("exit")

    def _use(self, call):
        assert not self.gone, "libgphoto2 would crash here"
        if self.body not in self.module.bodies:
            raise GPhoto2Error(-7)
        self.body.trouble(call)

    def get_single_config(self, name):
        self._use("get")
        if name not in self.body.settings:
            raise GPhoto2Error(-2)
        return Widget(self.body.settings[name])

    def set_single_config(self, name, widget):
        self._use("set")
        setting = self.body.settings[name]
        word = str(widget.value)
        assert not setting.choices or word in setting.choices, "libgphoto2 may crash here"
        self.body.log.append(f"{name}={word}")
        if not setting.stuck:
            setting.value = word

    def capture_preview(self):
        self._use("preview")
        self.body.pictures += 1
        if self.body.broken_previews:
            self.body.broken_previews -= 1
            return _File(jpeg(1)[:200])
        return _File(jpeg(self.body.pictures))

    def capture(self, _):
        self._use("capture")
        self.body.pictures += 1
        first, *others = (SimpleNamespace(folder="/", name=n) for n in self.body.names)
        self.body.waiting += [(2, other) for other in others]
        return first

    def file_get(self, _folder, name, _kind):
        self._use(f"get {name}")
        photo = self.body.photo or jpeg(self.body.pictures, (600, 400))
        if self.body.damaged_downloads:
            self.body.damaged_downloads -= 1
            photo = photo[: len(photo) // 2]
        return _File(photo)

    def file_delete(self, _folder, name):
        self._use(f"delete {name}")

    def wait_for_event(self, _ms):
        self._use("wait")
        return self.body.waiting.pop(0) if self.body.waiting else (1, None)

    def get_storageinfo(self):
        self._use("storage")
        return [SimpleNamespace(fields=64, freekbytes=2048)]


class Gphoto2:
    """The module."""

    GPhoto2Error = GPhoto2Error
    GP_WIDGET_RADIO, GP_WIDGET_MENU = RADIO, 6
    GP_WIDGET_TOGGLE, GP_WIDGET_RANGE = TOGGLE, RANGE
    GP_CAPTURE_IMAGE, GP_FILE_TYPE_NORMAL = 0, 1
    GP_EVENT_TIMEOUT, GP_EVENT_FILE_ADDED = 1, 2
    GP_STORAGEINFO_FREESPACEKBYTES = 64

    def __init__(self, *bodies: Body) -> None:
        self.bodies = list(bodies)
        self.Camera = type("Camera", (Camera,), {"module": self})

    def CameraAbilitiesList(self):  # noqa: N802 - the library's name
        by_model = {body.model: SimpleNamespace(usb_vendor=body.vendor) for body in self.bodies}
        return SimpleNamespace(
            load=lambda: None, lookup_model=lambda model: model, get_abilities=by_model.get
        )

    def PortInfoList(self):  # noqa: N802
        return SimpleNamespace(
            load=lambda: None, lookup_path=lambda path: path, get_info=lambda path: path
        )


class Widget:
    def __init__(self, setting: Setting):
        self._setting = setting
        self.value: object = setting.value

    def get_value(self):
        return int(self.value) if self._setting.kind == TOGGLE else self.value

    def set_value(self, value):
        assert isinstance(value, {TOGGLE: int, RANGE: float}.get(self._setting.kind, str))
        self.value = value

    def get_type(self):
        return self._setting.kind

    def count_choices(self):
        return len(self._setting.choices)

    def get_choice(self, index):
        return self._setting.choices[index]


class _File:
    def __init__(self, data):
        self._data = data

    def get_data_and_size(self):
        return memoryview(self._data)


class _List:
    def __init__(self, pairs):
        self._pairs = pairs

    def count(self):
        return len(self._pairs)

    def get_name(self, index):
        return self._pairs[index][0]

    def get_value(self, index):
        return self._pairs[index][1]
