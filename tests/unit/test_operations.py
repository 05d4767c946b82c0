"""docs/operations.md names every figure, every part and every release, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from anonmsg.config.version import VERSION
from anonmsg.runtime import metrics
from anonmsg.runtime.readiness import START, STOP

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "operations.md").read_text()
PARTS = {START, STOP, "database", "mail", "redis", "bus"}


def section(title: str) -> str:
    return GUIDE.partition(f"\n### {title}\n")[2].partition("\n### ")[0]


def names() -> set[str]:
    """The names of all figures, as Prometheus knows them."""
    families = metrics.here().registry.collect()
    return {f"{each.name}_total" if each.type == "counter" else each.name for each in families}


def test_every_figure_has_its_row() -> None:
    rows = re.findall(r"^\| `(anonmsg_\w+)` \|", section("Every figure"), re.MULTILINE)
    assert sorted(rows) == sorted(names())


def test_no_alarm_is_about_a_figure_that_does_not_exist() -> None:
    named = set(re.findall(r"anonmsg_\w+", section("What to be told of")))
    known = names() | {f"{name}_bucket" for name in names()}
    assert len(named) > 8
    assert named <= known


def test_every_part_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", section("Is it ready?"), re.MULTILINE)
    assert set(rows) == PARTS


def test_every_queue_and_outcome_that_is_named_exists() -> None:
    code = "".join(file.read_text() for file in (ROOT / "anonmsg").rglob("*.py"))
    labels = re.findall(r'(?:queue|outcome)="(\w+)"', GUIDE)
    assert labels
    for label in labels:
        assert f'"{label}"' in code, label


def test_the_notes_begin_with_this_release() -> None:
    assert re.findall(r"^### (\d\S*)$", GUIDE, re.MULTILINE)[0] == VERSION


def test_its_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https:)([^)#]+)", GUIDE):
        assert (ROOT / "docs" / target).exists(), target
