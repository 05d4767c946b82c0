"""A Reflex plugin that prerenders the public page, and joins both dev servers.

Reflex prerenders pages with fixed addresses only. The public page is the one
that must be there at once, so it is built as `/u/_`, for nobody in particular,
and the server writes the person in (`web/prerendered/pages.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from reflex.plugins import Plugin
from reflex.utils.exec import should_prerender_routes
from reflex_base.constants import Reflex

from anonmsg import addresses
from anonmsg.framework.generated import replacing

# Any address without a page of its own shows the lost page; this one is built.
ALSO_BUILT = [addresses.BUILT_PUBLIC_PAGE, addresses.BUILT_LOST_PAGE]
# Forms post to the page's own address; in development the pages come from
# Vite, so it hands every POST on, and what only HTTP answers.
POSTS = [
    each.path.partition("{")[0]
    for each in addresses.ADDRESSES
    if each.post is not addresses.Post.NOTHING
]


# A generated file, and what is changed in it.
Change = tuple[str, Callable[[str], str]]


class Prerender(Plugin):
    """Changes what Reflex has generated before the front end is built."""

    def __init__(self, *, backend: str) -> None:
        """Keep where the development back end listens.

        Args:
            backend: Its origin, such as http://127.0.0.1:8000.
        """
        self._backend = backend

    def pre_compile(self, **context: Any) -> None:
        """Register the changes."""
        changes = [_fixed_version(), _proxy(self._backend)]
        # The development server prerenders nothing.
        changes += [_placeholder()] if should_prerender_routes() else []
        for file, change in changes:
            context["add_modify_task"](file, change)


def _fixed_version() -> Change:
    """Build the same files from the same source, so that a restart changes none.

    The whole of `reflex.json` holds the moment of the last start, which would
    give every script a new name: caches would be void, and open pages would
    ask for files that are gone.
    """
    file, version = "utils/state.js", json.dumps({"version": Reflex.VERSION})
    imported = 'import reflexEnvironment from "$/reflex.json";'
    return file, replacing(file, imported, f"const reflexEnvironment = {version};")


def _placeholder() -> Change:
    """Prerender the page that is built for nobody in particular, and the lost one."""
    file, also = "react-router.config.js", json.dumps(ALSO_BUILT)
    paths = f"({{getStaticPaths}}) => [...getStaticPaths(), ...{also}]"
    return file, replacing(file, '"prerender": true', f'"prerender": {paths}')


def _proxy(backend: str) -> Change:
    """Hand on from Vite what only our routes answer."""
    file, target = "vite.config.js", json.dumps(backend)
    bypass = "(request) => request.method === 'POST' ? undefined : request.url"
    # Pictures and posters of a person's page are ours; the page itself is Vite's.
    below = f'"^/u/[^/]+/.+": {{target: {target}}},'
    entries = below + ",".join(
        f"{json.dumps(path)}: {{target: {target}, bypass: {bypass}}}" for path in POSTS
    )
    return file, replacing(file, "server: {", f"server: {{ proxy: {{{entries}}},")
