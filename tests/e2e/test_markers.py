"""The real build has every marker the server fills in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.web.asgi import around
from anonmsg.web.prerendered.public_page import CALLED_MARKER, INBOX_MARKER, OWNER_MARKER
from tests import factories
from tests.e2e.conftest import Server

pytestmark = pytest.mark.e2e
ROUTES = ("sign-in", "sign-up", "verify", "privacy", "dashboard", "u/_", "404")
ROUTES += ("forgot-password", "reset-password")
TYPED = {"identifier": "Ada", "password": "not her password"}


async def nobody(scope: object, receive: object, send: object) -> None:
    """Fail if Reflex is asked."""
    pytest.fail("Reflex was asked")


@pytest.fixture
def build(server: Server) -> Path:
    return server.web / "build" / "client"


@pytest.fixture
def client(runtime: Runtime, build: Path) -> TestClient:
    return TestClient(
        around(nobody, runtime.settings, build),
        base_url=runtime.settings.site,
        follow_redirects=False,
        headers={"sec-fetch-site": "same-origin"},
    )


def test_every_page_is_built(build: Path) -> None:
    assert (build / "index.html").is_file()
    for route in ROUTES:
        assert (build / route / "index.html").is_file(), route


def test_the_public_page_has_its_markers(build: Path) -> None:
    html = (build / "u/_/index.html").read_text()
    assert html.count(OWNER_MARKER) >= 2
    assert html.count(CALLED_MARKER) == 1
    assert html.count(INBOX_MARKER) == 1
    assert re.search(r"<title>[^<]*somebody[^<]*</title>", html)
    assert re.search(r'<form\b[^>]*id="compose"[^>]*method="post"', html)
    assert 'name="message"' in html


def test_the_sign_in_page_has_its_markers(build: Path) -> None:
    html = (build / "sign-in/index.html").read_text()
    assert re.search(r'<form\b[^>]*action="/sign-in" method="post"', html)
    assert len(re.findall(r'<div\b[^>]*data-two-factor="true" hidden="">', html)) == 1
    for field in ("identifier", "password", "code", "next"):
        assert len(re.findall(rf'<input\b[^>]*name="{field}"[^>]*/>', html)) == 1, field
    for field in ("identifier", "password", "code", "form"):
        assert len(re.findall(rf'<p\b[^>]*data-error-for="{field}"[^>]*></p>', html)) == 1, field


def test_no_form_is_sent_by_get(build: Path) -> None:
    forms = [
        form
        for file in build.rglob("index.html")
        for form in re.findall(r"<form\b[^>]*>", file.read_text())
    ]
    assert len(forms) >= 3
    assert all('method="post"' in form for form in forms)


def test_the_built_pages_are_filled(client: TestClient, ctx: Context) -> None:
    factories.person(ctx, "Ada")
    page = client.get("/u/ada").text
    assert "<title>Send Ada an anonymous message · anonmsg</title>" in page
    assert 'data-inbox="open"' in page
    assert OWNER_MARKER not in page
    refused = client.post("/sign-in", data=TYPED)
    assert refused.status_code == 401
    assert "Incorrect password</p>" in refused.text
    assert 'name="identifier" value="Ada"/>' in refused.text
    lost = client.get("/nowhere")
    assert (lost.status_code, lost.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_every_built_page_is_described_once(client: TestClient, ctx: Context) -> None:
    factories.person(ctx, "Ada")
    for path in ("/", "/sign-in", "/privacy", "/u/ada"):
        html = client.get(path).text
        described = re.findall(r'<meta\b[^>]*name="description"[^>]*>', html)
        assert len(described) == 1, path


def test_nothing_stands_between_a_page_and_its_first_paint(
    client: TestClient, ctx: Context
) -> None:
    factories.person(ctx, "Ada")
    for path in ("/", "/sign-in", "/sign-up", "/u/ada"):
        html = client.get(path).text
        assert "<style>" in html.partition("</head>")[0], path
        assert not re.findall(r'<link href="[^"]+\.css" rel="stylesheet"', html), path
        # They're enabled once the page is painted.
        preloads = re.findall(r'<link[^>]*rel="modulepreload"[^>]*>', html)
        assert len(preloads) > 3, path
        assert all('media="not all"' in each for each in preloads), path
        assert len(re.findall(r'<script data-modules type="text/plain"', html)) == 1, path
        assert 'type="module"' not in html, path


def test_no_translator_may_change_a_name(build: Path) -> None:
    public = (build / "u/_/index.html").read_text()
    for name in ("data-owner", "data-called"):
        tags = re.findall(rf"<span\b[^>]*{name}[^>]*>", public)
        assert tags
        assert all('translate="no"' in tag for tag in tags)
    for file in build.rglob("index.html"):
        # What Reflex makes of an attribute that it takes for a style.
        assert "translate:no" not in file.read_text(), file
        assert re.search(r'<span translate="no">anonmsg</span>', file.read_text()), file
