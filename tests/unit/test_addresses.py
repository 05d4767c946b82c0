"""The table of addresses: every path appears there once, and nowhere else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import anonmsg
from anonmsg import addresses
from anonmsg.addresses import ADDRESSES, Audience, Post
from anonmsg.framework.prerender import POSTS
from anonmsg.pages import PAGES
from anonmsg.reserved_usernames import RESERVED_USERNAMES

PACKAGE = Path(anonmsg.__file__).parent
FIRST_PARTS = sorted({each.first_segment for each in ADDRESSES} - {""})
SCRIPT = "".join(
    file.read_text() for file in sorted((PACKAGE.parent / "assets" / "app").glob("*.js"))
)
A_PATH = re.compile(rf"/({'|'.join(FIRST_PARTS)})(?![a-z-])")


def paths_in(source: str) -> list[str]:
    """A module's string literals that begin with one of our paths, except docstrings."""
    tree = ast.parse(source)
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in told
        and A_PATH.match(node.value)
    ]


def test_no_path_is_written_anywhere_else() -> None:
    files = [file for file in PACKAGE.rglob("*.py") if file.name != "addresses.py"]
    found = {file.name: paths_in(file.read_text()) for file in files}
    assert {name: paths for name, paths in found.items() if paths} == {}


@pytest.mark.parametrize("line", ['go("/sign-in")', "f'/u/{name}/qr.svg'", "x = '/settings?a=b'"])
def test_a_path_that_is_written_elsewhere_is_seen(line: str) -> None:
    assert paths_in(line)


def test_the_script_knows_the_paths_and_the_forms_of_mailed_links() -> None:
    table = re.search(r"const LINK_FORMS = \{(.*?)\};", SCRIPT, re.DOTALL)
    assert table
    forms = dict(re.findall(r'"([^"]+)": "([^"]+)"', table[1]))
    assert forms == {each.path: each.link_form for each in ADDRESSES if each.link_form}
    pages = "".join(file.read_text() for file in (PACKAGE / "pages").rglob("*.py"))
    for form in forms.values():
        assert f'id="{form}"' in pages, form


def test_the_script_names_no_path_that_the_table_has_not() -> None:
    named = {path.partition("?")[0] for path in re.findall(r'"(/[a-z][^"]*)"', SCRIPT)}
    assert len(named) > 5
    assert named <= {each.path for each in ADDRESSES}


def test_each_address_has_a_path_of_its_own() -> None:
    paths = [each.path for each in ADDRESSES]
    assert len(paths) == len(set(paths))
    named = [each for each in vars(addresses).values() if isinstance(each, addresses.Address)]
    assert sorted(named, key=lambda each: each.path) == sorted(
        ADDRESSES, key=lambda each: each.path
    )


def test_every_page_of_the_table_is_put_on_and_no_other() -> None:
    shown = {page.route for page in PAGES}
    assert shown == {each.reflex_route for each in ADDRESSES if each.is_page} | {"404"}


def test_what_may_be_posted_is_listed_once_more_here() -> None:
    # Whatever is dropped from the table would be dropped from all that is read from it.
    posted = {each.path: each.post for each in ADDRESSES if each.post is not Post.NOTHING}
    jobs = ("/sign-in", "/forgot-password", "/u/{username}", "/refresh", "/sign-out", "/export")
    jobs = (*jobs, "/leaving", "/unsubscribe")
    links = ("/sign-up", "/verify", "/reset-password", "/confirm-email", "/undo-email")
    assert posted == dict.fromkeys((*jobs, *links), Post.ROUTE) | {"/settings": Post.NEEDS_SCRIPT}


def test_the_development_server_hands_on_whatever_is_posted() -> None:
    posted = [each for each in ADDRESSES if each.post is not Post.NOTHING]
    assert len(POSTS) == len(posted) > 10
    for address in posted:
        path = address.path.format(username="ada")
        assert any(path.startswith(prefix) for prefix in POSTS), path
    assert "/dashboard" not in POSTS


def test_nobody_may_take_the_first_part_of_a_path() -> None:
    assert {each.first_segment for each in ADDRESSES if each.first_segment} <= RESERVED_USERNAMES


def test_owners_pages_are_those_that_lead_strangers_to_the_sign_in_page() -> None:
    assert {"/dashboard", "/settings"} == addresses.PATHS_FOR_OWNERS
    assert addresses.SIGN_IN.audience is addresses.SIGN_UP.audience is Audience.SIGNED_OUT


def test_links_are_whole_and_keep_a_secret_in_the_fragment() -> None:
    site = "https://anonmsg.example"
    assert addresses.link(site, addresses.HOME) == f"{site}/"
    assert addresses.link(site, addresses.VERIFY, "secret") == f"{site}/verify#secret"
    assert addresses.public_link(site, "ada") == f"{site}/u/ada"
    assert addresses.public_path("ada", addresses.QR_PNG) == "/u/ada/qr.png"
    assert addresses.sign_in_path("/settings") == "/sign-in?next=/settings"
    assert addresses.sign_in_path("/a?b=c&d") == "/sign-in?next=/a%3Fb%3Dc%26d"
