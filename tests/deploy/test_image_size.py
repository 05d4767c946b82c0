"""The image stays small, and what is estimated of it is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import image_size
from bench.image_tree import Tree

pytestmark = pytest.mark.hosts


def test_all_of_the_image_is_at_most_350_mb(tree: Tree, tmp_path: Path) -> None:
    found = image_size.measure(tree, tmp_path)
    assert sum(found.values()) <= image_size.MOST
    # Debian's slim image is known to have 75 MB, and Python's adds about 45 to it.
    assert 65 < found["Debian's packages"] < 90
    assert 35 < found["Python 3.11"] < 60
    assert {".venv", ".web", "anonmsg", "assets"} < set(found)


def test_a_file_outside_of_the_apps_folder_is_noticed(tree: Tree, tmp_path: Path) -> None:
    stray = tree.root / "stray"
    stray.write_bytes(bytes(100_000))
    try:
        with pytest.raises(SystemExit, match="outside"):
            image_size.measure(tree, tmp_path)
    finally:
        stray.unlink()


def test_dependencies_are_followed() -> None:
    found = image_size.with_dependencies({"python3.11"})
    assert {"libpython3.11-stdlib", "libc6", "libssl3"} < found
    assert not found & image_size.NOT_THERE
