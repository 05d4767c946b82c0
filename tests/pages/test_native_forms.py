"""Every page's forms either have a native way or say that they need a socket."""

from __future__ import annotations

import re

import pytest

from anonmsg.addresses import ADDRESSES, Post
from anonmsg.pages import PAGES, Page

POSTS = {each.reflex_route: each.post for each in ADDRESSES}
FORM = re.compile(r'jsx\("form",(\{.*?\}),jsx\(', re.DOTALL)
NEEDS = '"data-needs-socket":"true"'


def forms_by_socket(page: Page) -> list[str]:
    """The attributes of each form that a state handles."""
    return [form for form in FORM.findall(str(page.build())) if "onSubmit:handleSubmit" in form]


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.route)
def test_a_form_goes_natively_where_a_route_does_the_job(page: Page) -> None:
    forms = forms_by_socket(page)
    if POSTS.get(page.route) is Post.ROUTE:
        assert all('"data-native":"true"' in form for form in forms)
        assert NEEDS not in str(page.build())
    else:
        assert not any("data-native" in form for form in forms)
        assert not forms or NEEDS in str(page.build())


def test_the_forms_are_found() -> None:
    found = {page.route: len(forms_by_socket(page)) for page in PAGES}
    routes = ("/sign-up", "/forgot-password", "/reset-password", "/u/[username]")
    assert all(found[route] == 1 for route in routes), found
    # The code or the link, and another email; keeping an account, or leaving as planned.
    assert found["/verify"] == found["/leaving"] == 2
    assert found["/settings"] >= 6
