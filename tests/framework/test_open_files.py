"""The limit on open files, in processes of their own."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Granian raises the limit too when it's imported, but says so nowhere.
RAISE = """
import logging, resource, sys
logging.basicConfig(format="%(message)s")
from anonmsg.framework.open_files import raise_limit, raise_limit_and_warn
raise_limit_and_warn()
assert not any(name.startswith("granian") for name in sys.modules)
print(raise_limit(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def raised(soft: int, hard: int) -> subprocess.CompletedProcess[str]:
    """Raise the limit in a process that starts with one."""
    return subprocess.run(
        [sys.executable, "-c", RAISE],
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


@pytest.mark.parametrize(("soft", "hard"), [(256, 512), (512, 512), (1_024, 4_096)])
def test_the_soft_limit_becomes_the_hard_one(soft: int, hard: int) -> None:
    assert raised(soft, hard).stdout.split() == [str(hard)] * 3


def test_a_limit_that_stays_low_is_told() -> None:
    assert "Only 512 files may be open at a time" in raised(256, 512).stderr
    assert raised(256, 4_096).stderr == ""
