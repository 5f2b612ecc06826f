"""A delivery of more photos asks the database for more rows, not more often."""

from __future__ import annotations

from typing import Any

import pytest
from central_reviewing import Centre
from central_samples import jpeg
from sqlalchemy import Engine, event

from kiosk.central.service import batches, deliveries
from kiosk.central.service.delivery_tables import Export

CODE = "N5W2Q8"


def delivered(centre: Centre, seeds: range) -> tuple[Export, list[int]]:
    """Deliver so many photos; return the delivery and the number of looks each step took."""
    for seed in seeds:
        centre.decide(centre.send(jpeg(seed)), centre.li, None)
    looks = [0]

    def count(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        looks[-1] += statement.startswith("SELECT")

    def proofs(session: Any) -> tuple[int, list[str]]:
        rows = "".join(f"{row['file']},passed\n" for row in export.rows)
        data, batch = f"file,result\n{rows}".encode(), batches.find(session, CODE)
        return deliveries.import_proofs(session, batch, "x.csv", data, "staff:m", centre.now)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        export = deliveries.make(centre.service, CODE, "staff:m")
        assert export is not None
        looks.append(0)
        done = centre.write(lambda s: deliveries.confirm(s, export.id, "staff:m", centre.now))
        assert done == len(seeds)
        looks.append(0)
        assert centre.write(proofs) == (len(seeds), [])
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return export, looks


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_twice_as_many_take_as_many_looks(centre: Centre) -> None:
    _, few = delivered(centre, range(1, 5))
    export, many = delivered(centre, range(5, 17))
    assert [row["seq"] for row in export.rows] == list(range(5, 17))
    assert many == few
