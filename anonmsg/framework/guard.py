"""Who may call which event handler.

Reflex lets any socket call every public method of every state class, on any
page. Here an event passes only if it is in one of three lists, the second of
which needs a person signed in at this moment. A state that belongs to another
sign-in than the socket's is emptied before anything of it is answered: its
token is the browser's own choice, so it proves nothing.
"""

from __future__ import annotations

import logging
from typing import Any

from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import StateUpdate

from anonmsg.framework.connections import connections
from anonmsg.framework.visitor import (
    Belonging,
    connection_of,
    empty_if_not_theirs,
    person_of,
    sign_in_page,
)

logger = logging.getLogger(__name__)

# What Reflex's own client needs to show a page; none of it reads or writes ours.
FRAMEWORK = frozenset(
    {
        "reflex___state____state.hydrate",
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.set_is_hydrated",
        "reflex___state____on_load_internal_state.on_load_internal",
        "reflex___state____on_load_internal_state.set_is_hydrated",
        "reflex___state____update_vars_internal_state.update_vars_internal",
        "reflex___state____frontend_event_exception_state.handle_frontend_exception",
    }
)


def _full_name(state: str) -> str:
    """How Reflex calls a state, such as that of "pages.verify.state.VerifyState"."""
    module, _, name = state.rpartition(".")
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    return f"anonmsg___{module.replace('.', '___')}___{snake}"


def _named(state: str, *handlers: str) -> frozenset[str]:
    return frozenset(f"{_full_name(state)}.{handler}" for handler in handlers)


PUBLIC = (
    _named("components.frame.state.FrameState", "load", "look_again", "tell", "dismiss")
    | _named("pages.sign_up.state.SignUpState", "load", "check_username", "submit")
    | _named("pages.verify.state.VerifyState", "load", "look_again", "submit", "resend")
    | _named("pages.email_link.state.EmailLinkState", "load", "confirm", "undo")
    | _named("pages.forgot_password.state.ForgotPasswordState", "load", "submit")
    | _named("pages.reset_password.state.ResetPasswordState", "load", "submit")
    | _named(
        "pages.public_page.state.PublicPageState",
        "load",
        "look_again",
        "send",
        "another",
        "suggest",
    )
)
# What a person asked for last and then closed the tab: it is done all the same.
WORTH_FINISHING = _named("pages.public_page.state.PublicPageState", "send")
# How Reflex's client says that it shows a page.
PAGE_OPENED = frozenset(
    {
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
    }
)
SIGNED_IN = (
    _named("pages.dashboard.state.DashboardState", "load", "refresh", "look_again", "load_more")
    | _named("pages.dashboard.state.DashboardState", "accept_messages", "delete")
    | _named("pages.settings.state.SettingsState", "load", "describe", "rename", "change_email")
    | _named("pages.settings.state.SettingsState", "change_password", "end_browser", "end_others")
    | _named("pages.settings.two_factor.state.TwoFactorState", "load", "begin", "turn_on", "done")
    | _named("pages.settings.two_factor.state.TwoFactorState", "renew_codes", "turn_off")
    | _named("pages.settings.delete_account.state.DeleteAccountState", "load", "submit")
)
# What a tab's earlier page leaves behind that must be gone before the next is told
# anything: a box would go and come back with nothing in it, under a person's hands.
BEGINS_ANEW: dict[str, dict[str, Any]] = {
    _full_name("pages.public_page.state.PublicPageState"): {
        "sent": False,
        "error": "",
        "busy": False,
    },
}


class Guard(Middleware):
    """The one place that every event passes: default deny."""

    async def preprocess(self, app: Any, state: Any, event: Event) -> StateUpdate | None:
        """Let an event through, or answer it.

        Returns:
            None to go on, or the answer that takes the handler's place.
        """
        del app
        name = event.name.removeprefix("reflex___state____state.")
        known = event.name in FRAMEWORK or name in FRAMEWORK
        if not known and name not in PUBLIC and name not in SIGNED_IN:
            logger.warning("An event that is on no list was refused.")
            return StateUpdate()
        root = state._get_root_state()
        if connections.get(connection_of(root)[0]) is None and name not in WORTH_FINISHING:
            # Its socket has closed; the tab may have come back by another one.
            return StateUpdate()
        person = await person_of(root)
        was_reset = await empty_if_not_theirs(root, person)
        await self._note_page(root, event)
        if name not in SIGNED_IN or person is not None:
            return None
        delta = await root._get_resolved_delta() if was_reset else {}
        root._clean()
        return StateUpdate(delta=delta, events=Event.from_event_type([sign_in_page()]))

    @staticmethod
    async def _note_page(root: Any, event: Event) -> None:
        if event.name not in PAGE_OPENED:
            return
        tab, path = await root.get_state(Belonging), root.router.url.path
        # Reflex's client sends the hashes of what it was built with only at a
        # page's first connect, not when a lost socket comes back.
        # A tab without a path has been forgotten: its page has stayed open.
        if event.payload.get("hashes") or tab._path not in {"", path}:
            tab._pages += 1
            for name, values in BEGINS_ANEW.items():
                for var, value in values.items():
                    setattr(root.substates[name], var, value)
        tab._path = path
