"""Who asks: the session behind an event, its network and its tab.

Authority comes from the living row of a session, at every event. A tab's
state is kept under a token that the browser chose, so it proves nothing: a
state that belongs to somebody else is emptied before anything is answered.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventSpec as EventSpec  # noqa: PLC0414  (the app names its answers by it)

from anonmsg import addresses
from anonmsg.errors import NotSignedIn
from anonmsg.framework.connections import Connection, connection_id_in, connections
from anonmsg.runtime.runtime import run
from anonmsg.runtime.topics import Tab
from anonmsg.services.sessions import sessions
from anonmsg.services.sessions.sessions import SignedIn


class Belonging(rx.State):
    """Whose a tab's whole state is, and which page it shows. Nothing of it is sent."""

    _owner_id: str = ""
    # Counts the pages that were opened in the tab, reloads included.
    _pages: int = 0
    _path: str = ""


def connection_of(state: rx.State) -> tuple[str, Connection]:
    """The connection that a state's event came by; a stranger's where it is over."""
    connection_id = connection_id_in(state.router.headers.cookie or "")
    return connection_id, connections.get(connection_id) or Connection("", "")


def network_of(state: rx.State) -> str:
    """The key of the client's network, for the limits."""
    return connection_of(state)[1].network


def tab_of(state: rx.State) -> Tab:
    """The tab that asks, as the hub knows it; nobody's, where its socket has closed."""
    connection_id = connection_of(state)[0]
    is_open = connections.get(connection_id) is not None
    return Tab(state.router.session.client_token, connection_id if is_open else "")


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
    session_id = connection_of(state)[1].session_id
    if not session_id:
        raise NotSignedIn
    return await run(sessions.whose, session_id=session_id)


async def person_of(state: rx.State) -> SignedIn | None:
    """The person who asks, or None for a stranger."""
    try:
        return await signed_in(state)
    except NotSignedIn:
        return None


async def let_go(state: rx.State) -> None:
    """Empty a tab whose own event may just have ended its sign-in.

    What is told to its person then stays: the tab's next event, a stranger's
    by now, finds nothing left to empty.
    """
    root: Any = state._get_root_state()
    await empty_if_not_theirs(root, await person_of(root))


def sign_in_page(path: str = addresses.DASHBOARD.path) -> Any:
    """The way to the sign-in page and, from there, back."""
    return rx.redirect(addresses.sign_in_and_go_on(path), replace=True)


async def empty_if_not_theirs(root: Any, person: SignedIn | None) -> bool:
    """Empty a tab's whole state if it belongs to another session than the one that asks."""
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
