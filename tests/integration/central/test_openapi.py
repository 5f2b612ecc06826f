"""The OpenAPI description is true: whatever is sent, no fault and no answer it does not name."""

from __future__ import annotations

import pytest
import schemathesis
from central_server import RunningCentral
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

# What is asked of every answer. Not asked: that each odd message is refused (unknown fields from
# a newer side are ignored on purpose), nor that a method nobody offers is named.
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@pytest.fixture(scope="module")
def central(own_central: RunningCentral) -> RunningCentral:
    return own_central


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("key", ["a booth's", "nobody's"])
def test_every_answer_is_one_that_is_described(
    central: RunningCentral, mode: GenerationMode, key: str
) -> None:
    """To messages as described and to others, from a booth and from a stranger."""
    token = central.demo.booth_token if key == "a booth's" else "ckb_of-nobody"
    headers = {"Authorization": f"Bearer {token}"}
    described = schemathesis.openapi.from_url(central.address + "/openapi.json")
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) >= 10
    if mode is GenerationMode.NEGATIVE:  # what takes nothing cannot be asked wrongly
        operations = [one for one in operations if one.body or [*one.iter_parameters()]]
        assert len(operations) >= 10
    for operation in operations:
        # Their order decides what is in the database, and so what the next one may meet.
        @seed(7)
        @settings(
            max_examples=6,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS, timeout=30)

        ask()
