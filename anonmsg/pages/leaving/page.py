"""The only page of an owner whose account is about to be deleted."""

from __future__ import annotations

from typing import Any

import reflex as rx

from anonmsg.components.buttons import submit
from anonmsg.components.fields import errors_for
from anonmsg.components.frame.frame import bare
from anonmsg.components.post_form import post_form
from anonmsg.components.slots import slot
from anonmsg.locale import _
from anonmsg.pages.leaving.state import LeavingState


def leaving() -> rx.Component:
    """Render the page at `/leaving`, which decides nothing until a button is pressed."""
    return bare(
        rx.el.h1(_("Keep your account?"), class_name="headline"),
        # The server writes the date for the page it sends, the state for one reached by a
        # redirect; the stylesheet hides the second.
        slot(class_name="soft mt-3", data_leaves_at=True),
        rx.el.p(LeavingState.when, class_name="soft mt-3"),
        _choice("keep", _("Keep my account"), LeavingState.keep, kind="primary"),
        _choice("delete", _("Delete it as planned"), LeavingState.leave, kind="quiet"),
        errors_for("form", LeavingState.errors["form"]),
    )


def _choice(value: str, label: str, handler: Any, *, kind: str) -> rx.Component:
    """Render a form with one button, which also works without scripts."""
    return post_form(
        rx.el.input(type="hidden", name="choice", value=value, id=f"choice-{value}"),
        submit(label, busy=LeavingState.busy, kind=kind, class_name="button-wide"),
        on_submit=handler,
        is_native=True,
        class_name="form leaving-choice",
    )
