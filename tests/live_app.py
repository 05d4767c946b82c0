"""Real handlers in Reflex's real pipeline, with the real app's middleware and responses."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from tempfile import TemporaryDirectory

import pytest
from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event.processor import BaseStateEventProcessor

from anonmsg.framework.connections import connections
from anonmsg.framework.pushes import Pushes
from anonmsg.runtime.runtime import Runtime
from tests.tabs import Site, Tab


def _the_app():
    """The app as served; it reads the settings once, on import."""
    before = os.environ.get("DATA_DIR")
    with TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        from anonmsg.anonmsg import TOPICS, answers, app  # noqa: PLC0415  (its settings must be set first)

        os.environ.pop("DATA_DIR")
    if before is not None:
        os.environ["DATA_DIR"] = before
    return app, TOPICS, answers


APP, TOPICS, ANSWERS = _the_app()


@pytest.fixture
def manager() -> StateManager:
    """What keeps the tabs' states; in memory, as one worker does."""
    return StateManagerMemory()


@pytest.fixture
async def site(runtime: Runtime, manager: StateManager) -> AsyncIterator[Site]:
    """The app on the test's own runtime, with pushes, and no tabs yet."""
    APP._set_contexts_internal()
    made = Site(runtime, manager)
    processor = BaseStateEventProcessor(
        middleware=APP, backend_exception_handler=APP.backend_exception_handler
    ).configure(state_manager=made.manager, event_namespace=made)
    pushes = Pushes(APP, TOPICS)
    runtime.hub.tell, connections.on_close = pushes.tell, runtime.hub.leave
    runtime.hub.moment = (0.0, 0.0)
    APP._event_processor = made.processor = processor
    made.pushes, made.answers = pushes, ANSWERS
    await processor.start()
    yield made
    await made.settle()
    for tab in made.tabs:
        tab.close()
    await processor.stop()
    await made.manager.close()
    APP._event_processor, connections.on_close = None, lambda _connection_id: None


@pytest.fixture
def tab(site: Site) -> Callable[..., Tab]:
    """Open a browser tab: `tab("/u/ada")` is a stranger's, `tab("/dashboard", "ada")` is ada's."""
    return site.tab
