"""Every private part of Reflex we depend on, checked in the pinned version.

When Reflex is updated, a test here says in a sentence what is gone and what
used it, before a page breaks.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path

import pytest
import reflex as rx
from granian.server.mp import MPServer
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.utils.exec import run_granian_backend, run_granian_backend_prod
from reflex.utils.frontend_skeleton import _compile_vite_config
from reflex.utils.prerequisites import get_web_dir
from reflex.utils.token_manager import LocalTokenManager
from reflex_base import constants
from reflex_base.event.processor import BaseStateEventProcessor, EventProcessor

import anonmsg
from anonmsg.framework import lean_build, logs, prerender
from anonmsg.framework.generated import GeneratedFileChanged, replacing
from anonmsg.framework.guard import FRAMEWORK, PAGE_OPENED, ROOT
from tests.live_app import APP
from tests.tabs import states

PACKAGE = Path(anonmsg.__file__).parent
TEMPLATES = Path(constants.__file__).parents[1] / ".templates" / "web"
# Our own classes' private names, which framework/ may use across classes.
OURS = {"_forget", "_link", "_owner_id", "_page", "_pages", "_path", "_seals"}


def has(owner: object, name: str) -> Callable[[], bool]:
    return lambda: hasattr(owner, name)


def takes(function: Callable[..., object], *names: str) -> Callable[[], bool]:
    return lambda: set(names) <= set(inspect.signature(function).parameters)


# What we depend on: how to check that it exists, and what it's for.
PRIVATE: dict[str, tuple[Callable[[], bool], str]] = {
    "_get_root_state": (has(rx.State, "_get_root_state"), "the guard finds a tab's whole state"),
    "_get_resolved_delta": (
        has(rx.State, "_get_resolved_delta"),
        "the guard sends what a tab was emptied of",
    ),
    "_clean": (has(rx.State, "_clean"), "the guard ends its own answer"),
    "_state": (has(APP, "_state"), "keepalive knows the root of a tab's states"),
    "_state_manager": (has(APP, "_state_manager"), "states are sealed by our own manager"),
    "_token_manager": (
        has(APP.event_namespace, "_token_manager"),
        "tabs are recorded in Redis by our own",
    ),
    "_state_key": (has(BaseStateToken, "_state_key"), "keepalive names a tab's keys in Redis"),
    "_collect_state_writes": (
        has(StateManagerRedis, "_collect_state_writes"),
        "what is written to Redis is sealed",
    ),
    "_get_all_var_data": (has(rx.Var, "_get_all_var_data"), "several lists are joined as one"),
    "_var_type": (has(rx.Var(""), "_var_type"), "several lists are joined as one"),
    "_respawn_workers": (
        has(MPServer, "_respawn_workers"),
        "serve replaces a killed worker by granian's, and no other",
    ),
}
IMPORTED: dict[str, str] = {
    "reflex.environment.environment": "built_app asks whether the pages are built",
    "reflex.event.EventSpec": "the app answers an exception with one",
    "reflex.event.Event": "the guard and the pushes make events",
    "reflex.istate.manager.redis.StateManagerRedis": "ours seals what it writes",
    "reflex.utils.token_manager.LocalTokenManager": "ours keeps records in Redis besides",
    "reflex.utils.token_manager.SocketRecord": "a tab's record",
    "reflex.istate.manager.token.BaseStateToken": "keepalive names a tab's state",
    "reflex.middleware.middleware.Middleware": "the guard is one",
    "reflex.plugins.Plugin": "what changes the build is one",
    "reflex.state.StateUpdate": "the guard answers with one",
    "reflex_base.constants.state.FIELD_MARKER": "a notice is sent as its var's new value",
    "reflex_base.event.context.EventContext": "a notice is sent to the tab of the event",
    "reflex.vars.VarData": "several lists are joined as one var",
    "reflex.utils.exec.should_prerender_routes": "the build asks whether pages are prerendered",
    "reflex.utils.precompressed_staticfiles.PrecompressedStaticFiles": "files are served by it",
    "reflex.utils.prerequisites.get_web_dir": "the build's folder",
    "reflex_base.constants.Dirs": "the names of the build's folders",
    "reflex_base.constants.Endpoint": "the addresses that are built into the pages",
    "reflex_base.constants.Reflex": "the version that pages are built with",
    "reflex_components_core.core.banner.has_connection_errors": "the bar that tells a lost socket",
    "reflex_components_core.el.elements.inline.A": "links that the browser follows",
}
MEMBERS: dict[str, tuple[Callable[[], bool], str]] = {
    "State.get_full_name": (has(rx.State, "get_full_name"), "the guard names handlers"),
    "State.event_handlers": (has(rx.State, "event_handlers"), "the guard lists handlers"),
    "State.get_fields": (has(rx.State, "get_fields"), "a form's vars begin again"),
    "State.get_state": (has(rx.State, "get_state"), "one state reads another of its tab"),
    "App.event_processor": (has(type(APP), "event_processor"), "pushes are put into its queue"),
    "App.set_contexts": (has(type(APP), "set_contexts"), "pushes run in the app's context"),
    "App.state_manager": (has(type(APP), "state_manager"), "keepalive touches states by it"),
    "App.event_namespace": (has(type(APP), "event_namespace"), "keepalive finds the open tabs"),
    "StateManager._coerce_token": (
        has(StateManagerRedis, "_coerce_token"),
        "a tab's token is hidden before it names a key",
    ),
    "StateManagerRedis._get_required_state_classes": (
        has(StateManagerRedis, "_get_required_state_classes"),
        "keepalive keeps all states of a tab",
    ),
    "StateManagerRedis.get_state": (
        lambda: "self.redis.mget(" in inspect.getsource(StateManagerRedis.get_state),
        "what is read from Redis is opened",
    ),
    "TokenManager": (
        lambda: (
            {"token_to_socket", "sid_to_token", "instance_id"} <= set(vars(LocalTokenManager()))
        ),
        "our records keep the same maps",
    ),
    "Middleware.preprocess": (
        takes(rx.Middleware.preprocess, "app", "state", "event"),
        "the guard is called by it",
    ),
}


def sentence(name: str, use: str) -> str:
    return f"Reflex {constants.Reflex.VERSION} has no {name} any more; {use} (anonmsg/framework)."


@pytest.mark.parametrize("name", [*PRIVATE, *MEMBERS])
def test_what_we_lean_on_is_there(name: str) -> None:
    is_there, use = (PRIVATE | MEMBERS)[name]
    assert is_there(), sentence(name, use)


def test_each_private_attribute_that_framework_touches_is_in_the_table() -> None:
    touched = {
        node.attr
        for file in (PACKAGE / "framework").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr.startswith("_")
        and not node.attr.startswith("__")
        and not (isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"})
    }
    assert touched - OURS == set(PRIVATE)


def imports_of_reflex(file: Path) -> set[str]:
    """What a module imports from Reflex beyond the public `import reflex as rx`."""
    return {
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reflex")
        for alias in node.names
    }


def test_only_framework_reaches_beyond_reflexs_public_names() -> None:
    inside = {file for file in PACKAGE.rglob("*.py") if "framework" in file.parts}
    outside = {file.name: imports_of_reflex(file) for file in {*PACKAGE.rglob("*.py")} - inside}
    assert {name: found for name, found in outside.items() if found} == {}
    assert set().union(*map(imports_of_reflex, inside)) == set(IMPORTED)


@pytest.mark.parametrize("name", IMPORTED)
def test_what_we_import_is_there(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(__import__(module, fromlist=[attribute]), attribute), sentence(
        name, IMPORTED[name]
    )


def test_the_events_of_reflexs_own_client_have_the_names_that_the_guard_knows() -> None:
    known = {
        f"{state.get_full_name()}.{handler}".removeprefix(ROOT)
        for state in states()
        for handler in state.event_handlers
        if state.__module__.startswith("reflex")
    }
    known |= {name.removeprefix(f"{rx.State.get_full_name()}.") for name in known}
    for name in FRAMEWORK | PAGE_OPENED:
        assert name in known, sentence(f"event {name}", "its client opens a page by it")


@pytest.mark.parametrize("name", [*logs.PAYLOAD_WARNERS, logs.PAYLOAD_ERROR_LOGGER])
def test_the_loggers_that_hold_words_are_those_of_modules_that_exist(name: str) -> None:
    module = __import__(name, fromlist=["logger"])
    # A package's modules log under their own names.
    folder = Path(module.__file__ or "").parent
    files = [*folder.glob("*.py")] if hasattr(module, "__path__") else [Path(module.__file__ or "")]
    assert any("getLogger(__name__)" in file.read_text() for file in files), sentence(
        f"logger {name}", "it is silenced"
    )


@pytest.mark.parametrize(
    ("file", "text", "use"),
    [
        ("utils/state.js", 'import reflexEnvironment from "$/reflex.json";', "a fixed version"),
        ("utils/state.js", "reflexEnvironment.version", "a fixed version"),
        ("utils/state.js", prerender.ENDPOINT, "one build is served at any address"),
        (
            "app/entry.client.js",
            "  hydrateRoot(document, createElement(HydratedRouter));",
            "a page that breaks gives way to its native form",
        ),
    ],
)
def test_what_we_replace_in_reflexs_templates_is_there(file: str, text: str, use: str) -> None:
    assert text in (TEMPLATES / file).read_text(), sentence(f"{text!r} in {file}", use)


def test_the_error_boundary_finds_its_place_in_the_generated_root() -> None:
    template = (Path(constants.__file__).parents[1] / "compiler" / "templates.py").read_text()
    text = "export default function App() {{"
    assert text in template, sentence(repr(text), "the error boundary goes before it")


def test_vites_configuration_takes_our_plugins_and_leaves_no_file_to_the_environment() -> None:
    config = _compile_vite_config(rx.Config(app_name="anonmsg"))
    for old, new in lean_build.PATCHES:
        assert config.count(old) == 1, sentence(f"{old!r} in vite.config.js", "a small build")
        config = replacing("vite.config.js", old, new)(config)
    once = config
    for old, new in lean_build.PATCHES:
        config = replacing("vite.config.js", old, new)(config)
    assert config == once


def test_the_task_that_asks_for_an_answer_is_named_after_the_event() -> None:
    named = "\n".join(map(inspect.getsource, (EventProcessor, BaseStateEventProcessor)))
    for text in ('f"reflex_event|{entry.event.name}|', "|task=[{task.get_name()}]|"):
        assert text in named, sentence(repr(text), "the answer knows which event failed")


def test_reflex_run_starts_the_server_whose_bounds_are_set() -> None:
    for runs in (run_granian_backend, run_granian_backend_prod):
        imported = "from granian.server import Server as Granian"
        assert imported in inspect.getsource(runs), sentence(
            f"{imported!r} in {runs.__name__}", "it gets our bounds by that"
        )


def test_the_build_folder_is_where_reflex_says() -> None:
    assert get_web_dir().name == ".web"
    assert constants.Dirs.STATIC == "build/client"


def test_a_change_is_made_once() -> None:
    change = replacing("some.js", "old", "new")
    assert change("an old text, old") == "an new text, old"
    assert change("an new text") == "an new text"


def test_a_change_that_finds_nothing_stops_the_build_with_a_sentence() -> None:
    with pytest.raises(GeneratedFileChanged, match=r"changed what it writes into some\.js"):
        replacing("some.js", "old", "new")("another text")
