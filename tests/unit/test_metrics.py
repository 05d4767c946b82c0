"""What is measured: its names, its labels, where it's kept, and what a start does not do yet."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import anonmsg
from anonmsg.addresses import ADDRESSES, template_of
from anonmsg.runtime import metrics
from anonmsg.runtime.instruments import OTHER_LIMITS
from anonmsg.runtime.metrics import FOLDER

PACKAGE = Path(anonmsg.__file__).parent
# What a label may be called. Each has few values, and all of them stand in the code.
LABELS = {"route", "method", "status", "handler", "limit", "outcome", "queue", "version", "le"}
BEFORE_THE_FORK = """
import os, sys, threading
from anonmsg.framework import server
server.prepare(3000)
import anonmsg.anonmsg
assert "prometheus_client" not in sys.modules
from anonmsg.runtime import metrics
metrics.here()
assert threading.active_count() == 1, threading.enumerate()
links = [os.readlink(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd")
         if os.path.exists(f"/proc/self/fd/{each}")]
assert not [each for each in links if each.startswith("socket:")], links
assert not [each for each in links if each.endswith(".db") and "anonmsg.db" in each], links
"""


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda each: each.path)
def test_each_path_has_its_template(address: object) -> None:
    assert template_of(address.path.format(username="ada")) == address.path
    assert template_of(address.path.format(username="planted")) == address.path


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/assets/root-zk0-tIIH.js", "files"),
        ("/nowhere", "elsewhere"),
        ("/u/ada/", "elsewhere"),
        ("/u/ada/planted", "elsewhere"),
        ("/u/", "/u/{username}"),
        ("/u/ada/qr.svg/x", "elsewhere"),
        ("/sign-in/", "elsewhere"),
        ("", "elsewhere"),
        ("/\nplanted", "elsewhere"),
    ],
)
def test_any_other_path_has_one_name(path: str, template: str) -> None:
    assert template_of(path) == template


def test_no_label_is_for_what_a_visitor_sends() -> None:
    made = metrics.here()
    found = {label for each in vars(made).values() for label in getattr(each, "_labelnames", ())}
    assert found | {"le"} == LABELS


def test_every_limit_that_is_counted_is_known() -> None:
    """A limit's name stands in the table or in the list, and is never made of something."""
    named, others = set(), []
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "refused":
                [name] = node.args
                if isinstance(name, ast.Constant):
                    named.add(name.value)
                else:
                    others.append(f"{file.name}: {ast.unparse(name)}")
    assert named | {"failed_sign_ins"} == set(OTHER_LIMITS)
    # The first is from the table, the second is "sockets" or "requests".
    assert sorted(others) == ["places.py: self._kind", "rate_limits.py: reached.limit"]


def test_several_workers_begin_with_an_empty_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Set first, so that what `prepare` sets goes away after the test.
    monkeypatch.setenv(FOLDER, "")
    monkeypatch.delenv(FOLDER)
    folder = tmp_path / "metrics"
    metrics.prepare(2, folder)
    assert os.environ[FOLDER] == str(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in ("counter_1.db", "histogram_1.db", "gauge_livesum_1.db"):
        (folder / name).write_bytes(b"old")
    metrics.prepare(2, folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["anonmsg.db", "my_counter_1.db", "site_2026.db", "notes.txt"])
def test_what_is_not_the_librarys_stays_where_the_operator_has_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    (tmp_path / name).write_text("stays")
    metrics.prepare(2, tmp_path / "ours")
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_folder_that_the_operator_has_named_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path / "theirs"))
    metrics.prepare(2, tmp_path / "ours")
    assert [each.name for each in tmp_path.iterdir()] == ["theirs"]


def test_one_worker_counts_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path / "theirs"))
    metrics.prepare(1, tmp_path / "ours")
    assert FOLDER not in os.environ
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nothing_connects_and_no_thread_runs_before_the_fork(tmp_path: Path) -> None:
    env = os.environ | {"DATA_DIR": str(tmp_path / "data")} | {"REFLEX_WEB_WORKDIR": str(tmp_path)}
    env |= {"REDIS_URL": "redis://127.0.0.1:1", "WORKERS": "2", FOLDER: str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", BEFORE_THE_FORK],
        env=env,
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
