"""A Reflex plugin that prerenders the public page, and joins both dev servers.

Reflex prerenders pages with fixed addresses only. The public page is the one
that must be there at once, so it is built as `/u/_`, for nobody in particular,
and the server writes the person in (`web/prerendered/pages.py`).
"""

from __future__ import annotations

import json
from typing import Any

from reflex.plugins import Plugin
from reflex_base.constants import Reflex

from anonmsg import addresses

# Any address without a page of its own shows the lost page; this one is built.
ALSO_BUILT = [addresses.BUILT_PUBLIC_PAGE, addresses.BUILT_LOST_PAGE]
# Forms post to the page's own address; in development the pages come from
# Vite, so it hands every POST on, and what only HTTP answers.
POSTS = [
    each.path.partition("{")[0]
    for each in addresses.ADDRESSES
    if each.post is not addresses.Post.NOTHING
]


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
        context["add_modify_task"]("utils/state.js", _with_fixed_version)
        context["add_modify_task"]("react-router.config.js", _with_placeholder)
        context["add_modify_task"]("vite.config.js", self._with_proxy)

    def _with_proxy(self, config: str) -> str:
        bypass = "(request) => request.method === 'POST' ? undefined : request.url"
        # Pictures and posters of a person's page are ours; the page itself is Vite's.
        below = f'"^/u/[^/]+/.+": {{target: {json.dumps(self._backend)}}},'
        entries = below + ",".join(
            f"{json.dumps(path)}: {{target: {json.dumps(self._backend)}, bypass: {bypass}}}"
            for path in POSTS
        )
        opening = "server: {"
        if opening not in config or "bypass:" in config:
            return config
        return config.replace(opening, f"{opening} proxy: {{{entries}}},", 1)


def _with_fixed_version(script: str) -> str:
    """Build the same files from the same source, so that a restart changes none.

    The whole of `reflex.json` holds the moment of the last start, which would
    give every script a new name: caches would be void, and open pages would
    ask for files that are gone.
    """
    version = json.dumps({"version": Reflex.VERSION})
    return script.replace(
        'import reflexEnvironment from "$/reflex.json";', f"const reflexEnvironment = {version};"
    )


def _with_placeholder(config: str) -> str:
    also = json.dumps(ALSO_BUILT)
    paths = f"({{getStaticPaths}}) => [...getStaticPaths(), ...{also}]"
    return config.replace('"prerender": true', f'"prerender": {paths}')
