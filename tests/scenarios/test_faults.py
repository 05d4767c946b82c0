"""Each fault of `bench/faults`, small: nothing is lost, nothing leaks, and it's over by itself."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from anonmsg.framework.open_files import raise_limit
from bench.faults import (
    floods,
    floods_of_requests,
    handlers,
    kills,
    malformed,
    outages,
    outages_of_storage,
    senders,
    sign_ins,
)
from bench.faults.__main__ import FAULTS
from bench.faults.report import Row
from tests.web import build

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.faults


@pytest.fixture(autouse=True)
def _a_miniature_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    build.write(tmp_path / "web" / "build" / "client")
    monkeypatch.setenv("REFLEX_WEB_WORKDIR", str(tmp_path / "web"))


def zero(row: Row, *names: str) -> None:
    """Check that these figures were measured and are zero."""
    assert {name: row[name] for name in names} == dict.fromkeys(names, 0)


def test_a_crowd_of_senders_loses_and_doubles_nothing() -> None:
    found = senders.measure(senders=8, seconds=1.5, pause=0.1)
    for way in ("forms", "events"):
        assert found[way]["sent"] > 8
        zero(found[way], "lost", "doubled", "refused")


def test_a_server_that_is_killed_loses_and_doubles_nothing_and_comes_back() -> None:
    found = kills.measure(count=3, senders=4)
    fates, worker, server = found.values()
    assert fates["sent"] > 4
    zero(fates, "lost", "doubled", "unsound")
    assert (worker["kills"], server["kills"]) == (2, 1)


def test_what_is_malformed_breaks_nothing_and_its_words_are_in_no_log() -> None:
    found = malformed.measure(count=250, seed=11)
    zero(found["frames"], "not reached", "crashes", "incidents", "in the log")
    zero(found["requests"], "not reached", "crashes", "incidents", "in the log", "5xx")


def test_no_handler_tells_or_changes_what_is_somebody_elses() -> None:
    found = handlers.measure()
    control = found.pop(handlers.CONTROL)
    assert control["sees her own"] > 0
    assert len(found) == 4
    for row in found.values():
        assert row["frames"] >= row["handlers"] >= 52
        zero(row, "leaks", "changes", "crashes", "incidents")


@pytest.mark.parametrize("name", floods.FLOODS)
def test_a_flood_takes_no_honest_message_and_no_worker(name: str) -> None:
    found = floods.measure(seconds=1.5, size=0.05, only=name)
    zero(found[name], "send failed", "crashes")


def test_a_rush_of_sign_ins_refuses_nobody_else() -> None:
    quiet, rush = sign_ins.measure(count=12, times=1, quiet=0.5).values()
    zero(quiet, "send failed", "healthz failed")
    zero(rush, "send failed", "healthz failed", "5xx")
    assert rush["signed in"] + rush["come again"] == 12
    assert rush["signed in"] > 0


@pytest.mark.parametrize("is_mounted", [True, False], ids=["file system", "limit"])
def test_a_full_disk_is_told_truly_and_over_by_itself(
    monkeypatch: pytest.MonkeyPatch, *, is_mounted: bool
) -> None:
    if not is_mounted:
        monkeypatch.setattr(outages_of_storage, "_mounts", lambda _folder: False)
    (found,) = outages.measure(seconds=1.5, senders=3, only="disk full").values()
    assert found["refused"] > 0
    zero(found, "false acks", "doubled", "texts lost", "other errors", "not back", "crashes")


def test_a_locked_database_is_told_truly_and_over_by_itself() -> None:
    # It waits ten seconds for the lock.
    (found,) = outages.measure(seconds=11, senders=3, only="database locked").values()
    assert found["refused"] > 0
    zero(found, "false acks", "doubled", "texts lost", "other errors", "not back", "crashes")


@pytest.mark.parametrize("server", ["PostgreSQL", "Redis"])
def test_a_server_that_is_away_is_told_truly_and_needs_no_restart(server: str) -> None:
    (found,) = outages.measure(seconds=2, senders=3, only=f"{server} away").values()
    assert found["sent"] > 3
    # Redis isn't needed to send a form.
    assert (found["refused"] > 0) == (server == "PostgreSQL")
    zero(found, "false acks", "doubled", "texts lost", "other errors", "not back", "crashes")


@pytest.mark.parametrize("kind", ["refusing", "silent"])
def test_a_mail_server_that_is_away_is_told_truly_and_its_mail_comes(kind: str) -> None:
    (found,) = outages.measure(only=f"mail server {kind}").values()
    assert found["sent"] == 1
    zero(found, "false acks", "doubled", "refused", "not back", "crashes")


def test_each_fault_is_a_command_that_prints_a_table_and_a_line_of_json() -> None:
    command = [sys.executable, "-m", "bench.faults.malformed", "--count", "20", "--seed", "3"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    *table, line = ran.stdout.splitlines()
    assert len(table) == 3
    assert json.loads(line)["found"]["requests"]["5xx"] == 0
    for name in FAULTS:
        assert callable(importlib.import_module(f"bench.faults.{name}").main)


def test_a_fault_that_does_not_exist_is_named() -> None:
    command = [sys.executable, "-m", "bench.faults", "killz"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "There is no fault named killz." in ran.stderr


def test_the_floods_need_no_more_files_than_may_be_open() -> None:
    assert raise_limit() > floods_of_requests.HALF_OPEN + 100
