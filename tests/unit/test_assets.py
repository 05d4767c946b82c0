"""The script and stylesheet of all pages: complete, in order, and made of small parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anonmsg.framework import assets
from anonmsg.framework.assets import BrokenAssets, JoinedAssets, joined

LONGEST = 250


def parts() -> list[Path]:
    return [
        *(assets.ASSETS / assets.SCRIPTS).iterdir(),
        *(assets.ASSETS / assets.STYLES).iterdir(),
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "assets" / "app"
    made.mkdir(parents=True)
    for name in ("one", "two"):
        (made / f"{name}.js").write_text(f"const {name} = 1;\n")
    return made


def test_every_part_is_in_what_the_pages_get() -> None:
    whole = assets.script() + assets.stylesheet()
    assert len(parts()) > 30
    assert [part.name for part in parts() if part.read_text() not in whole] == []


def test_no_part_is_long() -> None:
    assert {part.name for part in parts() if len(part.read_text().splitlines()) > LONGEST} == set()


def test_parts_are_joined_in_their_order(folder: Path) -> None:
    assert joined(folder, ("two", "one"), "js") == "const two = 1;\n\nconst one = 1;\n"


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (("one", "two", "three"), "assets/app/three.js is missing, and the pages need it."),
        (("one",), "assets/app/two.js has no place among the parts: name it in"),
        (("one", "two", "one"), "assets/app/one.js stands twice in the order of the parts."),
    ],
)
def test_an_order_that_does_not_fit_is_told_in_words(
    folder: Path, order: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(BrokenAssets) as refused:
        joined(folder, order, "js")
    assert str(refused.value).startswith(sentence)


def test_the_script_is_one_strict_function_that_runs_once() -> None:
    script = assets.script()
    assert script.count('"use strict";\n\n(() => {') == 1
    assert script.endswith("\n})();\n")
    # Anything before the guard would run on every load.
    before, guard, _ = script.partition(
        'if (document.documentElement.classList.contains("scripted")) return;\n'
        'document.documentElement.classList.add("scripted");\n'
    )
    assert guard
    assert "addEventListener" not in before


def test_the_secret_leaves_the_address_before_anything_else_happens() -> None:
    script = assets.script()
    assert script.index("\ntakeLink();") < script.index("\naddEventListener(")


def compiled(web: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the plugin makes Reflex write to its folder."""
    monkeypatch.setattr(assets, "get_web_dir", lambda: web)
    tasks: list[Callable[[], list[tuple[str, str]]]] = []
    context: dict[str, Any] = {"add_save_task": tasks.append}
    JoinedAssets().pre_compile(**context)
    return dict(pair for task in tasks for pair in task())


def test_pages_get_the_joined_files_at_their_old_addresses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compiled(tmp_path, monkeypatch) == {
        "public/app.js": assets.script(),
        "public/app.css": assets.stylesheet(),
        "styles/app.css": assets.stylesheet(),
    }
    assert JoinedAssets().get_stylesheet_paths() == ["./app.css"]


def test_parts_have_no_address_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for copied in ("app/page.js", "css/tokens.css", "poster.css"):
        (tmp_path / "public" / copied).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "public" / copied).write_text("")
    compiled(tmp_path, monkeypatch)
    assert [each.name for each in (tmp_path / "public").iterdir()] == ["poster.css"]


def test_a_missing_part_stops_the_build_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "SCRIPT_ORDER", (*assets.SCRIPT_ORDER, "gone"))
    with pytest.raises(SystemExit) as ended:
        compiled(tmp_path, monkeypatch)
    assert ended.value.code == "assets/app/gone.js is missing, and the pages need it."
