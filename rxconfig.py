"""Reflex's configuration, read from Settings."""

import os
import sys
from pathlib import Path

# requirements.txt installs the JavaScript toolchain next to Python's own
# programs, so nothing is downloaded and no venv has to be activated.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ.get("PATH", "")])
os.environ.setdefault("REFLEX_USE_NPM", "1")
os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "false")
# A Redis that forbids CONFIG is used with a warning (runtime/shared/redis_checks.py).
os.environ.setdefault("REFLEX_IGNORE_REDIS_CONFIG_ERROR", "true")

import reflex as rx

from anonmsg.config import STATE_LIVES, BadSettings, settings
from anonmsg.framework.assets import JoinedAssets
from anonmsg.framework.lean_build import LeanBuild
from anonmsg.framework.prerender import Prerender
from anonmsg.framework.server import bound_reflexs_own

try:
    current = settings()
except BadSettings as error:
    sys.exit(str(error))

bound_reflexs_own(current)
config = rx.Config(
    app_name="anonmsg",
    backend_host="127.0.0.1",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    state_manager_mode="memory",
    redis_token_expiration=STATE_LIVES,
    frontend_compression_formats=["brotli", "gzip"],
    cors_allowed_origins=list(current.origins),
    plugins=[
        rx.plugins.TailwindV4Plugin(),
        JoinedAssets(),
        LeanBuild(),
        Prerender(backend=f"http://127.0.0.1:{os.environ.get('REFLEX_BACKEND_PORT', '8000')}"),
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
