"""The signed releases as operations keep them: a folder any web server can hand out.

    <folder>/metadata/   what is signed      <folder>/targets/   wheels and descriptions
    <folder>/staged/     what waits for signatures; never handed out

The people who sign releases (`targets`) and those who may replace keys (`root`) sign offline, each
with a key of their own; the server alone holds `snapshot` and `timestamp`, which say only that
what others signed is still the newest.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, cast

from securesystemslib.signer import CryptoSigner, Key
from tuf.api.exceptions import RepositoryError, UnsignedMetadataError
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from kiosk.update.errors import PublishError
from kiosk.update.release import Release
from kiosk.update.slots import replace_file

StagedRole = Literal["root", "targets"]
Role = Literal["root", "targets", "snapshot", "timestamp"]


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Days until signatures run out. Short ones limit how long an old state can be replayed."""

    root: int = 365
    targets: int = 180
    snapshot: int = 7
    timestamp: int = 2


class PublishedRepository:
    """The folder of signed releases.

    Args:
        folder: see the module.
        lifetimes: of signatures.
    """

    def __init__(self, folder: Path, lifetimes: Lifetimes | None = None) -> None:
        self._metadata = folder / "metadata"
        self._targets = folder / "targets"
        self._staged = folder / "staged"
        self._lifetimes = lifetimes or Lifetimes()

    def create(self, keys: Mapping[Role, Sequence[Key]], thresholds: Mapping[Role, int]) -> None:
        """Stage the first root and an empty list of releases, to be signed and published.

        Raises:
            PublishError: the folder is in use, or a role has fewer keys than must sign.
        """
        if self._metadata.exists():
            raise PublishError(f"{self._metadata.parent} already holds signed releases.")
        root = Root(expires=self._until("root"), consistent_snapshot=True)
        self._put_keys(root, keys, thresholds)
        for folder in (self._metadata, self._targets, self._staged):
            folder.mkdir(parents=True, exist_ok=True)
        self._stage("root", Metadata(root))
        self._stage("targets", Metadata(Targets(expires=self._until("targets"))))

    def stage_keys(
        self, keys: Mapping[Role, Sequence[Key]], thresholds: Mapping[Role, int]
    ) -> None:
        """Stage a root with other keys for the given roles. Old and new root keys must sign it.

        With other keys for targets the list of releases is staged, too: booths refuse one that only
        the keys before have signed.

        Raises:
            PublishError: a role would have fewer keys than must sign.
        """
        root = self._load("root")
        signed = cast("Root", root.signed)
        self._put_keys(signed, keys, thresholds)
        signed.version += 1
        signed.expires = self._until("root")
        root.signatures.clear()
        if "targets" in keys:
            self._stage("targets", self._newest_targets())
        self._stage("root", root)

    def stage_release(self, release: Release, wheels: Sequence[Path]) -> None:
        """Stage a release: its files and a list of releases with it, to be signed.

        Raises:
            PublishError: it is published already, or a wheel is not what the release says.
        """
        targets = self._newest_targets()
        signed = cast("Targets", targets.signed)
        if release.target in signed.targets:
            raise PublishError(
                f"{release.version} for {release.platform} is published. Give it a new version."
            )
        files = {wheel.target: path for wheel, path in _pairs(release, wheels)}
        for target, path in files.items():
            self._add(signed, target, path.read_bytes())
        self._add(signed, release.target, release.model_dump_json(indent=1).encode())
        self._stage("targets", targets)

    def withdraw_release(self, version: str) -> None:
        """Stage a list of releases without this version, for every platform.

        Raises:
            PublishError: there is no such version.
        """
        targets = self._newest_targets()
        signed = cast("Targets", targets.signed)
        gone = [t for t in signed.targets if t.startswith(f"releases/{version}/")]
        if not gone:
            raise PublishError(f"{version} is not among the releases.")
        for target in gone:
            del signed.targets[target]
        self._stage("targets", targets)

    def sign(self, role: StagedRole, signer: CryptoSigner) -> None:
        """Add a person's signature to what is staged.

        Raises:
            PublishError: nothing is staged, or this key is none of the role's.
        """
        staged = self._load_staged(role)
        roots = [self._load_staged("root")] if self._is_staged("root") else []
        if self._is_published("root"):
            roots.append(self._load("root"))
        known = {key for r in roots for key in cast("Root", r.signed).roles[role].keyids}
        if signer.public_key.keyid not in known:
            raise PublishError(f"This key is none of those that sign {role}.")
        staged.sign(signer, append=True)
        self._write(self._staged / f"{role}.json", staged)

    def publish(self, snapshot: CryptoSigner, timestamp: CryptoSigner) -> list[str]:
        """Publish what is staged and signed by enough people; return which roles.

        Raises:
            PublishError: nothing is staged, or signatures are missing; nothing is published then.
        """
        roles = [role for role in ("root", "targets") if self._is_staged(role)]
        if not roles:
            raise PublishError("Nothing is staged.")
        root = self._load_staged("root") if "root" in roles else self._load("root")
        for role in roles:
            self._check(role, root)
        for role in roles:
            staged = self._load_staged(role)
            self._write(self._metadata / f"{staged.signed.version}.{role}.json", staged)
        self.renew(snapshot, timestamp)
        for role in roles:
            (self._staged / f"{role}.json").unlink()
        return roles

    def renew(self, snapshot: CryptoSigner, timestamp: CryptoSigner) -> None:
        """Say again that this is the newest state; to be done before `timestamp` runs out.

        Raises:
            PublishError: a key is none of the role's.
        """
        root = self._load("root")
        targets = self._load("targets")
        versions = self._versions("snapshot")
        new = Snapshot(version=max(versions, default=0) + 1, expires=self._until("snapshot"))
        new.meta["targets.json"] = MetaFile(targets.signed.version)
        signed = Metadata(new)
        signed.sign(snapshot)
        self._verify("snapshot", root, signed)
        stamp_path = self._metadata / "timestamp.json"
        version = 1
        if stamp_path.exists():
            version = Metadata[Timestamp].from_file(str(stamp_path)).signed.version + 1
        stamp = Metadata(
            Timestamp(
                version=version, expires=self._until("timestamp"),
                snapshot_meta=MetaFile(new.version),
            )
        )  # fmt: skip
        stamp.sign(timestamp)
        self._verify("timestamp", root, stamp)
        self._write(self._metadata / f"{new.version}.snapshot.json", signed)
        self._write(stamp_path, stamp)

    def releases(self) -> list[str]:
        """Return the published descriptions' paths."""
        targets = cast("Targets", self._load("targets").signed)
        return sorted(t for t in targets.targets if t.startswith("releases/"))

    def missing_signatures(self, role: StagedRole) -> int:
        """Return how many people have still to sign what is staged."""
        root = self._load_staged("root") if self._is_staged("root") else self._load("root")
        staged = self._load_staged(role)
        result = cast("Root", root.signed).get_verification_result(
            role, staged.signed_bytes, staged.signatures
        )
        missing = max(0, result.threshold - len(result.signed))
        if role == "root" and self._is_published("root"):
            before = cast("Root", self._load("root").signed).get_verification_result(
                role, staged.signed_bytes, staged.signatures
            )
            missing = max(missing, before.threshold - len(before.signed))
        return missing

    # --- inside -------------------------------------------------------------------------------

    def _put_keys(
        self, root: Root, keys: Mapping[Role, Sequence[Key]], thresholds: Mapping[Role, int]
    ) -> None:
        for role, own in keys.items():
            threshold = thresholds.get(role, 1)
            if not 1 <= threshold <= len({key.keyid for key in own}):
                raise PublishError(f"{role}: {threshold} of {len(own)} keys cannot sign.")
            for old in list(root.roles[role].keyids):
                root.revoke_key(old, role)
            for key in own:
                root.add_key(key, role)
            root.roles[role].threshold = threshold

    def _add(self, targets: Targets, target: str, content: bytes) -> None:
        info = TargetFile.from_data(target, content, ["sha256"])
        folder, _, name = target.rpartition("/")
        path = self._targets / folder / f"{info.hashes['sha256']}.{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            replace_file(path, content)
        targets.targets[target] = info

    def _newest_targets(self) -> Metadata[Any]:
        """Return what is staged, so that several releases go out at once, else a new version."""
        if self._is_staged("targets"):
            targets = self._load_staged("targets")
        else:
            targets = self._load("targets")
            targets.signed.version += 1
        targets.signed.expires = self._until("targets")
        targets.signatures.clear()
        return targets

    def _check(self, role: str, root: Metadata[Any]) -> None:
        self._verify(role, root, self._load_staged(role))
        if role == "root" and self._is_published("root"):
            self._verify("root", self._load("root"), self._load_staged("root"))

    def _verify(self, role: str, root: Metadata[Any], signed: Metadata[Any]) -> None:
        try:
            cast("Root", root.signed).verify_delegate(role, signed.signed_bytes, signed.signatures)
        except UnsignedMetadataError as error:
            raise PublishError(f"{role}: signatures are missing: {error}.") from error

    def _until(self, role: str) -> datetime:
        days: int = getattr(self._lifetimes, role)
        return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)

    def _versions(self, role: str) -> list[int]:
        names = (path.name for path in self._metadata.glob(f"*.{role}.json"))
        return [int(name.split(".", 1)[0]) for name in names]

    def _is_published(self, role: str) -> bool:
        return bool(self._versions(role))

    def _is_staged(self, role: str) -> bool:
        return (self._staged / f"{role}.json").exists()

    def _load(self, role: str) -> Metadata[Any]:
        versions = self._versions(role)
        if not versions:
            raise PublishError(f"No {role} is published here. Begin with: kiosk release init")
        return self._read(self._metadata / f"{max(versions)}.{role}.json")

    def _load_staged(self, role: str) -> Metadata[Any]:
        if not self._is_staged(role):
            raise PublishError(f"Nothing of {role} is staged.")
        return self._read(self._staged / f"{role}.json")

    def _stage(self, role: str, metadata: Metadata[Any]) -> None:
        self._staged.mkdir(exist_ok=True)
        self._write(self._staged / f"{role}.json", metadata)

    @staticmethod
    def _read(path: Path) -> Metadata[Any]:
        try:
            return Metadata.from_file(str(path))
        except RepositoryError as error:
            raise PublishError(f"{path} cannot be read: {error}") from error

    @staticmethod
    def _write(path: Path, metadata: Metadata[Any]) -> None:
        replace_file(path, metadata.to_bytes(JSONSerializer(compact=True)))


def copy_to_stick(folder: Path, stick: Path) -> None:
    """Copy what is published, and only that, for a booth without a network.

    Raises:
        PublishError: the stick does not take it.
    """
    try:
        for part in ("metadata", "targets"):
            shutil.copytree(folder / part, stick / part, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise PublishError(f"The stick could not be written: {error}") from error


def _pairs(release: Release, wheels: Sequence[Path]) -> list[tuple[Any, Path]]:
    by_name = {path.name: path for path in wheels}
    pairs = []
    for wheel in release.wheels:
        path = by_name.get(wheel.name)
        if path is None or hashlib.sha256(path.read_bytes()).hexdigest() != wheel.sha256:
            raise PublishError(f"{wheel.name} is missing or is not the file that was built.")
        pairs.append((wheel, path))
    return pairs
