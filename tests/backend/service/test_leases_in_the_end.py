"""Who is refused because an earlier submission died in flight is stuck only if no lease will ever end that."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from backend.explorer.question import service_question
from backend.model.vocabulary import Verdict
from backend.service.explored.deployment import Deployment
from backend.service.explored.run import ServiceExploration
from tests.backend.service.conftest import SERVICES, plain_service
from tests.tables import exhaustive_but, values


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    with Deployment(plain_service("/lease"), SERVICES, 2) as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "refused"),
    exhaustive_but(
        [
            ("/lease", Verdict.UNDECIDED),
            ("/kept-lock", Verdict.STUCK),
            ("/claim", Verdict.UNDECIDED),
            ("/claim-ms", Verdict.UNDECIDED),
            ("/kept-claim", Verdict.STUCK),
        ],
        values("/lease", "/kept-claim"),
    ),
)
def test_a_retry_that_is_refused_after_a_crash_is_stuck_only_without_a_lease(
    deployment: Deployment, path: str, refused: Verdict
) -> None:
    deployment.turn_to(plain_service(path))
    exploration = ServiceExploration(deployment, service_question(path, requests=1, crashes=1))
    found = exploration.explore(lambda _: None, threading.Event())
    assert found.outcomes.keys() == {Verdict.EXACTLY_ONCE, refused}
