"""Defines every path once: who may open it, what a POST does, and how emails link to it.

Routes, the development proxy, the pages that require or forbid being signed in,
the reserved usernames and the links in emails all come from this table, so a
new page needs one line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlencode


class Audience(Enum):
    """Who may use a page or a handler."""

    EVERYONE = auto()
    OWNERS = auto()  # Signed-in people; anyone else is sent to the sign-in page.
    LEAVING = auto()  # Owners whose account is about to be deleted; the others go elsewhere.
    SIGNED_OUT = auto()  # Signed-out people; owners are sent to their inbox.


class Post(Enum):
    """What a native POST to a path does."""

    NOTHING = auto()  # The server answers 405.
    ROUTE = auto()  # A dedicated route handles the form.
    NEEDS_SCRIPT = auto()  # A plain page says that this form needs JavaScript.


@dataclass(frozen=True)
class Address:
    """One path of the site.

    Attributes:
        path: The path in Starlette's syntax, with parameters such as {username}.
        audience: Who may open it.
        post: What a POST to it does.
        is_page: Whether a GET returns a built page.
        link_form: The id of the form that submits the secret from an emailed
            link's fragment.
    """

    path: str
    audience: Audience = Audience.EVERYONE
    post: Post = Post.NOTHING
    is_page: bool = True
    link_form: str = ""

    @property
    def first_segment(self) -> str:
        """The path's first segment, which is reserved as a username."""
        return self.path.split("/")[1]

    @property
    def reflex_route(self) -> str:
        """The path in Reflex's route syntax: /u/[username]."""
        return self.path.replace("{", "[").replace("}", "]")


HOME = Address("/")
SIGN_UP = Address("/sign-up", Audience.SIGNED_OUT, Post.ROUTE)
VERIFY = Address("/verify", post=Post.ROUTE, link_form="verify-form")
SIGN_IN = Address("/sign-in", Audience.SIGNED_OUT, Post.ROUTE)
FORGOT_PASSWORD = Address("/forgot-password", post=Post.ROUTE)
RESET_PASSWORD = Address("/reset-password", post=Post.ROUTE, link_form="reset-form")
CONFIRM_EMAIL = Address("/confirm-email", post=Post.ROUTE, link_form="email-link-form")
UNDO_EMAIL = Address("/undo-email", post=Post.ROUTE, link_form="email-link-form")
DASHBOARD = Address("/dashboard", Audience.OWNERS)
SETTINGS = Address("/settings", Audience.OWNERS, Post.NEEDS_SCRIPT)
LEAVING = Address("/leaving", Audience.LEAVING, Post.ROUTE)
PUBLIC_PAGE = Address("/u/{username}", post=Post.ROUTE)
PRIVACY = Address("/privacy")

# Leads an owner to their own public page, whatever their username is now.
MY_PAGE = Address("/my-page", Audience.OWNERS, is_page=False)
# Ends emails: email programs post to it, and people open it.
UNSUBSCRIBE = Address("/unsubscribe", post=Post.ROUTE, is_page=False)
REFRESH = Address("/refresh", post=Post.ROUTE, is_page=False)
SIGN_OUT = Address("/sign-out", post=Post.ROUTE, is_page=False)
EXPORT = Address("/export", post=Post.ROUTE, is_page=False)
LINK_PREVIEW = Address("/u/{username}/preview.png", is_page=False)
STORY = Address("/u/{username}/story.png", is_page=False)
QR_SVG = Address("/u/{username}/qr.svg", is_page=False)
QR_PNG = Address("/u/{username}/qr.png", is_page=False)
POSTER = Address("/u/{username}/poster", is_page=False)
HEALTH = Address("/healthz", is_page=False)
READY = Address("/readyz", is_page=False)
METRICS = Address("/metrics", is_page=False)
SECURITY_TXT = Address("/.well-known/security.txt", is_page=False)

ADDRESSES = (
    *(HOME, SIGN_UP, VERIFY, SIGN_IN, FORGOT_PASSWORD, RESET_PASSWORD, CONFIRM_EMAIL, UNDO_EMAIL),
    *(DASHBOARD, SETTINGS, LEAVING, UNSUBSCRIBE, PUBLIC_PAGE, PRIVACY, MY_PAGE),
    *(
        REFRESH,
        SIGN_OUT,
        EXPORT,
        LINK_PREVIEW,
        STORY,
        QR_SVG,
        QR_PNG,
        POSTER,
        HEALTH,
        READY,
        METRICS,
        SECURITY_TXT,
    ),
)
PATHS_FOR_OWNERS = frozenset(
    each.path for each in ADDRESSES if each.audience is Audience.OWNERS and each.is_page
)
# Where people's own pages are, and the paths with and without a name in them.
_BELOW = PUBLIC_PAGE.path.partition("{")[0]
_TEMPLATES = frozenset(each.path for each in ADDRESSES)
# Files of the build, and everything that isn't on the site.
FILES, ELSEWHERE = "files", "elsewhere"
# The public page is built once as a template; the 404 page is built too.
BUILT_PUBLIC_PAGE = "/u/_"
BUILT_NOT_FOUND = "/404"
# The query of the sign-in page that names somebody whose page is new.
NEWCOMER = "new"
# The query of a link that ends emails.
UNSUBSCRIBE_KEY = "key"


def template_of(path: str) -> str:
    """Return the template of a path, such as /u/{username}; never what somebody typed.

    Args:
        path: The path that was asked for.
    """
    template = path
    if path.startswith(_BELOW):
        _name, slash, rest = path.removeprefix(_BELOW).partition("/")
        template = f"{PUBLIC_PAGE.path}{slash}{rest}"
    if template in _TEMPLATES:
        return template
    return FILES if path.startswith("/assets/") else ELSEWHERE


def public_path(username: object, address: Address = PUBLIC_PAGE) -> str:
    """Return the path of an owner's public page, or of a resource below it.

    Args:
        username: The owner's username, which never needs quoting, or a var that holds it.
        address: PUBLIC_PAGE, or an address below it.
    """
    return address.path.format(username=username)


def link(site: str, address: Address, secret: str = "") -> str:
    """Return an absolute link, as emails need it.

    Args:
        site: The site's origin, such as https://anonmsg.example.
        address: Where the link leads.
        secret: The fragment, which browsers never send to a server.
    """
    return f"{site}{address.path}" + (f"#{secret}" if secret else "")


def unsubscribe_link(site: str, key: str) -> str:
    """Return the absolute link that ends emails.

    Its key is in the query, because email programs post to it: a fragment would not arrive.
    """
    return f"{site}{unsubscribe_path(key)}"


def unsubscribe_path(key: str) -> str:
    """Return the path that ends emails, with its key."""
    return f"{UNSUBSCRIBE.path}?{urlencode({UNSUBSCRIBE_KEY: key})}"


def public_link(site: str, username: str) -> str:
    """Return the absolute link to an owner's public page."""
    return f"{site}{public_path(username)}"


def first_sign_in_path(username: str) -> str:
    """Return the path of the sign-in page for somebody whose page is new."""
    return f"{SIGN_IN.path}?{urlencode({NEWCOMER: username})}"


def sign_in_path(path: str) -> str:
    """Return the path of the sign-in page, with the path to open after signing in."""
    return f"{SIGN_IN.path}?{urlencode({'next': path}, safe='/')}"
