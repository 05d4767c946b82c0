"""Identifies the visitor behind an event: session, network and tab.

Each event is authorised by a live session row. A tab's state is stored under a
token that the browser chose, so the state proves nothing: if it belongs to
someone else, it is reset before the event is answered.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import EventSpec as EventSpec  # noqa: PLC0414  (anonmsg.py imports it from here)

from anonmsg import addresses
from anonmsg.addresses import Audience
from anonmsg.errors import NotSignedIn
from anonmsg.framework.connections import Connection, connection_id_in, connections
from anonmsg.runtime.runtime import run
from anonmsg.runtime.topics import Tab
from anonmsg.services.sessions import sessions
from anonmsg.services.sessions.sessions import SignedIn


class TabOwner(rx.State):
    """Who owns a tab's state, and which page the tab shows. Never sent to the browser."""

    _owner_id: str = ""
    # Counts the pages opened in the tab, including reloads.
    _pages: int = 0
    _path: str = ""


def connection_of(state: rx.State) -> tuple[str, Connection]:
    """Return the connection behind a state's event; a stranger's if it has closed."""
    connection_id = connection_id_in(state.router.headers.cookie or "")
    found = connections.get(connection_id)
    return connection_id, found or Connection(connections.network_of(connection_id), "")


def network_of(state: rx.State) -> str:
    """Return the key of the client's network, for rate limits."""
    return connection_of(state)[1].network


def tab_of(state: rx.State) -> Tab:
    """Return the event's tab as the hub knows it; with no connection if its socket has closed."""
    connection_id = connection_of(state)[0]
    is_open = connections.get(connection_id) is not None
    return Tab(state.router.session.client_token, connection_id if is_open else "")


async def is_new_page(state: Any) -> bool:
    """Return whether a page has been opened since this state last asked.

    Reflex also runs a page's load handlers when a socket reconnects and when a
    tab's state has expired. In both cases, what is on the screen must stay.

    Args:
        state: A state with the backend var `_page`, an int that starts at 0.
    """
    pages = (await state.get_state(TabOwner))._pages
    is_new = bool(pages != state._page)
    state._page = pages
    return is_new


async def signed_in(state: rx.State) -> SignedIn:
    """Return the signed-in owner, verified against their live session row.

    Raises:
        NotSignedIn: If the visitor is signed out, or the session has ended.
        AccountLeaving: If the account is about to be deleted.
    """
    session_id = session_of(state)
    if not session_id:
        raise NotSignedIn
    return await run(sessions.current, session_id=session_id)


async def leaving(state: rx.State) -> SignedIn:
    """Return the signed-in owner of an account that is about to be deleted.

    Raises:
        NotSignedIn: If the visitor is anyone else.
    """
    person = await person_of(state)
    if person is None or person.leaves_at is None:
        raise NotSignedIn
    return person


async def person_of(state: rx.State) -> SignedIn | None:
    """Return the signed-in person, leaving or not, or None if the visitor is signed out."""
    session_id = session_of(state)
    if not session_id:
        return None
    try:
        return await run(sessions.anyone, session_id=session_id)
    except NotSignedIn:
        return None


def session_of(state: rx.State) -> str:
    """Return the id of the session behind a state's event, alive or ended; or nothing."""
    return connection_of(state)[1].session_id


def audience_of(person: SignedIn | None) -> Audience:
    """Return which handlers besides everyone's a person may call."""
    if person is None:
        return Audience.SIGNED_OUT
    return Audience.OWNERS if person.leaves_at is None else Audience.LEAVING


async def reset_if_signed_out(state: rx.State) -> None:
    """Reset the tab if its own event has just ended its session.

    Anything shown after this call survives: the tab's next event arrives signed
    out and finds nothing left to reset.
    """
    root: Any = state._get_root_state()
    await reset_unless_owned_by(root, await person_of(root))


def redirect_to_sign_in(path: str = addresses.DASHBOARD.path) -> Any:
    """Return a redirect to the sign-in page, which leads back to the path afterwards."""
    return rx.redirect(addresses.sign_in_path(path), replace=True)


def redirect_to_leaving() -> Any:
    """Return a redirect to the page that asks whether to keep the account."""
    return rx.redirect(addresses.LEAVING.path, replace=True)


def redirect_from_owners(person: SignedIn | None) -> Any:
    """Return a redirect to where a person belongs whose event wasn't for them."""
    if person is None:
        return redirect_to_sign_in()
    if person.leaves_at is not None:
        return redirect_to_leaving()
    return rx.redirect(addresses.DASHBOARD.path, replace=True)


async def reset_unless_owned_by(root: Any, person: SignedIn | None) -> bool:
    """Reset a tab's entire state if it belongs to someone else; return whether it did."""
    kept = await root.get_state(TabOwner)
    owner_id = person.owner_id if person else ""
    if kept._owner_id == owner_id:
        return False
    _empty(root, kept, owner_id)
    return True


def _empty(root: Any, kept: TabOwner, owner_id: str) -> None:
    hydrated = root.is_hydrated
    root.reset()
    root.is_hydrated = hydrated
    kept._owner_id = owner_id
