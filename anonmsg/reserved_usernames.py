"""Usernames that nobody may take: our own routes, and names people trust."""

from __future__ import annotations

# The first part of every route, now or planned, so that no page can be faked.
ROUTES = """
    404 about account admin api app assets blog contact dashboard delete docs download event events
    export favicon forgot-password health healthz help home images index inbox invite legal live
    login logout manifest me message messages metrics new oauth ping poster preview privacy profile
    qr register reset-password robots rss search security send settings share sign-in sign-out
    sign-up sign_in sign_out sign_up signin signout signup sitemap static status support terms u
    upload user users verify well-known www
"""

# Names that a message could be believed to come from.
ROLES = """
    abuse administrator anon anonmsg anonymous bot contact everyone founder hostmaster info mail
    mailer-daemon moderator nobody no-reply no_reply noreply notifications official operator owner
    password postmaster root someone staff sysadmin system team webmaster you null none undefined
    true false
"""

RESERVED_USERNAMES = frozenset((ROUTES + ROLES).split())
