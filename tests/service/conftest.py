"""One service for the tests that change nothing of it: the shipped plan, a store of cases, a token for each role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service.served import Service, served


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    store = f"sqlite:///{folder / 'cases.db'}"
    with served(folder, "--store", store, "--watch", "0", "--rate", "100000") as running:
        yield running
