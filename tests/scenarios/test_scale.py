"""Each part of `bench/scale`, small: nothing fails, no push is missed, no worker stays away."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.scale import pushes, rates, workers
from bench.scale.installations import ON_POSTGRESQL, ON_SQLITE, PARTS, SEVERAL
from tests.web import build

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.faults


@pytest.fixture(autouse=True)
def _a_miniature_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    build.write(tmp_path / "web" / "build" / "client")
    monkeypatch.setenv("REFLEX_WEB_WORKDIR", str(tmp_path / "web"))


def test_each_installation_answers_everything_and_is_compared_within_its_round() -> None:
    found = rates.measure(seconds=1, rounds=1, connections=4)
    assert list(found) == list(rates.WHATS)
    for by_name in found.values():
        assert set(by_name) == {ON_SQLITE, ON_POSTGRESQL, SEVERAL}
        for [each] in by_name.values():
            assert each.rate > 1
            assert each.refused == 0
    # Who has a server pays for it, and nobody else does.
    for name, servers in {ON_SQLITE: 0, ON_POSTGRESQL: 1}.items():
        [sends] = found["send"][name]
        assert sum(sends.cpu[part] > 0 for part in PARTS[1:]) == servers
    rows = rates.summed(found)
    assert len(rows) == 9
    assert rows[f"send: {ON_SQLITE}"]["of SQLite"] == 1


def test_a_row_says_which_goals_it_misses() -> None:
    good = {"of SQLite": 0.96, "CPU of SQLite": 1.1, "refused": 0}
    assert rates.missed(f"send: {SEVERAL}", good) == []
    bad = {"of SQLite": 0.94, "CPU of SQLite": 1.2, "refused": 1}
    assert rates.missed(f"send: {SEVERAL}", bad) == ["of SQLite", "CPU of SQLite", "refused"]
    assert rates.missed(f"open: {ON_POSTGRESQL}", bad | {"refused": 0}) == []


def test_no_tab_of_either_worker_misses_a_message() -> None:
    many, one = pushes.measure(tabs=12, messages=20, owners=2).values()
    for row, count in ((many, 20), (one, 1)):
        assert row["tabs"] == 12
        assert row["messages"] == count
        assert row["missed"] == 0
    # Each message is for the six tabs of its owner, or for all twelve.
    assert (many["pushes"], one["pushes"]) == (120, 12)


def test_a_killed_worker_is_back_and_the_workers_share_their_memory() -> None:
    one, more, killed = workers.measure(kills=1, seconds=1).values()
    assert (one["workers"], more["workers"]) == (1, workers.MANY)
    assert more["idle MB"] < 2 * one["idle MB"]
    assert (killed["kills"], killed["not back"]) == (1, 0)


def test_a_part_is_a_command_that_prints_a_table_and_a_line_of_json() -> None:
    command = [sys.executable, "-m", "bench.scale.workers", "--kills", "0", "--seconds", "1"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    *table, line = ran.stdout.splitlines()
    assert len(table) == 4
    assert json.loads(line)["bench"] == "scale workers"


def test_a_part_that_does_not_exist_is_named() -> None:
    command = [sys.executable, "-m", "bench.scale", "ratez"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "There is no part named ratez." in ran.stderr
