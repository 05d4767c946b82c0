"""Addresses as people copy them: with a slash, a query, or the end of their sentence."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from anonmsg.addresses import ADDRESSES, HOME, public_path

PAGES = [public_path("ada", each) for each in ADDRESSES if each.is_page and each is not HOME]
ENDS = [
    ".",
    ",",
    ")",
    "]",
    "}",
    '"',
    "'",
    "!",
    "?",
    ":",
    ";",
    "…",
    "’",
    "”",
    "»",
    ">",
    ").",
    " .",
    "。",
]
QUERY = "next=/settings&a=%0d%0ab%2F%2Fevil.example&c"


@pytest.mark.parametrize("path", PAGES)
def test_a_slash_at_the_end_is_dropped_and_the_query_stays(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}/?{QUERY}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"{path}?{QUERY}")
    assert client.get(f"{path}/").headers["location"] == path


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", ["Ada", "nobody_here"])
def test_punctuation_that_was_copied_with_a_link_leads_to_the_name(
    client: TestClient, name: str, end: str
) -> None:
    answer = client.get(f"/u/{name}{quote(end)}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/u/{name}")


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("written", [".", "...", "ada.b", "ada-b", ".ada", "a.", "ada🙂", "ada$"])
def test_nothing_else_is_guessed(client: TestClient, written: str) -> None:
    answer = client.get(f"/u/{quote(written)}")
    assert answer.status_code == 404
