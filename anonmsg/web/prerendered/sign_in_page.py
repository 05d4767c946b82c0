"""The sign-in page, filled in: what was typed, what's wrong with it, and who is new."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup

from anonmsg import rules
from anonmsg.addresses import VERIFY
from anonmsg.errors import AppError
from anonmsg.locale import _
from anonmsg.web.prerendered.build import BuiltPage
from anonmsg.web.prerendered.built_markup import find_tag, replaced

BAD_INPUT = Markup('<input autofocus="" aria-invalid="true"')
HREF = re.compile(r' href="[^"]*"')


def filled(
    page: BuiltPage,
    values: Mapping[str, str],
    errors: Mapping[str, str] = {},
    *,
    verify_at: str = "",
    is_new: bool = False,
) -> Markup:
    """Return the page with its fields filled in and errors under them.

    The first field with an error has the focus.

    Args:
        page: The built page.
        values: The fields' values by name; never a password.
        errors: The fields' error messages by name.
        verify_at: Where this browser can enter its sign-up's code, if it can.
        is_new: Whether to greet somebody who has never signed in.

    Raises:
        UnexpectedBuild: a place to fill is missing.
    """
    changes = []
    first_bad = next((name for name in errors if name != "form"), "")
    for name in {**values, first_bad: ""} if first_bad else values:
        tag = field = find_tag(page.html, "input", f'name="{name}"')
        if name in values:
            field = tag.removesuffix("/>") + Markup(' value="{}"/>').format(values[name])
        if name == first_bad:
            field = field.replace("<input", BAD_INPUT, 1)
        changes.append((tag, field))
    for name, sentence in errors.items():
        tag = find_tag(page.html, "p", f'data-error-for="{name}"')
        end = Markup("</p>")
        changes.append((tag + end, tag + sentence + end))
    if is_new:
        tag = find_tag(page.html, "h1", "data-sign-in-title")
        usual, welcome = _("Welcome back"), _("Sign in to your new page")
        changes.append((tag + usual, tag + welcome))
    if verify_at:
        tag = find_tag(page.html, "a", "data-verify-link")
        href = Markup(' href="{}"').format(verify_at)
        linked = replaced(tag, HREF, lambda _href: href)
        changes.append((tag, linked.replace(' hidden=""', Markup(""))))
    return page.filled(changes)


def expect_places(page: BuiltPage) -> None:
    """Fill every place once.

    Raises:
        UnexpectedBuild: one is missing.
    """
    nothing = dict.fromkeys(("identifier", "password", "form"), "")
    values = {"identifier": "", "next": ""}
    filled(page, values, nothing, verify_at=VERIFY.path, is_new=True)


def newcomer(name: str | None) -> dict[str, str]:
    """Return what to fill in for somebody whose page is new, as the link to here says."""
    try:
        return {"identifier": rules.username(name).shown}
    except AppError:
        return {}
