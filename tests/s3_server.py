"""A real S3-compatible store of the tests' own: SeaweedFS, as its wheel brings it."""

from __future__ import annotations

import itertools
import json
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import botocore.session
import requests
from botocore.config import Config

KEY, SECRET = "central", "a secret of the tests"
BUCKET = "photos"
_START_S = 60.0


class S3Server:
    """A running store on this machine. Stopped and started again it keeps its address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seasons = itertools.count(1)
        with ExitStack() as taken:
            ports = {}
            for name in ("master", "volume", "filer", "s3"):
                for kind in ("port", "port.grpc"):
                    free = taken.enter_context(socket.socket())
                    free.bind(("127.0.0.1", 0))
                    ports[f"-{name}.{kind}"] = free.getsockname()[1]
        self._ports = ports
        self.address = f"http://127.0.0.1:{ports['-s3.port']}"
        self.secret_file = folder / "s3.secret"
        self.secret_file.write_text(SECRET + "\n")
        identity = {
            "name": "central",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (folder / "data").mkdir()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = [f"{option}={port}" for option, port in self._ports.items()]
        program = Path(sysconfig.get_path("scripts")) / "weed"
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    program, "server", f"-dir={self._folder / 'data'}", "-ip=127.0.0.1",
                    "-ip.bind=127.0.0.1", "-filer", "-s3", *options, "-s3.port.iceberg=0",
                    "-s3.port.lance=0",
                    f"-s3.config={self._folder / 's3.json'}", "-s3.autoCreateBucket=false",
                    "-s3.allowDeleteBucketNotEmpty=true", "-master.telemetry=false",
                    "-master.volumeSizeLimitMB=64", "-volume.max=0",
                    "-volume.minFreeSpacePercent=0",
                ],
                cwd=self._folder, stdout=log, stderr=log,
            )  # fmt: skip
        end = time.monotonic() + _START_S
        while not self._writes():
            is_over = self._process.poll() is not None or time.monotonic() > end
            assert not is_over, f"the store did not start: {self._folder / 'log'}"
            time.sleep(0.1)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(30)

    def client(self) -> Any:
        """Return a client of the store's own keeper."""
        return botocore.session.Session().create_client(
            "s3",
            region_name="us-east-1",
            endpoint_url=self.address,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    def settings(self, **s3: Any) -> dict[str, Any]:
        """Return the settings of a service that has a part of the bucket to itself."""
        table = {
            "endpoint": self.address,
            "key_id": KEY,
            "secret_file": str(self.secret_file),
            "tries": 1,
            "booth_endpoint": self.address,
        }
        url = f"s3://{BUCKET}/season-{next(self._seasons)}"
        return {"storage_url": url, "s3": table | s3}

    def _writes(self) -> bool:
        """Whether a file can be put: answers come a while before that."""
        try:
            requests.get(self.address, timeout=1)
            client = self.client()
            if BUCKET not in [b["Name"] for b in client.list_buckets()["Buckets"]]:
                client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="x", Body=b"x")
        except Exception:  # noqa: BLE001 - whatever a store says that is not ready yet
            return False
        return True


@contextmanager
def running_store(folder: Path) -> Iterator[S3Server]:
    """Start a store and stop it."""
    server = S3Server(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder / "data", ignore_errors=True)
