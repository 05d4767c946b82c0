"""A Reflex plugin that prerenders the public page and proxies from Vite to the back end.

Reflex only prerenders static routes. The public page has to appear instantly,
so it's built once as a template, `/u/_`, and the server fills in the owner
(`web/prerendered/pages.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from reflex.plugins import Plugin
from reflex.utils.exec import should_prerender_routes
from reflex_base.constants import Endpoint, Reflex

from anonmsg import addresses
from anonmsg.framework.generated import replacing

# Any unknown address shows the 404 page, so that page is built too.
ALSO_BUILT = [addresses.BUILT_PUBLIC_PAGE, addresses.BUILT_NOT_FOUND]
# Forms post to their own page's address. In development Vite serves the pages,
# so it has to proxy each POST, and each path that only HTTP answers.
POSTS = [
    each.path.partition("{")[0]
    for each in addresses.ADDRESSES
    if each.post is not addresses.Post.NOTHING
]


ENTRY = """let isBroken = false;
  const giveUp = (error) => {
    console.error(error);
    if (isBroken) return;
    isBroken = true;
    // React is still rendering; this runs once it's done, before anything is painted.
    queueMicrotask(() => {
      try {
        root.unmount();
      } finally {
        window.dispatchEvent(new Event("page-broken"));
      }
    });
  };
  const root = hydrateRoot(document, createElement(HydratedRouter), {
    onCaughtError: giveUp,
    onUncaughtError: giveUp,
    onRecoverableError: () => {},
  });"""
# Reflex's client keeps the port that the pages were built for, and drops the port
# of a page over https. The pages' own address is right in either case, because
# pages and events share one port.
ENDPOINT = "const endpoint = new URL(url_str);"
OWN_ADDRESS = f"""{ENDPOINT}
  if (typeof window !== "undefined") {{
    const isSafe = window.location.protocol === "https:";
    endpoint.protocol = endpoint.protocol.replace(/s?:$/, isSafe ? "s:" : ":");
    endpoint.hostname = window.location.hostname;
    endpoint.port = window.location.port;
    return endpoint;
  }}"""
# A generated file and the patch to apply to it.
Change = tuple[str, Callable[[str], str]]


class Prerender(Plugin):
    """Patches the files that Reflex generates, before the front end is built."""

    def __init__(self, *, backend: str) -> None:
        """Remember where the development back end listens.

        Args:
            backend: The back end's origin, such as http://127.0.0.1:8000.
        """
        self._backend = backend

    def pre_compile(self, **context: Any) -> None:
        """Register the patches."""
        changes = [_pinned_version(), _proxy(self._backend), _entry(), _error_boundary()]
        # The development server prerenders nothing.
        changes += [_prerendered_pages(), _own_address()] if should_prerender_routes() else []
        for file, change in changes:
            context["add_modify_task"](file, change)

    def update_env_json(self, **_context: Any) -> dict[str, str] | None:
        """Leave the port out of the built addresses, so that every port has the same build."""
        if not should_prerender_routes():
            return None
        return {
            each.name: f"{'ws' if each is Endpoint.EVENT else 'http'}://localhost{each}"
            for each in Endpoint
        }


def _pinned_version() -> Change:
    """Keep builds reproducible, so that a restart changes no files.

    `reflex.json` contains the time of the last start. Importing all of it would
    rename every script: caches would be invalidated, and open pages would
    request files that no longer exist.
    """
    file, version = "utils/state.js", json.dumps({"version": Reflex.VERSION})
    imported = 'import reflexEnvironment from "$/reflex.json";'
    return file, replacing(file, imported, f"const reflexEnvironment = {version};")


def _own_address() -> Change:
    """Let one build be served at any address: the client connects to where its page is from."""
    return "utils/state.js", replacing("utils/state.js", ENDPOINT, OWN_ADDRESS)


def _entry() -> Change:
    """Take React off a page that it can't render, and tell our script (`broken.js`).

    React reports each error that any boundary caught, so this also holds where
    the layout itself fails. Errors that it recovered from, such as an extension's
    element among its own, are nobody's concern.
    """
    file, hydrate = "app/entry.client.js", "hydrateRoot(document, createElement(HydratedRouter));"
    return file, replacing(file, hydrate, ENTRY)


def _error_boundary() -> Change:
    """Show nothing in the place of a broken page; by default it's a stack trace."""
    file, app = "app/root.jsx", "export default function App() {"
    return file, replacing(file, app, f"export const ErrorBoundary = () => null;\n\n{app}")


def _prerendered_pages() -> Change:
    """Prerender the public page's template and the 404 page."""
    file, also = "react-router.config.js", json.dumps(ALSO_BUILT)
    paths = f"({{getStaticPaths}}) => [...getStaticPaths(), ...{also}]"
    return file, replacing(file, '"prerender": true', f'"prerender": {paths}')


def _proxy(backend: str) -> Change:
    """Proxy from Vite the requests that only our own routes answer."""
    file, target = "vite.config.js", json.dumps(backend)
    bypass = "(request) => request.method === 'POST' ? undefined : request.url"
    # We serve the pictures and poster of a public page; Vite serves the page itself.
    below = f'"^/u/[^/]+/.+": {{target: {target}}},'
    entries = below + ",".join(
        f"{json.dumps(path)}: {{target: {target}, bypass: {bypass}}}" for path in POSTS
    )
    return file, replacing(file, "server: {", f"server: {{ proxy: {{{entries}}},")
