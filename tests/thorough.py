"""Which tests only `make test-all` runs, so that `make test` stays short.

A module of `SLOW` starts servers of its own, waits for real time, or kills processes. One
of `REPEATED` tries each of its tests in many ways that are slow; `make test` tries one
way. So it is with each browser test, too.
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
REPEATED = {
    *("commands/test_restore", "framework/test_answers", "mail/test_smtp"),
    *("scenarios/test_hostile_text", "scenarios/test_password_lengths"),
    *("services/inbox/test_search", "services/test_background", "services/test_limits"),
    *("unit/test_link_preview", "unit/test_story_image"),
    *("web/test_failures", "web/test_link_posts", "web/test_pictures", "web/test_routes"),
    *("web/test_sign_up_post", "web/test_verify_post"),
}


def module_of(path: Path) -> str:
    """Return a test file's name as in the tables above."""
    return path.relative_to(TESTS).with_suffix("").as_posix()


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark the tests that `make test` leaves out as thorough."""
    met: set[str] = set()
    for item in items:
        if TESTS not in item.path.parents:
            continue
        module, test = module_of(item.path), item.nodeid.partition("[")[0]
        is_repeated = test in met and (module in REPEATED or module.startswith("e2e/"))
        if module in SLOW or is_repeated:
            item.add_marker(pytest.mark.thorough)
        met.add(test)
