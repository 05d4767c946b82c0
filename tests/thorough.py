"""Which tests only `make test-all` runs, so that `make test` stays short.

A module of `SLOW` starts servers of its own, waits for real time, or kills processes. And a
test that's tried in many ways is tried in one, except in `tests/unit`, where that costs
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SLOW = {
    *("commands/test_backup_postgresql", "commands/test_database", "commands/test_metrics"),
    *("commands/test_logs_of_a_server", "commands/test_serve", "commands/test_stop"),
    *("database/test_postgresql", "web/test_half_open"),
    *("e2e/test_failing", "e2e/test_networks", "e2e/test_restart", "e2e/test_start"),
    *("scenarios/test_killed", "scenarios/test_mail_service_down"),
    *("scenarios/test_postgresql_away", "scenarios/test_restored_site"),
    "scenarios/test_two_workers",
    *("services/inbox/test_counts", "services/inbox/test_sealing"),
}


def module_of(path: Path) -> str:
    """Return a test file's name as in the table above."""
    return path.relative_to(TESTS).with_suffix("").as_posix()


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark the tests that `make test` leaves out as thorough."""
    met: set[str] = set()
    for item in items:
        if TESTS not in item.path.parents:
            continue
        module, test = module_of(item.path), item.nodeid.partition("[")[0]
        is_repeated = test in met and not module.startswith("unit/")
        if module in SLOW or is_repeated:
            item.add_marker(pytest.mark.thorough)
        met.add(test)
