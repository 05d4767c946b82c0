"""Assembles the app: pages, middleware, HTTP routes and error handling."""

from __future__ import annotations

import logging
import sys

import reflex as rx
from starlette.types import ASGIApp

from anonmsg import background
from anonmsg.components.frame.head import head
from anonmsg.components.frame.preview_tags import IMAGE, preview_meta
from anonmsg.components.frame.state import FrameState, lead_away
from anonmsg.config import settings
from anonmsg.framework import built_app, logs
from anonmsg.framework.answers import Answers
from anonmsg.framework.connections import connections
from anonmsg.framework.guard import Guard
from anonmsg.framework.keepalive import keep_open_tabs, keep_records
from anonmsg.framework.open_files import raise_limit_and_warn
from anonmsg.framework.pushes import Pushes
from anonmsg.framework.recovery import Recovery
from anonmsg.framework.samples import Samples
from anonmsg.framework.sealed_states import share_states
from anonmsg.framework.visitor import EventSpec
from anonmsg.pages import PAGES, STATES
from anonmsg.pages.dashboard.state import DashboardState
from anonmsg.pages.dashboard.storm.state import StormState
from anonmsg.pages.public_page.state import PublicPageState
from anonmsg.pages.verify.state import VerifyState
from anonmsg.runtime.runtime import Runtime, use
from anonmsg.web.asgi import around
from anonmsg.web.prerendered.built_markup import UnexpectedBuild

logger = logging.getLogger(__name__)


def answer_exception(exception: Exception) -> EventSpec | None:
    """Turn an uncaught exception into something a person can act on."""
    return answers.to(exception)


def note_frontend_exception(exception: Exception) -> None:
    """Log that a page failed, without the message: it may contain what someone typed."""
    del exception
    logger.error("A page reported an error.")


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
    logs.to_console(settings().log_format)
    raise_limit_and_warn()
    try:
        return around(reflex, settings(), built_app.folder(), runtime.shared)
    except UnexpectedBuild as error:
        sys.exit(
            f"anonmsg cannot start with the pages that Reflex has built. {error} "
            "Delete the folder .web and start again; if that does not help, this release of "
            "Reflex builds other pages than anonmsg knows (anonmsg/web/prerendered)."
        )


# Maps a topic's first word to the handler that each tab watching the topic runs.
TOPICS: dict[str, tuple[type[rx.State], str]] = {
    "inbox": (DashboardState, "look_again"),
    "arrivals": (DashboardState, "look_for_arrivals"),
    "storm": (StormState, "look_again"),
    "page": (PublicPageState, "look_again"),
    "mail": (VerifyState, "look_again"),
    "sessions": (FrameState, "look_again"),
}
recovery = Recovery()
answers = Answers(
    notice=(FrameState, "notice"),
    loads=[
        f"{state.get_full_name()}.{handler}"
        for state, handler in (*((each, "load") for each in STATES), *TOPICS.values())
    ],
    recovery=recovery,
    lead_away=(FrameState, "leave_page"),
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
if runtime.shared is not None:
    share_states(app, settings(), runtime.shared.link)
app.add_middleware(Guard(STATES, lead_away=lead_away))
app.register_lifespan_task(background.running_or_exit, runtime=runtime)
app.register_lifespan_task(keep_open_tabs, app=app)
app.register_lifespan_task(keep_records, app=app)
app.register_lifespan_task(recovery.load_again)
app.register_lifespan_task(Samples(runtime).keep_taking)
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
