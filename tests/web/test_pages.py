"""GET for every page: who may see it, and what is filled in."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from anonmsg.config import Settings
from anonmsg.database.tables import Person
from anonmsg.runtime.context import Context
from anonmsg.runtime.runtime import Runtime
from anonmsg.services.accounts import profiles
from tests import factories
from tests.fakes import Clock
from tests.web.build import SCRIPT
from tests.web.conftest import Browse, cookies_set_by, cookies_taken_by, sign_in

KEY = re.compile(r'<input [^>]*name="key" form="compose" value="([\w-]{22,})"/>')
PASSWORD_PAGES = ("/forgot-password", "/reset-password")
SLASHES = ["/sign-in/", "/sign-up/", "/verify/", "/privacy/", "/dashboard/", "/u/ada/"]
SLASHES += [f"{path}/" for path in PASSWORD_PAGES]


def change(runtime: Runtime, person: Person, **values: object) -> None:
    """Change values in a person's row."""
    with runtime.context() as ctx, ctx.writing() as db:
        row = db.get(Person, person.id)
        for name, value in values.items():
            setattr(row, name, value)
        db.add(row)


def test_a_stranger_goes_to_the_sign_in_page(client: TestClient) -> None:
    answer = client.get("/dashboard")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/dashboard")
    assert "set-cookie" not in answer.headers
    for path in ("/sign-in", "/sign-up", "/verify", "/privacy", "/", *PASSWORD_PAGES):
        assert client.get(path).status_code == 200


@pytest.mark.usefixtures("ada")
def test_an_owner_goes_to_the_dashboard(client: TestClient) -> None:
    sign_in(client)
    for path in ("/sign-in", "/sign-up", "/sign-in?next=//evil.example"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")
    page = client.get("/dashboard")
    assert page.status_code == 200
    assert "Your messages" in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("ada")
def test_whoever_comes_back_within_seven_days_is_still_signed_in(
    client: TestClient, clock: Clock
) -> None:
    sign_in(client)
    for path, status in (("/dashboard", 200), ("/sign-in", 303)):
        before = dict(client.cookies)
        clock.move(days=6, hours=23)
        answer = client.get(path)
        assert answer.status_code == status
        assert len(answer.headers.get_list("set-cookie")) == 2
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        assert client.cookies["refresh"] != before["refresh"]
        assert client.cookies["access"] != before["access"]
    clock.move(days=7)
    assert client.get("/dashboard").status_code == 303


@pytest.mark.usefixtures("ada")
def test_a_fresh_access_token_is_not_rotated(client: TestClient) -> None:
    sign_in(client)
    assert "set-cookie" not in client.get("/dashboard").headers


@pytest.mark.usefixtures("ada")
def test_cookies_of_a_sign_in_that_ended_are_taken_away(client: TestClient, browse: Browse) -> None:
    sign_in(client)
    copied = browse(cookies=dict(client.cookies))
    client.post("/sign-out")
    for browser in (copied, browse(cookies={"access": "x", "refresh": "y"})):
        answer = browser.get("/dashboard")
        assert answer.headers["location"] == "/sign-in?next=/dashboard"
        assert cookies_taken_by(answer) == ["access", "refresh"]


def test_somebody_banned_is_a_stranger_from_the_next_page_on(
    client: TestClient, runtime: Runtime, ada: Person, clock: Clock
) -> None:
    sign_in(client)
    change(runtime, ada, banned_at=clock.now)
    assert client.get("/sign-in").status_code == 200
    assert client.get("/dashboard").headers["location"] == "/sign-in?next=/dashboard"


@pytest.mark.usefixtures("ada")
def test_a_page_for_everybody_sets_no_cookie(client: TestClient, clock: Clock) -> None:
    for_everybody = ("/", "/privacy", "/verify", "/u/ada", "/u/nobody", "/nowhere", "/app.css")
    for path in for_everybody:
        assert "set-cookie" not in client.get(path).headers, path
    sign_in(client)
    clock.move(minutes=16)
    for path in for_everybody:
        assert "set-cookie" not in client.get(path).headers, path


def test_a_public_page_is_filled_before_any_script_runs(browse: Browse, ada: Person) -> None:
    page = browse().get("/u/aDa")
    html = page.text
    assert page.status_code == 200
    assert html.count(f">{ada.username}</span>") == 3
    assert 'data-inbox="open"' in html
    assert ">someone</span>" not in html.replace(SCRIPT, "")
    assert SCRIPT in html
    assert html.count("<title>") == 1
    assert "<title>Send Ada an anonymous message · anonmsg</title>" in html
    stored = "We store the text and the time, and nothing about who wrote it."
    about = f"Tell Ada what you think. {stored}"
    address = "http://localhost:3000/u/Ada"
    for tag in (
        f'<meta name="description" content="{about}"/>',
        '<meta name="robots" content="noindex"/>',
        f'<link rel="canonical" href="{address}"/>',
        '<meta property="og:title" content="Send Ada an anonymous message · anonmsg"/>',
        f'<meta property="og:description" content="{about}"/>',
        f'<meta property="og:url" content="{address}"/>',
    ):
        assert html.index("<head>") < html.index(tag) < html.index("</head>")
    assert page.headers["x-robots-tag"] == "noindex"
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("ada")
def test_a_public_page_names_the_public_address(browse: Browse, https: Settings) -> None:
    html = browse(https).get("/u/ada").text
    assert '<link rel="canonical" href="https://anonmsg.example/u/Ada"/>' in html


@pytest.mark.usefixtures("ada")
def test_every_visit_of_a_public_page_has_its_own_key(client: TestClient) -> None:
    keys = [KEY.findall(client.get("/u/ada").text) for _ in range(5)]
    assert [len(found) for found in keys] == [1] * 5
    assert len({found[0] for found in keys}) == 5


def test_a_closed_inbox_says_so_at_once(client: TestClient, ctx: Context) -> None:
    factories.person(ctx, "grace", accepts=False)
    html = client.get("/u/grace").text
    assert 'data-inbox="closed"' in html
    assert ">grace</span> is not accepting messages" in html


def test_every_missing_person_gets_the_same_404(
    client: TestClient, runtime: Runtime, ada: Person, clock: Clock
) -> None:
    with runtime.context() as ctx:
        factories.sign_up(ctx, "grace")
    change(runtime, ada, banned_at=clock.now)
    names = ["nobody", "grace", "ada", "_", "someone", "a" * 500, "%3Cb%3E", "a%20b", "1", "admin"]
    answers = [client.get(f"/u/{name}") for name in names]
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.text, str(sorted(answer.headers.items()))) for answer in answers}) == 1
    assert "Nothing is here." in answers[0].text


@pytest.mark.usefixtures("ada")
def test_owners_find_the_way_back_from_a_404_and_keep_their_tokens(client: TestClient) -> None:
    stranger = client.get("/u/nobody")
    assert 'data-visitor="stranger"' in stranger.text
    sign_in(client)
    answer = client.get("/u/nobody")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert 'data-visitor="owner"' in answer.text
    assert cookies_set_by(answer) == {}
    del client.cookies["anonmsg_access"]
    assert 'data-visitor="owner"' in client.get("/anything").text
    client.post("/sign-out", headers={"sec-fetch-site": "same-origin"})
    assert client.get("/u/nobody").text == stranger.text


@pytest.mark.usefixtures("ada")
def test_my_page_is_wherever_its_owner_is_called_now(client: TestClient) -> None:
    answer = client.get("/my-page")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/dashboard")
    sign_in(client)
    answer = client.get("/my-page")
    assert (answer.status_code, answer.headers["location"]) == (303, "/u/Ada")
    assert answer.headers["cache-control"] == "no-store"
    assert client.post("/my-page", headers={"sec-fetch-site": "same-origin"}).status_code == 405


@pytest.mark.usefixtures("ada")
def test_head_answers_like_get_without_the_body(client: TestClient) -> None:
    for path in ("/", "/sign-in", "/privacy", "/u/ada", "/u/nobody", "/app.css", "/dashboard"):
        head, get = client.head(path), client.get(path)
        assert head.status_code == get.status_code, path
        assert head.text == ""
        for name in ("content-security-policy", "cache-control"):
            assert head.headers[name] == get.headers[name], path


def test_a_slash_too_many_leads_to_the_page(client: TestClient) -> None:
    for path in SLASHES:
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (308, path.rstrip("/"))


@pytest.mark.parametrize(
    "path", ["/dashboard.html", "/dashboard/index.html", "/u/_/index.html", "/404.html"]
)
def test_a_built_page_has_no_second_address(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("ada")
def test_a_sign_in_leads_back_to_the_folder_and_to_no_made_up_one(client: TestClient) -> None:
    answer = client.get("/dashboard?folder=archive")
    there = "/sign-in?next=/dashboard%3Ffolder%3Darchive"
    assert (answer.status_code, answer.headers["location"]) == (303, there)
    assert 'name="next" value="/dashboard?folder=archive"' in client.get(there).text
    for query in (
        "folder=made-up",
        "folder=archive&folder=trash",
        "folder=archive%0d%0aX:1",
        "a=b",
    ):
        answer = client.get(f"/dashboard?{query}")
        assert answer.headers["location"] == "/sign-in?next=/dashboard", query
    sign_in(client)
    assert client.get(there).headers["location"] == "/dashboard?folder=archive"
    assert client.get("/dashboard?folder=archive").status_code == 200
    assert client.get(there + "%26x").headers["location"] == "/dashboard"


def test_the_settings_are_for_owners_and_may_follow_a_sign_in(
    client: TestClient, ada: Person
) -> None:
    answer = client.get("/settings")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/settings")
    page = client.get(answer.headers["location"])
    assert 'name="next" value="/settings"' in page.text
    sign_in(client)
    page = client.get("/settings")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")


def test_what_an_owner_says_is_in_the_page_before_any_script_and_does_nothing(
    client: TestClient, ctx: Context, ada: Person
) -> None:
    factories.person(ctx, "grace")
    assert 'data-about="prompt" data-says=" "> </p>' in client.get("/u/grace").text
    name = "<i>Lady</i> >someone</span>"
    prompt = '<b>Ask</b> & "co"'
    bio = "</p><script>alert(1)</script> >someone</span>"
    profiles.describe(ctx, owner_id=ada.id, display_name=name, prompt=prompt, bio=bio)
    with_it = client.get("/u/ada").text
    lady = "&lt;i&gt;Lady&lt;/i&gt; &gt;someone&lt;/span&gt;"
    assert f"<title>Send {lady} an anonymous message · anonmsg</title>" in with_it
    assert f'<span data-called="" dir="auto">{lady}</span>' in with_it
    assert '@<span data-owner="" dir="auto">Ada</span>' in with_it
    assert 'data-says="said">&lt;b&gt;Ask&lt;/b&gt; &amp; &#34;co&#34;</p>' in with_it
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &gt;someone&lt;/span&gt;</p>" in with_it
    assert "<script>alert(1)" not in with_it


def test_a_recently_replaced_username_redirects(
    client: TestClient, ctx: Context, ada: Person
) -> None:
    profiles.rename(ctx, owner_id=ada.id, username="Countess")
    answer = client.get("/u/ADA")
    assert (answer.status_code, answer.headers["location"]) == (302, "/u/Countess")
    assert "Countess" in client.get("/u/countess").text
    sent = client.post(
        "/u/ada", data={"message": "hello"}, headers={"sec-fetch-site": "same-origin"}
    )
    assert sent.status_code == 200
    assert "Message sent anonymously" in sent.text


def test_a_form_that_came_too_early_is_answered_and_does_nothing(client: TestClient) -> None:
    typed = {"password": "typed too early", "new_password": "typed too early"}
    answer = client.post("/settings", data=typed, headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 200
    assert "Not sent yet" in answer.text
    assert "typed too early" not in answer.text
