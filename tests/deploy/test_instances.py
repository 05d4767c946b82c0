"""Two instances behind each proxy, under load: nothing fails, nothing is lost or doubled."""

from __future__ import annotations

import pytest

from bench.faults import instances
from bench.faults.proxies import PROXIES

pytestmark = [pytest.mark.hosts, pytest.mark.usefixtures("_built")]


@pytest.mark.parametrize("fault", instances.FAULTS)
@pytest.mark.parametrize("proxy", PROXIES)
def test_nobody_notices(proxy: str, fault: str) -> None:
    (found,) = instances.measure(times=2, senders=8, only=f"{proxy}, {fault}").values()
    assert found["sent"] > 50
    wanted = ("failed", "lost", "doubled", "unsound")
    assert {name: found[name] for name in wanted} == dict.fromkeys(wanted, 0)
