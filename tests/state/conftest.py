"""Real handlers in Reflex's real pipeline, with the real app's middleware and answers."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from tempfile import TemporaryDirectory

import pytest
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event.processor import BaseStateEventProcessor

from anonmsg.context import Runtime
from anonmsg.framework.connections import visits
from anonmsg.state.pushes import Pushes
from tests.state.tabs import Site, Tab


def _the_app():
    """The app as it is served; it reads the settings once, when it is imported."""
    before = os.environ.get("DATA_DIR")
    with TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        from anonmsg.anonmsg import app  # noqa: PLC0415  (its settings have to be there before)

        os.environ.pop("DATA_DIR")
    if before is not None:
        os.environ["DATA_DIR"] = before
    return app


APP = _the_app()


@pytest.fixture
async def site(runtime: Runtime) -> AsyncIterator[Site]:
    """The app on the test's own runtime, with pushes, and nobody's browser yet."""
    APP._set_contexts_internal()
    made = Site(runtime, StateManagerMemory())
    processor = BaseStateEventProcessor(
        middleware=APP, backend_exception_handler=APP.backend_exception_handler
    ).configure(state_manager=made.manager, event_namespace=made)
    pushes = Pushes(APP)
    runtime.hub.tell, visits.on_close = pushes.tell, runtime.hub.leave
    APP._event_processor = made.processor = processor
    made.pushes = pushes
    await processor.start()
    yield made
    await made.settle()
    for tab in made.tabs:
        tab.close()
    await processor.stop()
    await made.manager.close()
    APP._event_processor, visits.on_close = None, lambda _visit_id: None


@pytest.fixture
def tab(site: Site) -> Callable[..., Tab]:
    """Opens a browser tab: `tab("/u/ada")` a stranger's, `tab("/dashboard", "ada")` ada's."""
    return site.tab
