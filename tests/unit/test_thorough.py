"""What `make test` leaves out is named by modules that exist."""

from __future__ import annotations

from tests.thorough import SLOW, TESTS


def test_each_module_that_is_left_out_exists() -> None:
    assert [each for each in SLOW if not (TESTS / f"{each}.py").exists()] == []
