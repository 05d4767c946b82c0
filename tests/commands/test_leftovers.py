"""What killed backups, restores and checks have left, in the clear, goes with the next run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

from anonmsg.background import running
from anonmsg.config import Settings
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.backups import leftovers


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for what is temporary."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def left(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir(parents=True)
    (made / "copy").write_text("the whole database")
    return made


def test_a_start_removes_them_all(settings: Settings, temporary: Path) -> None:
    places = [left(settings.data_dir, each) for each in ("backup.tmp", "restore.tmp")]
    check = left(temporary, "anonmsg-check-abc")
    (check / "lock").touch()
    leftovers.sweep(settings)
    assert [each for each in (*places, check) if each.exists()] == []


def test_what_is_at_work_keeps_its_place(settings: Settings) -> None:
    place = left(settings.data_dir, "backup.tmp")
    with FileLock(settings.data_dir / "backup.lock"), leftovers.checkplace() as check:
        leftovers.sweep(settings)
        assert place.exists()
        assert check.exists()
    leftovers.sweep(settings)
    assert not place.exists()
    assert not check.exists()


def test_two_checks_at_once_leave_each_other_alone(temporary: Path) -> None:
    with leftovers.checkplace() as first, leftovers.checkplace() as second:
        assert first.exists()
        assert second.exists()
    assert list(temporary.iterdir()) == []


def test_a_check_that_is_just_beginning_is_no_leftover(temporary: Path) -> None:
    beginning = left(temporary, "anonmsg-check-new")
    with leftovers.checkplace():
        assert beginning.exists()


def test_nothing_that_a_link_names_is_removed(temporary: Path, tmp_path: Path) -> None:
    elsewhere = left(tmp_path, "elsewhere")
    (elsewhere / "lock").touch()
    (temporary / "anonmsg-check-link").symlink_to(elsewhere)
    with leftovers.checkplace():
        pass
    assert (elsewhere / "copy").exists()


def test_what_an_unfinished_restore_left_stays(settings: Settings) -> None:
    place = left(settings.data_dir, "restore.tmp")
    (settings.data_dir / "restore.unfinished").touch()
    leftovers.sweep(settings)
    assert place.exists()


def test_a_killed_check_is_gone_with_the_next(temporary: Path) -> None:
    script = (
        "import time\n"
        "from anonmsg.services.backups import leftovers\n"
        "with leftovers.checkplace() as place:\n"
        "    (place / 'copy').write_text('the whole database')\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ | {"TMPDIR": str(temporary)},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    (place,) = temporary.iterdir()
    with leftovers.checkplace():
        assert (place / "check" / "copy").exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with leftovers.checkplace():
        assert not place.exists()


async def test_the_server_removes_them_when_it_starts(runtime: Runtime) -> None:
    place = left(runtime.settings.data_dir, "backup.tmp")
    async with running(runtime):
        assert not place.exists()
