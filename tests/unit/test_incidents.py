"""Incidents: what an operator reads of a failure, and what nobody reads."""

from __future__ import annotations

import errno
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from anonmsg.runtime.incidents import failure_of, kind_of

TYPED = "what somebody typed"


def test_a_failure_that_several_people_share_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shared = ValueError(TYPED)
    sentences = {failure_of(shared).sentence for _ in range(64)}
    assert len(sentences) == len(caplog.records) == 1
    assert TYPED not in caplog.text
    assert TYPED not in sentences.pop()


def test_two_failures_have_two_numbers(caplog: pytest.LogCaptureFixture) -> None:
    told = [failure_of(ValueError(TYPED)).sentence for _ in range(2)]
    assert len({*told}) == len(caplog.records) == 2


def test_the_code_of_a_failure_is_part_of_its_kind() -> None:
    with pytest.raises(sqlite3.OperationalError) as found:
        sqlite3.connect(":memory:").execute(TYPED)
    inside = OperationalError(TYPED, None, found.value)
    assert kind_of(inside) == "OperationalError SQLITE_ERROR"
    assert kind_of(OSError(errno.ENOSPC, TYPED)) == "OSError ENOSPC"
    assert kind_of(OSError(TYPED)) == "OSError"
    assert kind_of(ValueError(TYPED)) == "ValueError"
