"""One still to its finished, judged photo: time over bare JPEG decode and encode, and memory.

Stills of 1080 x 1080 (the real scenes) and of 24 megapixels (one of them enlarged). Then every
real scene as a file: in the band, at its density, on its colour, in the ranges or the reason named.
"""

from __future__ import annotations

import io
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from calibration.backdrop import PLATE_SIDE_PX, clean_plate
from calibration.stills import decode_stills
from kiosk.portrait.loading import load_maker
from kiosk.portrait.make import PortraitMaker
from kiosk.settings import load as load_settings
from kiosk.standards import load as load_standard

SCENES = Path(__file__).resolve().parents[3] / "shared" / "data" / "scenes"
LARGE_SIDE = 4900  # 24 megapixels
ROUNDS = 9


def jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def enlarged(data: bytes) -> bytes:
    image = Image.open(io.BytesIO(data))
    return jpeg(image.resize((LARGE_SIDE, LARGE_SIDE), Image.Resampling.BICUBIC))


def bare(still: bytes) -> None:
    """Decode the still in full, scale it to a photo's size, encode it once: the least there is."""
    image = Image.open(io.BytesIO(still)).convert("RGB")
    jpeg(image.resize((480, 640), Image.Resampling.BOX))


def medians_s(work: Callable[[bytes], object], stills: list[bytes]) -> tuple[float, float]:
    """Return the medians of the time that passed, and of the CPU's over all threads, seconds."""
    times = []
    for turn in range(ROUNDS + 1):
        still = stills[turn % len(stills)]
        start, cpu = time.perf_counter(), time.process_time()
        work(still)
        times.append((time.perf_counter() - start, time.process_time() - cpu))
    passed, cpu = zip(*times[1:], strict=True)
    return statistics.median(passed), statistics.median(cpu)


def maker_for(plates: list[bytes]) -> PortraitMaker:
    settings = load_settings()
    pixels, size = decode_stills([(str(i), p) for i, p in enumerate(plates)], PLATE_SIDE_PX)
    plate = clean_plate(pixels, size)
    return load_maker(load_standard("chsi"), settings.portrait, settings.guidance, plate=plate)


def measure(title: str, folder: Path) -> None:
    """Measure the stills and plates of a folder, in this process."""
    stills = [f.read_bytes() for f in sorted(folder.glob("*_03.jpg"))]
    maker = maker_for([f.read_bytes() for f in sorted(folder.glob("plate_*.jpg"))])
    (whole, cpu), (least, least_cpu) = medians_s(maker.make, stills), medians_s(bare, stills)
    print(f"{title}: {whole:.3f} s, {cpu:.3f} s of CPU; bare decode, scale and encode "
          f"{least:.3f} s, {least_cpu:.3f} s of CPU; ratio {cpu / least_cpu:.1f}")  # fmt: skip
    steps = maker.make(stills[0]).report.seconds
    print("   " + ", ".join(f"{name} {value:.3f}" for name, value in steps.items()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"   peak memory, models and making of the plate included: {peak:.0f} MB", flush=True)


def all_files() -> None:
    """Make the photo of every real scene and say what is missed, by name."""
    rules, missed, made = load_standard("chsi"), Counter(), []
    for folder in sorted(f for f in SCENES.iterdir() if f.is_dir()):
        maker = maker_for([f.read_bytes() for f in sorted(folder.glob("plate_*.jpg"))])
        made += [maker.make(f.read_bytes()) for f in sorted(folder.glob("*_03.jpg"))]
    files = [p.report.file for p in made]
    for portrait in made:
        missed.update(r.key for r in portrait.report.remarks if r.serious)
    good = sum(p.passed for p in made)
    band = sum(rules.file.min_bytes <= f.bytes <= rules.file.max_bytes for f in files)
    print(f"{len(made)} files: {good} conform, {band} in the size band "
          f"({min(f.bytes for f in files)} to {max(f.bytes for f in files)} bytes), "
          f"{sum(f.dpi == rules.file.dpi for f in files)} at {rules.file.dpi} dpi, "
          f"{sum(f.chroma == '4:4:4' for f in files)} in 4:4:4, "
          f"quality from {min(f.quality for f in files)}")  # fmt: skip
    print("   background, decoded, off its colour by at most "
          f"{max(p.report.background.deviation for p in made)} code value(s)")  # fmt: skip
    print("   missed: " + (", ".join(f"{k} {n}" for k, n in missed.most_common()) or "nothing"))


def main() -> int:
    if not SCENES.is_dir():
        print("the real scenes (../shared/data/scenes) are not beside this checkout")
        return 0
    with tempfile.TemporaryDirectory() as large:
        names = ["plate_0.jpg", "plate_1.jpg", "plate_2.jpg"]
        names += [f.name for f in sorted((SCENES / "grey").glob("*_03.jpg"))[:2]]
        for name in names:
            (Path(large) / name).write_bytes(enlarged((SCENES / "grey" / name).read_bytes()))
        for title, folder in (("1080 x 1080", SCENES / "grey"), ("24 megapixels", Path(large))):
            # A process of its own each, so that peak memory is this case's.
            subprocess.run([sys.executable, __file__, title, str(folder)], check=True)
    all_files()
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], Path(sys.argv[2]))
    else:
        sys.exit(main())
