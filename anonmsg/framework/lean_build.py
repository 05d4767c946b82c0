"""A Reflex plugin that keeps the built pages small, so that a first visit is fast.

Vite minifies what it bundles, but it copies our own scripts (`framework/assets.py`)
as they are, and it bundles transports of socket.io that nobody uses. Development
stays as it was.
"""

from __future__ import annotations

from typing import Any

from reflex.plugins import Plugin

from anonmsg.framework.generated import replacing

FILE = "vite.config.js"
VITE = 'import { defineConfig } from "vite";'
MINIFYING_VITE = 'import { defineConfig, minifySync } from "vite";'
CONFIG, LAST_PLUGIN = "export default defineConfig(", "    safariCacheBustPlugin(),\n"
PLUGINS = """\
// The scripts are copied to the client's build only; the server's has none.
function minifiedScripts() {
  return {
    name: "minified-scripts",
    apply: "build",
    async writeBundle({ dir }) {
      for (const name of ["app.js", "lettered.js"]) {
        const file = join(dir, name);
        if (!existsSync(file)) continue;
        const { code, errors } = minifySync(name, readFileSync(file, "utf8"));
        if (errors.length) throw new Error(`${name} can't be minified: ${errors[0].message}`);
        writeFileSync(file, code);
      }
    },
  };
}

// Reflex only asks for a WebSocket; socket.io brings polling and WebTransport too.
function socketsOnly() {
  const all = /engine\\.io-client\\/build\\/esm\\/transports\\/index\\.js$/;
  return {
    name: "sockets-only",
    apply: "build",
    load: {
      filter: { id: all },
      handler: () =>
        'import { WS } from "./websocket.node.js"; export const transports = { websocket: WS };',
    },
  };
}

"""
# A file of its own has longer headers than contents.
ENVIRONMENT = """\
          groups: [
            {
              test: /env.json/,
              name: "reflex-env",
            },
          ],
"""
IMPORTS = """\
import { existsSync, readFileSync, writeFileSync } from "fs";
import { join } from "path";
"""
PATCHES = (
    (VITE, IMPORTS + MINIFYING_VITE),
    (CONFIG, PLUGINS + CONFIG),
    (LAST_PLUGIN, f"{LAST_PLUGIN}    minifiedScripts(),\n    socketsOnly(),\n"),
    (ENVIRONMENT, "          groups: [],\n"),
)


class LeanBuild(Plugin):
    """Changes Vite's configuration."""

    def pre_compile(self, **context: Any) -> None:
        """Register the patches."""
        for old, new in PATCHES:
            context["add_modify_task"](FILE, replacing(FILE, old, new))
