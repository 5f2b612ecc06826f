"""One MediaPipe graph, run on the thread that calls it.

MediaPipe's ready-made solutions start threads of their own for each graph and make objects of all
they found: on the face mesh a sixth of the processor's time. Here a graph runs on the caller's
thread, and what it found is read from the packets directly.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
import threading
import types
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from hardware.base import Pixels

_NOISE = re.compile(
    rb"absl::InitializeLog|XNNPACK|inference_feedback_manager|gl_context|landmark_projection"
    rb"|face_landmarker_graph|fontconfig|matplotlib"
)
Packets = Mapping[str, Any]

_loading = threading.Lock()
_STEP_US = 33_333
"""From one picture's time stamp to the next, microseconds; graphs only want them to grow."""


@contextlib.contextmanager
def _without_start_up_noise() -> Iterator[None]:
    """Drop the lines MediaPipe's C++ side writes to stderr while a graph starts.

    They are written below Python and cannot be switched off there. Whatever else was written
    in the meantime is passed on.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            written.seek(0)
            for line in written:
                if not _NOISE.search(line):
                    os.write(2, line)


@contextlib.contextmanager
def _without_plotting() -> Iterator[None]:
    """Give MediaPipe empty modules for matplotlib while it is imported.

    Its drawing helpers, which nobody here calls, import the whole of matplotlib: some 30 MB and
    a second. Somebody who imports matplotlib afterwards gets the real one.
    """
    names = ("matplotlib", "matplotlib.pyplot")
    if any(name in sys.modules for name in names):
        yield
        return
    package, pyplot = (types.ModuleType(name) for name in names)
    package.__dict__["pyplot"] = pyplot
    sys.modules.update(zip(names, (package, pyplot), strict=True))
    try:
        yield
    finally:
        for name in names:
            sys.modules.pop(name, None)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Load one thing at a time, without what MediaPipe has to say about it."""
    with _loading, _without_start_up_noise(), warnings.catch_warnings():
        # Protobuf and MediaPipe call their own deprecated functions; not ours to mend.
        warnings.simplefilter("ignore")
        os.environ.setdefault("GLOG_minloglevel", "2")
        yield


def _package() -> Path:
    """Import MediaPipe and return its folder."""
    with _without_plotting():
        import mediapipe

    return Path(mediapipe.__file__).parent


def drawn_face() -> Pixels:
    """Return a simple drawing, (128, 128, 3) RGB, on which every model finds a face."""
    import cv2

    picture = np.full((128, 128, 3), 200, np.uint8)
    cv2.ellipse(picture, (64, 66), (26, 34), 0, 0, 360, (200, 150, 125), -1)
    cv2.ellipse(picture, (64, 40), (28, 20), 0, 180, 360, (50, 35, 30), -1)
    for x in (54, 74):
        cv2.ellipse(picture, (x, 60), (5, 3), 0, 0, 360, (245, 245, 245), -1)
        cv2.circle(picture, (x, 60), 2, (40, 25, 20), -1)
        cv2.ellipse(picture, (x, 54), (6, 2), 0, 180, 360, (60, 40, 30), 1)
    cv2.line(picture, (64, 62), (61, 74), (160, 110, 90), 1)
    cv2.line(picture, (61, 74), (67, 74), (150, 100, 85), 1)
    cv2.ellipse(picture, (64, 84), (9, 3), 0, 0, 360, (170, 80, 80), -1)
    return picture


EMPTY = np.full((128, 128, 3), 200, np.uint8)
"""Nobody: nothing is found, and what was followed is lost."""


def bundled(path: str) -> bytes:
    """Return a file of MediaPipe's wheel, by its path in the package."""
    with _quietly():
        return (_package() / path).read_bytes()


def graph_config(
    nodes: str, inputs: Iterable[str], side_packets: Iterable[str], outputs: Iterable[str]
) -> str:
    """Return a whole graph as protobuf text; it works on the thread that waits for it."""
    streams = {"input_stream": inputs, "input_side_packet": side_packets, "output_stream": outputs}
    told = [f'{kind}: "{name}"' for kind, names in streams.items() for name in names]
    return "\n".join([*told, 'executor { type: "ApplicationThreadExecutor" }', nodes])


class MediaPipeGraph:
    """A graph that takes a picture and answers with packets: started quietly, closed once.

    Any thread may run it; one picture is looked at after the other.

    Args:
        nodes: of the graph, as protobuf text; pictures come from its input stream "image".
        outputs: the output streams to read, by name.
        side_packets: constants, by name.
        protos: other input streams, by name, and what they are given while the graph starts.

    Attributes:
        lock: held while a picture is looked at, and by whoever shows several in a row.
    """

    def __init__(
        self,
        nodes: str,
        outputs: Collection[str],
        side_packets: Mapping[str, bool | int | bytes] = MappingProxyType({}),
        protos: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        self.lock = threading.RLock()
        self._found: dict[str, Any] = {}
        self._time_us = 0
        with _quietly():
            folder = _package().parent
            first = protos()
            config = graph_config(nodes, ("image", *first), side_packets, outputs)
            self._graph: Any = self._started(folder, config, outputs, side_packets)
            # The first pictures start the interpreters, which also have something to say: the
            # face all of them; on the empty picture it is not followed any further.
            for pixels in (drawn_face(), EMPTY):
                self.run(pixels, first)

    def _started(
        self,
        folder: Path,
        config: str,
        outputs: Collection[str],
        side_packets: Mapping[str, bool | int | bytes],
    ) -> Any:
        from mediapipe.python import CalculatorGraph, ImageFormat, packet_creator, resource_util

        self._create, self._rgb = packet_creator, ImageFormat.SRGB
        makers = {
            bool: packet_creator.create_bool,
            int: packet_creator.create_int,
            bytes: packet_creator.create_string,
        }
        resource_util.set_resource_dir(str(folder))
        graph = CalculatorGraph(graph_config=config)
        for name in outputs:
            graph.observe_output_stream(name, self._found.__setitem__)
        graph.start_run({name: makers[type(v)](v) for name, v in side_packets.items()})
        return graph

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the graph. Does nothing when already closed."""
        with self.lock:
            if self._graph is not None:
                self._graph.close()
                self._graph = None

    def run(self, pixels: Pixels, protos: Mapping[str, Any] = MappingProxyType({})) -> Packets:
        """Look at one picture.

        Args:
            pixels: (H, W, 3) uint8 RGB; read-only contiguous pixels are not copied.
            protos: messages for the graph's other input streams, by name.

        Returns:
            Output stream to packet; a stream that has nothing to say is missing.

        Raises:
            ValueError: the pixels are not (H, W, 3) uint8.
            RuntimeError: the graph failed, or is closed.
        """
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:  # noqa: PLR2004
            raise ValueError(f"{pixels.dtype} pixels of shape {pixels.shape}, not (H, W, 3) uint8")
        if not pixels.flags.c_contiguous:
            pixels = np.ascontiguousarray(pixels)
            pixels.flags.writeable = False  # nobody else has it: MediaPipe needs no copy
        with self.lock:
            if self._graph is None:
                raise RuntimeError("the model was closed: make a new one")
            self._found.clear()
            self._time_us += _STEP_US
            at = self._time_us
            image = self._create.create_image_frame(pixels, image_format=self._rgb)
            self._graph.add_packet_to_input_stream("image", image.at(at))
            for name, message in protos.items():
                packet = self._create.create_proto(message).at(at)
                self._graph.add_packet_to_input_stream(name, packet)
            self._graph.wait_until_idle()
            return dict(self._found)
