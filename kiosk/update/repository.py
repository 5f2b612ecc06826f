"""The signed releases, as a booth sees them: The Update Framework's client behind small calls."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3
from tuf.api import exceptions
from tuf.ngclient import FetcherInterface, TargetFile, Updater, UpdaterConfig

from kiosk.update.errors import ReleaseUnusable, RepositoryRefused, RepositoryUnreachable
from kiosk.update.release import Release, Wheel, target_of, version_in

_NOT_NOW = "The releases cannot be read now ({}). Tried again later."
_DRAFTS = "tmp*"
"""What the library writes before it renames; a power cut may leave one."""
_SPARE = 1.1
"""Of a release's size: free space that must be left on top while it is downloaded."""


class Repository:
    """Releases signed by operations.

    What was seen before is kept in `metadata_folder`: that is what makes an old state of the
    repository, replayed, be refused. One process at a time.

    Args:
        address: where ``metadata/`` and ``targets/`` lie; ``https:`` or ``file:``.
        metadata_folder: this booth's trusted metadata.
        download_folder: where wheels are kept between releases.
        root: the first root of trust, as it came with the installation.
        fetcher: see `kiosk.update.fetching`.
        reserve_bytes: what must stay free on the disk: photos are more urgent than a release.
    """

    def __init__(
        self,
        address: str,
        metadata_folder: Path,
        download_folder: Path,
        root: bytes,
        fetcher: FetcherInterface,
        *,
        reserve_bytes: int = 0,
    ) -> None:
        self._address = address.rstrip("/")
        self._folder = metadata_folder
        self._downloads = download_folder
        self._fetcher = fetcher
        self._reserve_bytes = reserve_bytes
        self._bootstrap = root
        self._updater: Updater | None = None

    def refresh(self) -> None:
        """Fetch and check the newest metadata.

        Raises:
            RepositoryUnreachable: it cannot be read now.
            RepositoryRefused: it is not what operations signed.
        """
        for folder in (self._folder, self._downloads):
            folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob(_DRAFTS):
            left.unlink(missing_ok=True)
        with _told():
            self._updater = Updater(
                metadata_dir=str(self._folder),
                metadata_base_url=f"{self._address}/metadata/",
                target_dir=str(self._downloads),
                target_base_url=f"{self._address}/targets/",
                fetcher=self._fetcher,
                config=UpdaterConfig(app_user_agent="campus-capture-kiosk"),
                bootstrap=self._bootstrap,
            )
            self._updater.refresh()

    def versions(self, platform: str) -> list[str]:
        """Return the versions signed for a platform, in no order.

        Raises:
            RepositoryUnreachable, RepositoryRefused: as `refresh`.
        """
        self._checked()
        # The client has no call that lists; the metadata it has just checked lies in its folder.
        from tuf.api.metadata import Metadata, Targets

        with _told():
            targets = Metadata[Targets].from_file(str(self._folder / "targets.json")).signed
        found = (version_in(path, platform) for path in targets.targets)
        return [version for version in found if version is not None]

    def release(self, version: str, platform: str) -> Release:
        """Return a release's description.

        Raises:
            ReleaseUnusable: there is none for this platform, or it contradicts its own path.
            RepositoryUnreachable, RepositoryRefused: as `refresh`.
        """
        target = target_of(version, platform)
        path = self._downloads / f"{version}-{platform}.json"
        self._download(target, path)
        release = Release.read(path.read_bytes())
        path.unlink()
        if (release.version, release.platform) != (version, platform):
            raise ReleaseUnusable(
                f"{target} describes {release.version} for {release.platform}. Publish it anew."
            )
        return release

    def fetch(self, release: Release) -> list[Path]:
        """Download the wheels that are not here yet; return all.

        Raises:
            ReleaseUnusable: a wheel is missing, is not what the release says, or the disk is full.
            RepositoryUnreachable, RepositoryRefused: as `refresh`.
        """
        missing = sum(w.size for w in release.wheels if not self._path(w).exists())
        free = max(0, shutil.disk_usage(self._downloads).free - self._reserve_bytes)
        if free < missing * _SPARE:
            raise ReleaseUnusable(
                f"{release.version} needs {missing / 1e6:.0f} MB more, the disk has "
                f"{free / 1e6:.0f} MB to spare. Make room, then update again."
            )
        return [self._fetch(wheel) for wheel in release.wheels]

    def forget_others(self, release: Release) -> None:
        """Remove wheels this release does not use: the disk holds those of one release."""
        keep = {self._path(wheel).name for wheel in release.wheels}
        for path in self._downloads.iterdir():
            if path.name not in keep:
                path.unlink()

    def _fetch(self, wheel: Wheel) -> Path:
        path = self._path(wheel)
        info = self._download(wheel.target, path)
        if info.hashes.get("sha256") != wheel.sha256 or info.length != wheel.size:
            path.unlink(missing_ok=True)
            raise ReleaseUnusable(f"{wheel.name} is not the file its release names.")
        return path

    def _path(self, wheel: Wheel) -> Path:
        # pip reads tags and version from a wheel's name, so that must stay; names are unique
        # because they carry the version, except for two builds of our own.
        return self._downloads / wheel.name

    def _download(self, target: str, path: Path) -> TargetFile:
        updater = self._checked()
        with _told():
            info = updater.get_targetinfo(target)
            if info is None:
                raise ReleaseUnusable(f"Operations have signed no {target}.")
            if updater.find_cached_target(info, str(path)) is None:
                updater.download_target(info, str(path))
            return info

    def _checked(self) -> Updater:
        if self._updater is None:
            self.refresh()
        assert self._updater is not None  # noqa: S101 - refresh has made it
        return self._updater


@contextmanager
def _told() -> Iterator[None]:
    """Turn the library's errors into ours: what it means, and whose business it is."""
    again = "The booth keeps its version; operations should know."
    try:
        yield
    except exceptions.SlowRetrievalError as error:
        # The library calls it slow, too, when no connection came about at all.
        if isinstance(error.__cause__, urllib3.exceptions.MaxRetryError):
            raise RepositoryUnreachable(_NOT_NOW.format(error.__cause__.reason)) from error
        raise RepositoryRefused(
            f"The server is too slow to be real: {error}. {again}", "slow"
        ) from error
    except exceptions.DownloadLengthMismatchError as error:
        raise RepositoryRefused(
            f"A file is longer than signed: {error}. {again}", "length"
        ) from error
    except (exceptions.DownloadError, urllib3.exceptions.HTTPError, OSError) as error:
        raise RepositoryUnreachable(_NOT_NOW.format(error)) from error
    except exceptions.ExpiredMetadataError as error:
        raise RepositoryRefused(
            f"The releases' signatures have run out: {error}. If the booth's clock is right, "
            "operations must sign anew.",
            "expired",
        ) from error
    except (exceptions.BadVersionNumberError, exceptions.EqualVersionNumberError) as error:
        raise RepositoryRefused(
            f"An old state was replayed: {error}. {again}", "replayed"
        ) from error
    except exceptions.UnsignedMetadataError as error:
        raise RepositoryRefused(
            f"Not signed by operations: {error}. {again}", "signature"
        ) from error
    except exceptions.LengthOrHashMismatchError as error:
        raise RepositoryRefused(f"A file was altered: {error}. {again}", "content") from error
    except (exceptions.RepositoryError, ValueError) as error:
        raise RepositoryRefused(
            f"The releases are not valid: {error}. {again}", "content"
        ) from error
