"""Every shape of data that a browser may receive.

A state var holds one of these or a plain value, never a database row: a row would take
its password hash along.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class PublicPage:
    """What anyone may know about an inbox.

    `reopens` says when a paused one opens again, and `delivery` when it gets its messages,
    unless it's at once.
    """

    username: str
    accepts_messages: bool
    display_name: str = ""
    bio: str = ""
    prompt: str = ""
    reopens: str = ""
    delivery: str = ""

    @property
    def called(self) -> str:
        """The name to address the owner by: their display name, or else their username."""
        return self.display_name or self.username


@dataclass(frozen=True)
class Profile:
    """The account details that an owner sees and edits."""

    username: str
    email: str
    display_name: str
    prompt: str
    bio: str
    link: str


@dataclass(frozen=True)
class BrowserSession:
    """A signed-in browser; `used_on` is an ISO 8601 date, and `last_used` says how long ago."""

    id: str
    label: str
    used_on: str
    last_used: str
    is_this: bool


@dataclass(frozen=True)
class Owner:
    """What signed-in owners see about themselves; `called` is what their page calls them.

    `paused_until` is the ISO time at which a paused page opens again, else empty.
    """

    username: str
    accepts_messages: bool
    link: str
    called: str
    paused_until: str = ""


@dataclass(frozen=True)
class ShareTarget:
    """A service that can share a link, and the URL that opens it there.

    `service` tells which one it is, in every language.
    """

    name: str
    address: str
    service: str


@dataclass(frozen=True)
class LinkPreview:
    """What chats and feeds show next to a link: a title, and a picture in words."""

    title: str = ""
    picture: str = ""


@dataclass(frozen=True)
class InboxMessage:
    """One message as its owner sees it.

    `sent_at` is ISO 8601 in UTC, and `trashed_on` an ISO date, empty outside of the trash.
    `is_test` says that the owner sent it as a test, which has to be seen wherever it's shown.
    """

    id: str
    content: str
    sent_at: str
    is_unread: bool = False
    is_starred: bool = False
    folder: str = "inbox"
    trashed_on: str = ""
    note: str = ""
    is_test: bool = False


@dataclass(frozen=True)
class FolderCounts:
    """How many messages are in each folder, and how many of them are unread."""

    inbox: int = 0
    inbox_unread: int = 0
    archive: int = 0
    archive_unread: int = 0
    starred: int = 0
    trash: int = 0


@dataclass(frozen=True)
class InboxSlice:
    """A page of messages, newest first, and whether older ones follow.

    `total` is how many there are in the folder, and `counts` how many in each.
    """

    messages: list[InboxMessage] = field(default_factory=list)
    more: bool = False
    total: int = 0
    counts: FolderCounts = FolderCounts()


@dataclass(frozen=True)
class DeliverySettings:
    """What an owner has chosen about when messages come; an empty zone is UTC.

    `hour` is the one of a daily delivery, `holds` whether messages wait until three have
    come, and `said` what the page tells those who write.
    """

    time_zone: str = ""
    mode: str = "now"
    hour: int = 20
    holds: bool = False
    is_quiet: bool = False
    quiet_from: int = 0
    quiet_to: int = 0
    said: str = ""


@dataclass(frozen=True)
class Retention:
    """For how many days messages are kept, 0 for ever.

    `days` is what the owner chose, `at_most` the operator's maximum, and `in_effect` the
    shorter one. Starred messages stay with `keep_starred`, up to the operator's maximum.
    """

    days: int = 0
    keep_starred: bool = True
    at_most: int = 0
    in_effect: int = 0


@dataclass(frozen=True)
class DigestChoice:
    """How often an owner is told about new messages by email: "off", "hourly" or "daily".

    `hour` is the one of their day, if it's once a day.
    """

    frequency: str = "off"
    hour: int = 20


@dataclass(frozen=True)
class FoundPart:
    """A piece of a text, and whether it's what was searched for."""

    text: str
    is_match: bool = False


@dataclass(frozen=True)
class FoundMessage:
    """A message that was found; the pieces of its text and of its note, in their order."""

    message: InboxMessage
    parts: list[FoundPart] = field(default_factory=list)
    note_parts: list[FoundPart] = field(default_factory=list)


@dataclass(frozen=True)
class FoundSlice:
    """What a search has found so far, newest first, and how far back it has looked.

    `searched_to` is the ISO time of the oldest message that was looked at, in UTC. With
    `more`, there are older ones, and `cursor` is where to go on.
    """

    messages: list[FoundMessage] = field(default_factory=list)
    more: bool = False
    searched_to: str = ""
    cursor: str = ""


@dataclass(frozen=True)
class FormerPlace:
    """Where a message was before it changed: its folder, its day in the trash, its note."""

    id: str
    folder: str = ""
    trashed_on: str = ""
    note: str = ""


@dataclass(frozen=True)
class InboxChange:
    """What a use case changed, which `undo` takes back.

    `act` names the use case, `rows` are the messages that it changed, and `note` is what
    it noted. `too_many` counts messages that changed and can't be taken back, because
    they're more than are worth remembering; there are no rows then.
    """

    act: str
    rows: list[FormerPlace] = field(default_factory=list)
    note: str = ""
    too_many: int = 0

    @property
    def ids(self) -> list[str]:
        """The ids of the messages that changed."""
        return [row.id for row in self.rows]


@dataclass(frozen=True)
class TwoFactor:
    """Whether two-factor sign-in is on, and how many recovery codes are left."""

    is_on: bool
    codes_left: int


@dataclass(frozen=True)
class TwoFactorSetup:
    """The secret for setting up an authenticator app, as text and as a link.

    It is sent once, only during setup, and only to the browser that asked for it.
    """

    secret: str
    link: str


@dataclass(frozen=True)
class PendingSignUp:
    """The status of a sign-up, for the browser that started it.

    `mail` is "sent", "waiting" (not tried yet), "delayed" (tried, but refused by the mail
    service so far) or "failed" (given up). `resend_wait` is in seconds. Watch `topic` to
    hear when the email is sent, delayed or given up, and when the sign-up is verified.
    """

    username: str
    email: str
    mail: str
    resend_wait: int
    topic: str
