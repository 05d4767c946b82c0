"""What the audit makes of the answers, and that the lock holds what is pinned."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests import audit

ROOT = Path(__file__).parents[2]
BAD = {"name": "left-pad", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
UNFIXED = {"name": "left-pad", "version": "1.0", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}
SKIPPED = {"name": "left-pad", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("dependencies", "found"),
    [
        ([{"name": "fine", "version": "1", "vulns": []}], []),
        ([BAD, SKIPPED], ["left-pad 1.0: PYSEC-1"]),
        ([UNFIXED], []),
        ([SKIPPED], None),
        ([], None),
    ],
)
def test_python_is_told_or_unknown(dependencies: list[object], found: list[str] | None) -> None:
    assert audit.in_python({"dependencies": dependencies}) == found


def test_only_what_is_severe_in_the_build_counts() -> None:
    found = {n: {"name": n, "severity": n} for n in ("low", "moderate", "high", "critical")}
    assert audit.in_node({"vulnerabilities": found}) == ["high: high", "critical: critical"]
    assert audit.in_node({"vulnerabilities": {}}) == []
    assert audit.in_node({"message": "no network"}) is None
    assert audit.in_node(None) is None


def test_a_program_that_says_nothing_or_is_not_there_is_unknown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert audit.answer_of(["no-such-program"], tmp_path) is None
    python = Path(sys.executable).name
    assert audit.answer_of([python, "-c", "print('{\"a\": 1}'); exit(1)"], tmp_path) == {"a": 1}
    monkeypatch.setattr(audit, "SECONDS", 0.2)
    assert audit.answer_of([python, "-c", "import time; time.sleep(20)"], tmp_path) is None


def test_the_lock_holds_what_is_pinned_each_with_hashes() -> None:
    def normal(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()

    pin = re.compile(r"^([A-Za-z0-9._\[\]-]+)==([^ ;\\\n]+)", re.MULTILINE)
    lock = (ROOT / "requirements.lock").read_text()
    locked = {normal(name): version for name, version in pin.findall(lock)}
    pinned = dict(pin.findall((ROOT / "requirements.txt").read_text()))
    assert {normal(name): version for name, version in pinned.items()}.items() <= locked.items()
    assert len(locked) > len(pinned)
    for entry in re.split(r"\n(?=[a-z0-9])", lock)[1:]:
        assert "--hash=sha256:" in entry, entry[:60]
    # Nothing of the machine that made it.
    assert "file:" not in lock
    assert "--find-links" not in lock
    assert "index-url" not in lock
