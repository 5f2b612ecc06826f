"""A folder of signed releases as operations make it, with small wheels."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner

from kiosk.update.fetching import FolderFetcher
from kiosk.update.publishing.build import describe
from kiosk.update.publishing.repository import Lifetimes, PublishedRepository
from kiosk.update.release import Release
from kiosk.update.repository import Repository

PLATFORM = "linux-x86_64-cp311"


def signer() -> CryptoSigner:
    return CryptoSigner(Ed25519PrivateKey.generate())


def make_wheel(folder: Path, version: str, *, body: str = "") -> Path:
    """Write the project's own wheel, with a command that says its version."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"campus_capture_kiosk-{version}"
    path = folder / f"{name}-py3-none-any.whl"
    info = f"{name}.dist-info"
    code = body or (
        "import sys\n\n\ndef main():\n    print('kiosk', VERSION)\n    sys.exit(0)\n"
    ).replace("VERSION", repr(version))
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny_kiosk.py", code)
        wheel.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: campus-capture-kiosk\nVersion: {version}\n",
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\nkiosk = tiny_kiosk:main\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


@dataclass
class Operations:
    """Those who publish: their folder and their keys."""

    folder: Path
    lifetimes: Lifetimes | None = None
    root: list[CryptoSigner] = field(default_factory=lambda: [signer(), signer()])
    targets: list[CryptoSigner] = field(default_factory=lambda: [signer(), signer()])
    snapshot: CryptoSigner = field(default_factory=signer)
    timestamp: CryptoSigner = field(default_factory=signer)

    def __post_init__(self) -> None:
        self.served = self.folder / "served"
        self.repository = PublishedRepository(self.served, self.lifetimes)
        self.repository.create(
            {
                "root": [s.public_key for s in self.root],
                "targets": [s.public_key for s in self.targets],
                "snapshot": [self.snapshot.public_key],
                "timestamp": [self.timestamp.public_key],
            },
            {"root": 2, "targets": 2},
        )
        for one in self.root:
            self.repository.sign("root", one)
        self.sign_and_publish()
        self.first_root = (self.served / "metadata" / "1.root.json").read_bytes()

    def sign_and_publish(self) -> None:
        for one in self.targets:
            self.repository.sign("targets", one)
        self.repository.publish(self.snapshot, self.timestamp)

    def release(self, version: str, *, platform: str = PLATFORM, body: str = "") -> Release:
        """Publish a version."""
        wheel = make_wheel(self.folder / f"built-{version}", version, body=body)
        release = describe([wheel], platform, version=version)
        self.repository.stage_release(release, [wheel])
        self.sign_and_publish()
        return release

    def seen_from(
        self, booth: Path, *, fetcher=None, address: str | None = None, reserve_bytes: int = 0
    ) -> Repository:
        """Return the repository as a booth sees it."""
        return Repository(
            address or self.served.as_uri(), booth / "metadata", booth / "wheels",
            self.first_root, fetcher or FolderFetcher(), reserve_bytes=reserve_bytes,
        )  # fmt: skip
