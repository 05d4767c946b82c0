"""Every shape a browser may be sent.

A state var holds one of these or a plain word, never a table's row: a row
would take its password hash along.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PublicPage:
    """What anyone may know about an inbox."""

    username: str
    accepts_messages: bool
    display_name: str = ""
    bio: str = ""


@dataclass(frozen=True)
class Profile:
    """What an owner sees and sets of their account."""

    username: str
    email: str
    display_name: str
    bio: str
    link: str


@dataclass(frozen=True)
class Browser:
    """A browser that is signed in; `used_on` is a day, as ISO 8601 writes it."""

    id: str
    label: str
    used_on: str
    is_this: bool


@dataclass(frozen=True)
class Owner:
    """What the signed-in person sees of themselves."""

    username: str
    accepts_messages: bool
    link: str


@dataclass(frozen=True)
class Way:
    """A service that passes a link on, and the address that asks it to."""

    name: str
    address: str


@dataclass(frozen=True)
class InboxMessage:
    """One message as its owner reads it; `sent_at` is ISO 8601 in UTC."""

    id: str
    content: str
    sent_at: str


@dataclass(frozen=True)
class InboxSlice:
    """A run of messages, newest first, and whether older ones follow."""

    messages: list[InboxMessage] = field(default_factory=list)
    more: bool = False
    total: int = 0


@dataclass(frozen=True)
class TwoFactor:
    """Whether signing in asks for a code, and how many recovery codes are left."""

    is_on: bool
    codes_left: int


@dataclass(frozen=True)
class TwoFactorSetup:
    """What an authenticator app is set up with: the secret, by hand or as a link.

    It goes to the browser that asked for it, once, and only while it is set up.
    """

    secret: str
    link: str


@dataclass(frozen=True)
class PendingSignUp:
    """Where a sign-up stands, for the browser that began it.

    `mail` is "sent", "waiting" (not tried yet) or "delayed" (tried and
    refused by the mail service so far). `resend_wait` is in seconds, and
    `topic` is what to watch to hear that the mail is on its way or delayed.
    """

    username: str
    mail: str
    resend_wait: int
    topic: str
