"""The whole web layer around a stand-in for Reflex, and browsers in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from anonmsg.config import Settings
from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.web.asgi import around
from tests import factories
from tests.web import build as built

Browse = Callable[..., TestClient]
JSON = {"accept": "application/json"}


@dataclass
class ReflexStandIn:
    """Takes the place of Reflex's app and records what reaches it."""

    heard: list[Scope] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for each in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{each}.complete"})
            return
        self.heard.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"Reflex"})


@pytest.fixture(autouse=True)
def _no_wait_for_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer with pictures at once; how long they take is what one test is about."""
    for seconds in ("EVEN_SECONDS", "UNEVEN_SECONDS"):
        monkeypatch.setattr(f"anonmsg.web.pictures.{seconds}", 0.0)


@pytest.fixture
def reflex() -> ReflexStandIn:
    return ReflexStandIn()


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """The folder of a miniature build."""
    return built.write(tmp_path / "client")


@pytest.fixture
def browse(runtime: Runtime, reflex: ReflexStandIn, pages: Path) -> Iterator[Browse]:
    """Open browsers, each with its own cookies and an app around the same Reflex.

    Every request claims to come from our own page unless a test says otherwise.
    """
    with ExitStack() as open_browsers:

        def browser(
            settings: Settings | None = None, *, build: Path | None = pages, **options: Any
        ) -> TestClient:
            chosen = settings or runtime.settings
            client = TestClient(
                around(reflex, chosen, build),
                base_url=chosen.site,
                follow_redirects=False,
                headers={"sec-fetch-site": "same-origin"},
                **options,
            )
            return open_browsers.enter_context(client)

        yield browser


@pytest.fixture
def client(browse: Browse) -> TestClient:
    """One browser."""
    return browse()


@pytest.fixture
def https(runtime: Runtime) -> Settings:
    """Settings of a site served over https."""
    return runtime.settings.model_copy(update={"public_url": "https://anonmsg.example"})


@pytest.fixture
def ada(ctx: Context) -> Person:
    """Someone with an inbox and a password."""
    return factories.person(ctx, "Ada")


def cookies_set_by(answer: Response) -> dict[str, Morsel[str]]:
    """The cookies a response sets, in order."""
    found = SimpleCookie()
    for value in answer.headers.get_list("set-cookie"):
        found.load(value)
    return dict(found)


def cookies_taken_by(answer: Response) -> list[str]:
    """The names of the cookies a response removes."""
    set_by = cookies_set_by(answer).items()
    return [name for name, each in set_by if not each.value and each["max-age"] == "0"]


def sign_in(client: TestClient, identifier: str = "Ada") -> None:
    """Sign a browser in."""
    typed = {"identifier": identifier, "password": factories.PASSWORD}
    assert client.post("/sign-in", data=typed).status_code == 303
