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
from anonmsg.live import Tab
from anonmsg.services import sign_ins
from anonmsg.services.sign_ins import SignedIn
from anonmsg.visits import Visit, visit_id_in, visits

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


def _named(state: str, *handlers: str) -> frozenset[str]:
    module, name = state.split(".")
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
    return frozenset(f"anonmsg___state___{module}___{snake}.{handler}" for handler in handlers)


PUBLIC = (
    _named("frame.FrameState", "load", "tell", "dismiss")
    | _named("sign_up.SignUpState", "load", "check_username", "submit")
    | _named("verify.VerifyState", "load", "submit", "resend")
    | _named("page.PageState", "load", "look_again", "send", "another", "suggest")
)
SIGNED_IN = _named(
    "dashboard.DashboardState", "load", "refresh", "load_more", "accept_messages", "delete"
)


def visit_of(state: rx.State) -> tuple[str, Visit]:
    """The visit that a state's event came by; a stranger's where it is over."""
    visit_id = visit_id_in(state.router.headers.cookie or "")
    return visit_id, visits.get(visit_id) or Visit("", "")


def network_of(state: rx.State) -> str:
    """The key of the client's network, for the limits."""
    return visit_of(state)[1].network


def tab_of(state: rx.State) -> Tab:
    """The tab that asks, as the hub knows it."""
    return Tab(state.router.session.client_token, visit_of(state)[0])


async def signed_in(state: rx.State) -> SignedIn:
    """The person who asks, proved by the living row of their sign-in.

    Raises:
        NotSignedIn: a stranger asks, or the sign-in has ended.
    """
    sign_in_id = visit_of(state)[1].sign_in_id
    if not sign_in_id:
        raise NotSignedIn
    return await run(sign_ins.whose, sign_in_id=sign_in_id)


def sign_in_page(path: str = "/dashboard") -> Any:
    """The way to the sign-in page and, from there, back."""
    return rx.redirect(f"/sign-in?next={path}", replace=True)


class Belonging(rx.State):
    """Whose a tab's whole state is; it has no handlers, and nothing of it is sent."""

    _owner_id: str = ""


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
        person = await self._person(root)
        was_reset = await self._empty_if_not_theirs(root, person)
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
    async def _empty_if_not_theirs(root: Any, person: SignedIn | None) -> bool:
        kept = await root.get_state(Belonging)
        owner_id = person.owner_id if person else ""
        if kept._owner_id == owner_id:
            return False
        hydrated = root.is_hydrated
        root.reset()
        root.is_hydrated = hydrated
        kept._owner_id = owner_id
        return True
