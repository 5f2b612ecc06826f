"""A stand-in for picamera2's class: controls, autofocus and faults of a real sensor.

libcamera's virtual pipeline, on which the driver is tried with the real picamera2
(`system/test_pi_camera.py`), has no controls, no autofocus, and no second program to be busy
with. What this does is what picamera2's manual and libcamera's control documentation say of a
Camera Module 3: values show some frames after they were set, a search for the focus takes some
frames, a change of mode starts anew.
"""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np

FRAME_S = 0.004
FRAMES_UNTIL_SET = 3
FRAMES_OF_A_SEARCH = 5

CONTROLS = {
    "ExposureTime": (13, 112_015_096, 20_000),
    "AnalogueGain": (1.12, 16.0, 1.0),
    "ColourGains": (0.0, 32.0, None),
    "FrameDurationLimits": (17_849, 220_417_486, 33_333),
    "AfMode": (0, 2, 0),
    "AfTrigger": (0, 1, 0),
    "AfRange": (0, 2, 0),
    "AfSpeed": (0, 1, 0),
    "LensPosition": (0.0, 15.0, 1.0),
}
FIXED_FOCUS = {name: limits for name, limits in CONTROLS.items() if name[:2] not in ("Af", "Le")}


class Job:
    def __init__(self, camera):
        self.camera, self.due = camera, time.monotonic() + FRAME_S

    def get_result(self, timeout=None):
        left = self.due - time.monotonic()
        if self.camera.fault == "hang" or (timeout is not None and left > timeout):
            time.sleep(timeout or 0)
            raise TimeoutError
        if self.camera.fault == "gone":
            raise RuntimeError("Camera frontend has timed out")
        time.sleep(max(0.0, left))
        return self.camera.next_request()


class FakePicamera2:
    """One camera at the port. `sensor` says what it can; `sitter_at` where focus is, dioptre."""

    sensor = CONTROLS
    sitter_at = 1.4
    busy = False
    there = ("imx708_wide", "imx219")
    last = None

    @classmethod
    def global_camera_info(cls):
        paths = [f"/base/axi/i2c@8{n}000/{model}@1a" for n, model in enumerate(cls.there)]
        usb = {"Model": "Webcam", "Id": "/base/axi/usb@200000-1:1.0-046d:0825"}
        ports = [{"Model": m, "Id": p} for m, p in zip(cls.there, paths, strict=True)]
        return [*ports, usb]

    def __init__(self, number=0):
        if self.busy:
            cause = RuntimeError("Failed to acquire camera: Device or resource busy")
            raise RuntimeError("Camera __init__ sequence did not complete.") from cause
        self.sensor_resolution = (4608, 2592)
        self.camera_controls = dict(self.sensor)
        self.started = self.closed = False
        self.fault = ""
        self.held = 0  # requests not given back
        self.focuses = 0
        self.modes = []  # configurations as they were run
        self.shown, self.coming = {}, []
        self.lens, self.af_state, self.searching = 1.0, 0, 0
        self.frames = 0
        type(self).last = self

    def create_still_configuration(self, main):
        return {"name": "still", "main": dict(main), "controls": {}}

    def create_preview_configuration(self, main, raw, buffer_count):
        return {"name": "live", "main": dict(main), "raw": raw, "controls": {}}

    def configure(self, config):
        self.config = {**config, "main": {**config["main"], "format": "BGR888"}}
        self.shown, self.coming = dict(config["controls"]), []
        self._lens_follows(config["controls"])

    def camera_configuration(self):
        return self.config

    def start(self):
        self.started = True
        self.modes.append(self.config)

    def stop(self):
        self.started = False

    def switch_mode(self, config, wait):
        if self.fault == "hang":
            time.sleep(wait)
            raise TimeoutError
        self.stop()
        self.configure(config)
        self.start()

    def set_controls(self, controls):
        unknown = set(controls) - set(self.camera_controls)
        if unknown:
            raise RuntimeError(f"Control {unknown} is not advertised by libcamera")
        self.coming.append((self.frames + FRAMES_UNTIL_SET, dict(controls)))

    def capture_request(self, wait):
        return Job(self)

    def close(self):
        self.stop()
        self.closed = True

    def _lens_follows(self, controls):
        if controls.get("AfMode") == 0 and "LensPosition" in controls:
            self.lens, self.af_state, self.searching = controls["LensPosition"], 0, 0
        if controls.get("AfTrigger") == 0 or controls.get("AfMode") == 2:
            self.searching, self.af_state = FRAMES_OF_A_SEARCH, 1
            self.focuses += 1

    def next_request(self):
        self.frames += 1
        for due, controls in list(self.coming):
            if self.frames >= due:
                self.coming.remove((due, controls))
                self.shown |= controls
                self._lens_follows(controls)
        if self.searching:
            self.searching -= 1
            if not self.searching:
                found = self.sitter_at is not None
                self.lens, self.af_state = (self.sitter_at, 2) if found else (self.lens, 3)
        exposure = self.shown.get("ExposureTime", 20_000)
        if self.fault == "clamps exposure":
            exposure = min(exposure, 5_000)
        said = {
            "SensorTimestamp": time.monotonic_ns() - 1_000_000 + exposure * 1_000,
            "ExposureTime": exposure - exposure % 12,
            "AnalogueGain": self.shown.get("AnalogueGain", 2.0) * 1.01,
            "DigitalGain": 1.0,
            "ColourGains": self.shown.get("ColourGains", (2.2, 1.7)),
            "Lux": 410.0,
            "ColourTemperature": 5300,
        }
        if "AfMode" in self.camera_controls:
            said |= {"AfState": self.af_state, "LensPosition": self.lens}
        width, height = self.config["main"]["size"]
        self.held += 1
        return SimpleNamespace(
            config={**self.config, "colour_space": None},
            get_metadata=lambda: said,
            make_array=lambda _: np.full((height, width, 3), self.frames % 256, np.uint8),
            release=self._give_back,
        )

    def _give_back(self):
        self.held -= 1
