"""What is shipped in `deploy/`, built and run once for all its tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import image_tree, servers
from bench.image_tree import Tree

# An address that the build is told of, and must not remember.
BUILT_FOR = "https://built-for.example"


@pytest.fixture(scope="session")
def tree() -> Iterator[Tree]:
    """What the Dockerfile builds; another user may read it, as in a container."""
    folder = Path(tempfile.mkdtemp(prefix="anonmsg-image-"))
    try:
        folder.chmod(0o755)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PUBLIC_URL", BUILT_FOR)
            made = image_tree.build(folder)
        yield made
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def _built() -> None:
    """The real pages, which the instances serve."""
    servers.build()
