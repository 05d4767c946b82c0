"""Every path once: who may open it, what a POST to it does, and how mails link to it.

Routes, the development proxy, the pages that only owners or only strangers
may open, the reserved usernames and the links in mails are all read from this
table, so that a new page needs one line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlencode


class Audience(Enum):
    """Who something is for."""

    EVERYONE = auto()
    OWNERS = auto()  # Whoever is signed in; others are sent to the sign-in page.
    STRANGERS = auto()  # Whoever is not; owners are sent to their inbox.


class Post(Enum):
    """What a native POST to a path does."""

    NOTHING = auto()  # Answered with 405.
    THE_JOB = auto()  # A route of its own does what the form asks for.
    NEEDS_SCRIPT = auto()  # A plain page says that this form needs its script.


@dataclass(frozen=True)
class Address:
    """One path of the site.

    Attributes:
        path: As Starlette's routes have it, with places such as {username}.
        audience: Who may open it.
        post: What a POST to it does.
        is_page: Whether GET answers with a page of the build.
        link_form: The id of the form that sends the secret of a mailed link,
            which the link carries in its fragment.
    """

    path: str
    audience: Audience = Audience.EVERYONE
    post: Post = Post.NOTHING
    is_page: bool = True
    link_form: str = ""

    @property
    def first_part(self) -> str:
        """The path's first part, which nobody may take as a username."""
        return self.path.split("/")[1]

    @property
    def in_reflex(self) -> str:
        """The path as Reflex's routes have it: /u/[username]."""
        return self.path.replace("{", "[").replace("}", "]")


HOME = Address("/")
SIGN_UP = Address("/sign-up", Audience.STRANGERS, Post.NEEDS_SCRIPT)
VERIFY = Address("/verify", post=Post.NEEDS_SCRIPT, link_form="verify-form")
SIGN_IN = Address("/sign-in", Audience.STRANGERS, Post.THE_JOB)
FORGOT_PASSWORD = Address("/forgot-password", post=Post.THE_JOB)
RESET_PASSWORD = Address("/reset-password", post=Post.NEEDS_SCRIPT, link_form="reset-form")
CONFIRM_EMAIL = Address("/confirm-email", post=Post.NEEDS_SCRIPT, link_form="email-link-form")
UNDO_EMAIL = Address("/undo-email", post=Post.NEEDS_SCRIPT, link_form="email-link-form")
DASHBOARD = Address("/dashboard", Audience.OWNERS)
SETTINGS = Address("/settings", Audience.OWNERS, Post.NEEDS_SCRIPT)
PUBLIC_PAGE = Address("/u/{username}", post=Post.THE_JOB)
PRIVACY = Address("/privacy")

REFRESH = Address("/refresh", post=Post.THE_JOB, is_page=False)
SIGN_OUT = Address("/sign-out", post=Post.THE_JOB, is_page=False)
EXPORT = Address("/export", post=Post.THE_JOB, is_page=False)
LINK_PREVIEW = Address("/u/{username}/preview.png", is_page=False)
QR_SVG = Address("/u/{username}/qr.svg", is_page=False)
QR_PNG = Address("/u/{username}/qr.png", is_page=False)
POSTER = Address("/u/{username}/poster", is_page=False)
HEALTH = Address("/healthz", is_page=False)

ADDRESSES = (
    *(HOME, SIGN_UP, VERIFY, SIGN_IN, FORGOT_PASSWORD, RESET_PASSWORD, CONFIRM_EMAIL, UNDO_EMAIL),
    *(DASHBOARD, SETTINGS, PUBLIC_PAGE, PRIVACY),
    *(REFRESH, SIGN_OUT, EXPORT, LINK_PREVIEW, QR_SVG, QR_PNG, POSTER, HEALTH),
)
PATHS_FOR_OWNERS = frozenset(
    each.path for each in ADDRESSES if each.audience is Audience.OWNERS and each.is_page
)
# The page that is built for nobody in particular, and the lost one.
BUILT_PUBLIC_PAGE = "/u/_"
BUILT_LOST_PAGE = "/404"


def of_person(username: object, address: Address = PUBLIC_PAGE) -> str:
    """The path of somebody's public page, or of what belongs to it.

    Args:
        username: Whose page it is, which needs no quoting; or the var that says so.
        address: PUBLIC_PAGE, or one below it.
    """
    return address.path.format(username=username)


def link(site: str, address: Address, secret: str = "") -> str:
    """A whole link, as a mail has it.

    Args:
        site: The site's origin, such as https://anonmsg.example.
        address: Where it leads.
        secret: What the fragment carries, which no server ever sees.
    """
    return f"{site}{address.path}" + (f"#{secret}" if secret else "")


def link_of_person(site: str, username: str) -> str:
    """The whole link of somebody's public page."""
    return f"{site}{of_person(username)}"


def sign_in_and_go_on(path: str) -> str:
    """The sign-in page that leads to a path once somebody is signed in."""
    return f"{SIGN_IN.path}?{urlencode({'next': path}, safe='/')}"
