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

import reflex as rx
from reflex.event import Event
from reflex.middleware.middleware import Middleware
from reflex.state import StateUpdate

from anonmsg.context import run
from anonmsg.errors import NotSignedIn
from anonmsg.framework.connections import Visit, visit_id_in, visits
from anonmsg.live import Tab
from anonmsg.services.sessions import sign_ins
from anonmsg.services.sessions.sign_ins import SignedIn

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
    """How Reflex calls a state, such as that of "page.PageState"."""
    module, name = state.split(".")
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    return f"anonmsg___state___{module}___{snake}"


def _named(state: str, *handlers: str) -> frozenset[str]:
    return frozenset(f"{_full_name(state)}.{handler}" for handler in handlers)


PUBLIC = (
    _named("frame.FrameState", "load", "look_again", "tell", "dismiss")
    | _named("sign_up.SignUpState", "load", "check_username", "submit")
    | _named("verify.VerifyState", "load", "look_again", "submit", "resend")
    | _named("email_link.EmailLinkState", "load", "confirm", "undo")
    | _named("forgot.ForgotState", "load", "submit")
    | _named("reset.ResetState", "load", "submit")
    | _named("page.PageState", "load", "look_again", "send", "another", "suggest")
)
# What a person asked for last and then closed the tab: it is done all the same.
WORTH_FINISHING = _named("page.PageState", "send")
# How Reflex's client says that it shows a page.
PAGE_OPENED = frozenset(
    {
        "reflex___state____state.hydrate_and_load",
        "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal",
    }
)
SIGNED_IN = (
    _named("dashboard.DashboardState", "load", "refresh", "look_again", "load_more")
    | _named("dashboard.DashboardState", "accept_messages", "delete")
    | _named("settings.SettingsState", "load", "describe", "rename", "change_email")
    | _named("settings.SettingsState", "change_password", "end_browser", "end_others")
    | _named("second_factor.SecondFactorState", "load", "begin", "turn_on", "done")
    | _named("second_factor.SecondFactorState", "renew_codes", "turn_off")
    | _named("leaving.LeavingState", "load", "submit")
)
# What a tab's earlier page leaves behind that must be gone before the next is told
# anything: a box would go and come back with nothing in it, under a person's hands.
BEGINS_ANEW: dict[str, dict[str, Any]] = {
    _full_name("page.PageState"): {"sent": False, "error": "", "busy": False},
}
# The pages that a stranger is sent away from.
OWNERS_ONLY = frozenset({"/dashboard", "/settings"})


def visit_of(state: rx.State) -> tuple[str, Visit]:
    """The visit that a state's event came by; a stranger's where it is over."""
    visit_id = visit_id_in(state.router.headers.cookie or "")
    return visit_id, visits.get(visit_id) or Visit("", "")


def network_of(state: rx.State) -> str:
    """The key of the client's network, for the limits."""
    return visit_of(state)[1].network


def tab_of(state: rx.State) -> Tab:
    """The tab that asks, as the hub knows it; nobody's, where its socket has closed."""
    visit_id = visit_of(state)[0]
    is_open = visits.get(visit_id) is not None
    return Tab(state.router.session.client_token, visit_id if is_open else "")


async def is_new_page(state: Any) -> bool:
    """Whether a page was opened since this state last asked.

    Reflex runs a page's load handlers also when a socket comes back, and when
    it has forgotten a tab's state: then what is on the screen must stay.

    Args:
        state: A state with the backend var `_page`, an int that begins at 0.
    """
    pages = (await state.get_state(Belonging))._pages
    is_new = bool(pages != state._page)
    state._page = pages
    return is_new


async def signed_in(state: rx.State) -> SignedIn:
    """The person who asks, proved by the living row of their sign-in.

    Raises:
        NotSignedIn: a stranger asks, or the sign-in has ended.
    """
    sign_in_id = visit_of(state)[1].sign_in_id
    if not sign_in_id:
        raise NotSignedIn
    return await run(sign_ins.whose, sign_in_id=sign_in_id)


async def let_go(state: rx.State) -> None:
    """Empty a tab whose own event may just have ended its sign-in.

    What is told to its person then stays: the tab's next event, a stranger's
    by now, finds nothing left to empty.
    """
    root: Any = state._get_root_state()
    await Guard._empty_if_not_theirs(root, await Guard._person(root))


def sign_in_page(path: str = "/dashboard") -> Any:
    """The way to the sign-in page and, from there, back."""
    return rx.redirect(f"/sign-in?next={path}", replace=True)


class Belonging(rx.State):
    """Whose a tab's whole state is, and which page it shows. Nothing of it is sent."""

    _owner_id: str = ""
    # Counts the pages that were opened in the tab, reloads included.
    _pages: int = 0
    _path: str = ""


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
        if visits.get(visit_of(root)[0]) is None and name not in WORTH_FINISHING:
            # Its socket has closed; the tab may have come back by another one.
            return StateUpdate()
        person = await self._person(root)
        was_reset = await self._empty_if_not_theirs(root, person)
        await self._note_page(root, event)
        if name not in SIGNED_IN or person is not None:
            return None
        delta = await root._get_resolved_delta() if was_reset else {}
        root._clean()
        return StateUpdate(delta=delta, events=Event.from_event_type([sign_in_page()]))

    @staticmethod
    async def _person(root: Any) -> SignedIn | None:
        try:
            return await signed_in(root)
        except NotSignedIn:
            return None

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

    @staticmethod
    async def _empty_if_not_theirs(root: Any, person: SignedIn | None) -> bool:
        kept = await root.get_state(Belonging)
        owner_id = person.owner_id if person else ""
        if kept._owner_id == owner_id:
            return False
        _empty(root, kept, owner_id)
        return True


def _empty(root: Any, kept: Belonging, owner_id: str) -> None:
    hydrated = root.is_hydrated
    root.reset()
    root.is_hydrated = hydrated
    kept._owner_id = owner_id
