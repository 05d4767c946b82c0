"""`make quick`: which tests a change asks for."""

from __future__ import annotations

import pytest

from tests.quick import MOST, OTHERWISE, chosen, sources

MODULES = {
    "anonmsg/pages/settings/page.py": "from anonmsg.pages.settings.sections import section",
    "anonmsg/pages/settings/sections.py": "import reflex as rx",
    "anonmsg/pages/settings/state.py": "from anonmsg.services.accounts import profiles",
    "anonmsg/rules.py": "import re",
    "anonmsg/services/accounts/profiles.py": "from anonmsg.services.accounts import usernames",
    "anonmsg/services/accounts/sign_ups.py": "from anonmsg import rules",
    "anonmsg/services/accounts/usernames.py": "from anonmsg.services.accounts import profiles",
    "anonmsg/services/outbox.py": "import anonmsg.mail",
    "anonmsg/web/routes.py": "import re",
    "tests/factories.py": "from anonmsg.database.tables import Person",
    "tests/pages/test_settings.py": "from anonmsg.services.accounts import profiles",
    "tests/services/accounts/test_sign_ups.py": "from tests import factories",
    "tests/services/test_outbox.py": "import anonmsg.services.outbox",
    "tests/unit/test_rules.py": "from anonmsg import rules",
    "tests/unit/test_rules_messages.py": "def test_x():\n    from anonmsg.rules import message",
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("anonmsg/services/accounts/sign_ups.py", ["tests/services/accounts/test_sign_ups.py"]),
        ("anonmsg/services/accounts/profiles.py", ["tests/pages/test_settings.py"]),
        ("anonmsg/pages/settings/state.py", ["tests/pages/test_settings.py"]),
        ("anonmsg/pages/settings/page.py", ["tests/pages/test_settings.py"]),
        ("anonmsg/pages/settings/sections.py", ["tests/pages/test_settings.py"]),
        ("anonmsg/services/accounts/usernames.py", ["tests/pages/test_settings.py"]),
        ("anonmsg/services/outbox.py", ["tests/services/test_outbox.py"]),
        ("anonmsg/rules.py", ["tests/unit/test_rules.py", "tests/unit/test_rules_messages.py"]),
        ("tests/unit/test_rules.py", ["tests/unit/test_rules.py"]),
        ("tests/factories.py", ["tests/services/accounts/test_sign_ups.py"]),
    ],
)
def test_a_change_asks_for_the_nearest_tests(change: str, expected: list[str]) -> None:
    assert chosen([change], MODULES) == expected


@pytest.mark.parametrize(
    "changes",
    [[], ["README.md"], ["assets/app.css"], ["anonmsg/web/routes.py"], ["tests/unit/test_gone.py"]],
)
def test_where_nothing_is_found_the_unit_and_service_tests_run(changes: list[str]) -> None:
    assert chosen(changes, MODULES) == list(OTHERWISE)


def test_where_nearly_everything_is_found_the_unit_and_service_tests_run_and_its_own() -> None:
    many = {f"tests/web/test_{i}.py": "from anonmsg import rules" for i in range(MOST)}
    changes = ["anonmsg/rules.py", "anonmsg/pages/settings/page.py"]
    assert chosen(changes, MODULES | many) == [*OTHERWISE, "tests/pages/test_settings.py"]


def test_no_browser_is_started() -> None:
    assert [path for path in sources() if "e2e" in path] == []
    assert "tests/unit/test_quick.py" in sources()
