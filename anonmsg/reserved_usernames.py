"""Usernames nobody may take: our own routes, and names people trust."""

from __future__ import annotations

from anonmsg.addresses import ADDRESSES

# Paths that other parts of the site use or will use, besides those in `addresses`.
PLANNED = """
    404 about account admin api app assets blog contact delete docs download event events favicon
    health help home images index inbox invite legal live login logout manifest me message messages
    metrics new oauth ping preview profile qr readyz register robots rss search security send share
    sign_in sign_out sign_up signin signout signup sitemap static status support terms upload user
    users well-known www
"""

# Names that a message could seem to come from.
ROLES = """
    abuse administrator anon anonmsg anonymous bot contact everyone founder hostmaster info mail
    mailer-daemon moderator nobody no-reply no_reply noreply notifications official operator owner
    password postmaster root someone staff sysadmin system team webmaster you null none undefined
    true false
"""

OURS = frozenset(filter(None, (each.first_segment for each in ADDRESSES)))
RESERVED_USERNAMES = OURS | frozenset((PLANNED + ROLES).split())
