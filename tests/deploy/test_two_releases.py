"""Two releases side by side: a page finds its scripts, whichever instance is asked."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from bench.faults.http import Http
from bench.faults.several import several
from tests.web import build

pytestmark = pytest.mark.hosts
ROOT = Path(__file__).parents[2]
# As many that each instance is asked, whichever the proxy begins with.
TIMES = 6


@pytest.fixture
def releases(tmp_path: Path) -> list[Path]:
    """Two builds, each with a script that the other hasn't."""
    made = []
    for name in ("old", "new"):
        client = build.write(tmp_path / name / "build" / "client")
        (client / "assets" / f"page-{name}.js").write_text(f"// {name}")
        made.append(tmp_path / name)
    return made


async def statuses(port: int, name: str) -> set[int]:
    """What the proxy answers when a page asks for its script."""
    async with Http(port) as browser:
        return {(await browser.get(f"/assets/page-{name}.js")).status for _ in range(TIMES)}


async def test_nginx_asks_the_other_release_for_a_script(releases: list[Path]) -> None:
    with several("nginx", "ada", builds=releases) as made:
        for name in ("old", "new"):
            assert await statuses(made.proxy.port, name) == {200}
        assert await statuses(made.proxy.port, "neither") == {404}


async def test_caddy_finds_only_what_both_releases_have(releases: list[Path]) -> None:
    with several("caddy", "ada", builds=releases) as made:
        assert await statuses(made.proxy.port, "old") == {200, 404}


async def test_a_release_with_the_scripts_of_the_one_before_it_has_both(
    releases: list[Path],
) -> None:
    old, new = releases
    hosting = (ROOT / "docs" / "hosting.md").read_text()
    (command,) = re.findall(r"    (cp -rn old/\.web/.*)\n", hosting)
    # The builds here stand where `.web` is in a checkout.
    copying = command.replace(".web/", "")
    await asyncio.to_thread(subprocess.run, copying.split(), cwd=old.parent, check=True)
    with several("caddy", "ada", builds=[new, new]) as made:
        for name in ("old", "new"):
            assert await statuses(made.proxy.port, name) == {200}


def test_an_image_carries_the_scripts_of_the_one_before_it() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    carried, own = (
        text.index(f"COPY --from={stage} /srv/anonmsg/.web/build/client")
        for stage in ("previous", "build")
    )
    # Its own come last, so none of them is replaced.
    assert carried < own
