"""Assembles the app: pages, middleware, HTTP routes and error handling."""

from __future__ import annotations

import logging
import secrets
import sys
from pathlib import Path
from typing import Any

import reflex as rx
from starlette.types import ASGIApp

from anonmsg import background
from anonmsg.components.frame.head import head
from anonmsg.components.frame.preview_tags import IMAGE, preview_meta
from anonmsg.components.frame.state import FrameState
from anonmsg.config import settings
from anonmsg.errors import AccountLeaving, AppError, NotSignedIn
from anonmsg.framework import built_app, logs
from anonmsg.framework.connections import connections
from anonmsg.framework.guard import Guard
from anonmsg.framework.keepalive import keep_open_tabs
from anonmsg.framework.open_files import raise_limit_and_warn
from anonmsg.framework.pushes import Pushes
from anonmsg.framework.visitor import EventSpec, redirect_to_leaving, redirect_to_sign_in
from anonmsg.pages import PAGES, STATES
from anonmsg.pages.dashboard.state import DashboardState
from anonmsg.pages.public_page.state import PublicPageState
from anonmsg.pages.verify.state import VerifyState
from anonmsg.runtime.runtime import Runtime, use
from anonmsg.web.asgi import around
from anonmsg.web.prerendered.built_markup import UnexpectedBuild

logger = logging.getLogger(__name__)


def answer_exception(exception: Exception) -> EventSpec:
    """Turn an uncaught exception into something a person can act on."""
    if isinstance(exception, AccountLeaving):
        answer: EventSpec = redirect_to_leaving()
    elif isinstance(exception, NotSignedIn):
        answer = redirect_to_sign_in()
    elif isinstance(exception, AppError):
        answer = _notice(exception.sentence)
    else:
        incident = secrets.token_hex(4)
        kind, place = type(exception).__name__, _code_locations(exception)
        logger.error("Incident %s: %s at %s", incident, kind, place)
        answer = _notice(f"{AppError().sentence} ({incident})")
    return answer


def _notice(sentence: str) -> EventSpec:
    tell: Any = FrameState.show_notice
    spec: EventSpec = tell(sentence)
    return spec


def note_frontend_exception(exception: Exception) -> None:
    """Log that a page failed, without the message: it may contain what someone typed."""
    del exception
    logger.error("A page reported an error.")


def _code_locations(exception: Exception) -> str:
    """Return the last code locations, without the message: it may contain what someone typed."""
    places = []
    trace = exception.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-4:])


def _log_to_console() -> None:
    """Log to the console what an operator needs to know, such as where the outbox folder is."""
    ours = logging.getLogger("anonmsg")
    if not ours.handlers:
        console = logging.StreamHandler()
        console.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        ours.addHandler(console)
    ours.setLevel(logging.INFO)
    ours.propagate = False


class App(rx.App):
    """Reflex's app inside our own layers.

    Reflex's `api_transformer` would put them inside the layers that it adds itself,
    whose answers would lack our headers.
    """

    def __call__(self) -> ASGIApp:
        """Return the ASGI app to serve, once the pages are built."""
        return _wrap(super().__call__())


def _wrap(reflex: ASGIApp) -> ASGIApp:
    """Wrap Reflex's ASGI app; runs in the serving process."""
    _log_to_console()
    raise_limit_and_warn()
    try:
        return around(reflex, settings(), built_app.folder())
    except UnexpectedBuild as error:
        sys.exit(
            f"anonmsg cannot start with the pages that Reflex has built. {error} "
            "Delete the folder .web and start again; if that does not help, this release of "
            "Reflex builds other pages than anonmsg knows (anonmsg/web/prerendered)."
        )


logs.keep_payloads_out()
runtime = Runtime.of(settings())
use(runtime)
app = App(
    head_components=head(),
    html_lang="en",
    html_custom_attrs={"dir": "ltr"},
    app_wraps={},
    toaster=None,
    backend_exception_handler=answer_exception,
    frontend_exception_handler=note_frontend_exception,
)
app.add_middleware(Guard(STATES))
app.register_lifespan_task(background.running_or_exit, runtime=runtime)
app.register_lifespan_task(keep_open_tabs, app=app)
# Maps a topic's first word to the handler that each tab watching the topic runs.
TOPICS: dict[str, tuple[type[rx.State], str]] = {
    "inbox": (DashboardState, "look_again"),
    "page": (PublicPageState, "look_again"),
    "mail": (VerifyState, "look_again"),
    "sessions": (FrameState, "look_again"),
}
runtime.hub.tell = Pushes(app, TOPICS).tell
connections.on_close = runtime.hub.leave

for page in PAGES:
    title, description = page.translated_title(), page.translated_description()
    app.add_page(
        page.build,
        route=page.route,
        title=title,
        description=description,
        on_load=page.on_load,
        # The server makes it an absolute URL (`web/prerendered/build.py`).
        image=IMAGE,
        meta=preview_meta(title, description),
    )
