"""The build leaves out what no browser needs."""

from __future__ import annotations

import re

import pytest

from anonmsg.framework import assets
from tests.e2e.conftest import Server, Visit
from tests.minified import minified

SCRIPT = re.compile(r"<body><script data-own>(.*?)</script>", re.DOTALL)


@pytest.mark.parametrize("path", ["/", "/u/_", "/nowhere"])
def test_each_page_contains_the_minified_script(server: Server, visitor: Visit, path: str) -> None:
    me = visitor()
    served = me.context.request.get(f"{server.url}/app.js").text()
    assert served == minified(assets.script())
    found = SCRIPT.search(me.context.request.get(f"{server.url}{path}").text())
    assert found is not None
    assert found[1] == served


def test_sockets_are_the_only_transport(server: Server) -> None:
    scripts = [each.read_text() for each in (server.web / "build/client/assets").glob("*.js")]
    assert any("new WebSocket" in each for each in scripts)
    assert not any("WebTransport" in each for each in scripts)


def test_the_icon_is_in_the_page(server: Server, visitor: Visit) -> None:
    icon = visitor().open("/").locator("link[rel=icon][type='image/svg+xml']")
    href = icon.get_attribute("href") or ""
    drawn = icon.page.evaluate(
        """(href) => new Promise((done) => {
          const image = new Image();
          image.onload = () => done(image.naturalWidth > 0);
          image.onerror = () => done(false);
          image.src = href;
        })""",
        href,
    )
    assert href.startswith("data:image/svg+xml,")
    assert drawn
