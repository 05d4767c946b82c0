"""Unsubscribe links: one click ends an owner's emails about new messages, and does nothing else.

RFC 8058 has email programs post to the link of a header, without cookies. So the link is
all the authority there is: it's sealed, bound to this one purpose, and holds whom it's for.
It works for as long as the site has the PEPPER that sealed it, and as often as it's used.
"""

from __future__ import annotations

import base64
import binascii

from anonmsg import addresses, rules
from anonmsg.database.tables import EmailDigest
from anonmsg.errors import UnsubscribeLinkBroken
from anonmsg.runtime.context import Context
from anonmsg.security.seals import BrokenSeal
from anonmsg.services.notifications import email_digests

BOUND_TO = "email digests"
LONGEST_KEY = 120


def link(ctx: Context, *, person_id: str) -> str:
    """Return the link that ends a person's emails about new messages."""
    sealed = ctx.keyring.unsubscribe_links.close(person_id.encode(), bound_to=BOUND_TO)
    key = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    return addresses.unsubscribe_link(ctx.settings.site, key)


def use(ctx: Context, *, key: object) -> None:
    """End somebody's emails about new messages; a second time changes nothing.

    Raises:
        UnsubscribeLinkBroken: the key isn't whole, or isn't ours.
    """
    person_id = _read(ctx, rules.text(key, LONGEST_KEY))
    with ctx.reading() as db:
        is_told = db.get(EmailDigest, person_id) is not None
    # Whoever posts it again and again makes nobody wait for the lock of those who write.
    if is_told:
        with ctx.writing():
            email_digests.stop(ctx, person_id=person_id)


def _read(ctx: Context, key: str) -> str:
    try:
        sealed = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
        return ctx.keyring.unsubscribe_links.open(sealed, bound_to=BOUND_TO).decode()
    except (BrokenSeal, binascii.Error, ValueError):
        raise UnsubscribeLinkBroken from None
