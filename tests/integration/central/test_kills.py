"""The service is killed at any write, and keeps all that it confirmed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from central_server import environment

KILLED_WHILE_TAKING_IN = """
import json, os, random, signal, sys, time, io
from pathlib import Path
from sqlalchemy import func, select
from central_samples import jpeg, sha256, submission
from kiosk.central.service import intake
from kiosk.central.service.context import open_service
from kiosk.central.service.settings import load_service_settings
from kiosk.central.service.tables import Booth, Event, Order, Photo
settings = load_service_settings(Path(sys.argv[1]))
rng = random.Random(11)
photos = [jpeg(n) for n in range(30)]
original = jpeg(99, 960, 1280)

def upload(n):
    photo = photos[n]
    message = submission(photo, original, code_hash=sha256(b"student %d" % (n // 2)),
                         receipt_token="receipt-" + "%024d" % n)
    return intake.Upload(message, io.BytesIO(photo), io.BytesIO(original), "token")

def booth_of(service):
    return service.database.read(lambda s: s.scalar(select(Booth)))

# Once through here, so that the children need not learn it all again: they are short-lived.
service = open_service(settings)
booth = booth_of(service)
intake.take_in(service, booth, upload(0))
service.database.close()

def serve(pipe):
    while True:
        n = rng.randrange(30)
        answer = intake.take_in(service, booth, upload(n))
        os.write(pipe, ("%d %s %d\\n" % (n, answer.order, answer.version)).encode())

acknowledged, kills = {}, 0
while kills < 25:
    rng.seed(kills)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            serve(writer)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as lines:
        heard = [lines.readline() for _ in range(rng.randrange(1, 4))]
        time.sleep(rng.random() * 0.02)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the service stopped by itself"
        for line in "".join(heard + lines.readlines()).splitlines():
            n, order, version = line.split()
            assert acknowledged.setdefault(int(n), (order, version)) == (order, version)
    kills += 1

for n, (order, version) in acknowledged.items():
    again = intake.take_in(service, booth, upload(n))
    assert (again.order, str(again.version)) == (order, version)
    with service.storage.open(again.photo_sha256) as file:
        assert file.read() == photos[n]
    with service.storage.open(again.original_sha256) as file:
        assert file.read() == original
counts = service.database.read(lambda s: [s.scalar(select(func.count()).select_from(t))
                                          for t in (Photo, Order)])
versions = service.database.read(lambda s: s.execute(
    select(Order.version, func.count(Photo.id), func.max(Photo.version)).join(Photo)
    .group_by(Order.id)).all())
assert all(a == b == c for a, b, c in versions), "an order and its photos do not agree"
logged = service.database.read(lambda s: s.scalar(
    select(func.count()).select_from(Event).where(Event.action == "submit")))
print(json.dumps({"kills": kills, "acknowledged": len(acknowledged), "photos": counts[0],
                  "logged": logged}))
"""


def test_the_service_killed_at_any_write_keeps_all_it_confirmed(
    tmp_path: Path, new_database: Callable[[], str | None]
) -> None:
    from kiosk.central.service.demo import prepare_demo

    demo = prepare_demo(tmp_path, database_url=new_database())
    done = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_TAKING_IN, str(demo.config_path)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["kills"] == 25
    assert 0 < result["acknowledged"] <= result["photos"] == result["logged"]
