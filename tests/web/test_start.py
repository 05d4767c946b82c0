"""Starting with bad settings: the full list, in words, and an exit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEAK = "letmein"
BAD = {
    "PEPPER": WEAK,
    "MAIL_TRANSPORT": "pigeon",
    "PUBLIC_URL": "https://anonmsg.example/inbox",
}


def start(data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Import Reflex's configuration in a separate process."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import rxconfig"],
        cwd=ROOT,
        env=kept | {"DATA_DIR": str(data_dir), "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    ended = start(tmp_path, **BAD)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr + ended.stdout
    assert ended.stderr.startswith("anonmsg can't start with these settings:\n")
    assert all(f"\n  - {name}" in ended.stderr for name in BAD), ended.stderr
    assert WEAK not in ended.stderr + ended.stdout


def test_good_settings_start_and_say_nothing(tmp_path: Path) -> None:
    ended = start(tmp_path, PUBLIC_URL="https://anonmsg.example")
    assert (ended.returncode, ended.stderr) == (0, "")
