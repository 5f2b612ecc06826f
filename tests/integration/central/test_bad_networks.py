"""Cut lines and a service that is killed: each photo arrives, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from central_requests import parcel, refusal
from central_server import RunningCentral
from flaky_proxy import Cut, FlakyProxy

from kiosk.central.client import CentralClient
from kiosk.central.errors import CentralUnreachable
from kiosk.central.outbox import Outbox
from kiosk.central.outbox_index import EntryState
from kiosk.central.sender import Sender
from kiosk.settings.central import CentralSettings, OutboxSettings


class TestBadNetworks:
    def through(self, central: RunningCentral, proxy: FlakyProxy, **settings: Any) -> Any:
        values: dict[str, Any] = {
            "url": proxy.address, "retry_first_s": 0.01, "retry_longest_s": 0.05, "retries": 3,
            "store_uploads": False,
        }  # fmt: skip
        return CentralClient(CentralSettings(**(values | settings)), central.demo.booth_token)

    @pytest.mark.parametrize("part", [0.0001, 0.01, 0.1, 0.5, 0.9, 1.0])
    def test_an_upload_cut_anywhere_is_tried_again(
        self, central: RunningCentral, part: float
    ) -> None:
        message, photo, original = parcel()
        cut = int((len(photo) + len(original)) * part)
        cuts = [Cut(sent=cut), Cut(sent=cut + 700)]
        with FlakyProxy(central.address, cuts) as proxy:
            answer = self.through(central, proxy).submit(message, photo, original)
        assert answer.version == 1
        assert proxy.connections == 3

    @pytest.mark.parametrize("cut", [0, 30, 300])
    def test_a_lost_answer_makes_no_second_version(self, central: RunningCentral, cut: int) -> None:
        message, photo, original = parcel()
        with FlakyProxy(central.address, [Cut(answered=cut)]) as proxy:
            answer = self.through(central, proxy).submit(message, photo, original)
        assert answer.version == 1

    def test_patience_ends(self, central: RunningCentral) -> None:
        cuts = [Cut(sent=50)] * 10
        with FlakyProxy(central.address, cuts) as proxy:
            client = self.through(central, proxy)
            with pytest.raises(CentralUnreachable) as fault:
                client.batch("Z3K8F7")
        assert proxy.connections == 4
        assert not fault.value.answered

    def test_nobody_there(self, central: RunningCentral) -> None:
        with FlakyProxy(central.address, []) as proxy:
            address = proxy.address
        client = CentralClient(CentralSettings(url=address, retries=0), "x")
        with pytest.raises(CentralUnreachable, match=r"central\.url"):
            client.health()

    def test_refusals_are_not_tried_again(self, central: RunningCentral) -> None:
        with FlakyProxy(central.address, []) as proxy:
            client = self.through(central, proxy)
            assert refusal(client.batch, "NONE11").code == "batch_unknown"
        assert proxy.connections == 1


@pytest.mark.parametrize("part", [0.1, 0.9, None], ids=["early", "late", "before the answer"])
def test_the_service_killed_in_the_middle_of_an_upload_gets_the_photo_once(
    tmp_path: Path, central: RunningCentral, part: float | None
) -> None:
    message, photo, original = parcel()
    size = len(photo) + len(original)
    settings = OutboxSettings(retry_first_s=0.01, retry_longest_s=0.02)
    with Outbox(tmp_path, bytes(32), min_free_bytes=0) as outbox:
        outbox.put(message, photo, original)
        killed = Cut(sent=int(size * part)) if part else Cut(answered=0)
        with FlakyProxy(central.address, [killed], on_cut=central.kill) as proxy:
            client = CentralClient(
                CentralSettings(url=proxy.address, retries=0, store_uploads=False),
                central.demo.booth_token,
            )
            sender = Sender(outbox, client, settings)
            assert sender.run_once(everything=True).failed == 1
            assert sender.central_known_offline
            assert outbox.counts().waiting == 1
            central.start()
            assert sender.run_once(everything=True).sent == 1
        assert [e.state for e in outbox.entries()] == [EntryState.SENT]
    answer = central.client().find_submission(message)
    assert answer is not None
    assert answer.version == 1
