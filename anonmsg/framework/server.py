"""The HTTP server and its bounds, and how a build is served without compiling anything first.

At granian's defaults, a connection that says nothing stays open, 1,024 connections
are the most, a crashed worker ends the service, and a stop waits for every client.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import socket
import sys
import time
from typing import Any

import granian.server
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from anonmsg.config import Settings
from anonmsg.framework import built_app, logs
from anonmsg.framework.open_files import raise_limit
from anonmsg.runtime import metrics, stopping

APP = "anonmsg.anonmsg:app"
# How long a client may take to send a request's headers, also the first on a new
# connection and the next on one that's kept open. A proxy that keeps connections
# open must close them sooner (docs/hosting.md).
HEADERS_WITHIN_MS = 20_000
# Bytes. Browsers send less than a tenth of that.
MOST_HEADERS = 65_536
# More would only cost memory: a tab takes about 200 kB.
MOST_CONNECTIONS = 8_192
# Files that aren't connections: the database, its log, the libraries, the mail.
OTHER_FILES = 128
# Seconds. Requests that are being answered have that long when the server stops.
STOPS_WITHIN = 8
# Seconds between two looks for a second signal while the server drains.
LOOKS_EVERY = 0.2


class AddressInUse(Exception):
    """Raised when another program already listens on the address."""


def prepare(port: int) -> None:
    """Tell Reflex what `reflex run --env prod` would: this must precede any import of the app."""
    os.environ |= {
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_FRONTEND_PORT": str(port),
        "REFLEX_BACKEND_PORT": str(port),
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    }


def is_built() -> bool:
    """Return whether there are built pages."""
    folder = built_app.folder()
    return folder is not None and (folder / "index.html").exists()


def serve(host: str, port: int, settings: Settings) -> None:
    """Serve until a signal ends it.

    Args:
        host: The address to listen on.
        port: The port.
        settings: How many processes answer, how they stop, and what their log looks like.

    Raises:
        AddressInUse: another program already listens there.
    """
    _expect_free(host, port)
    metrics.prepare(settings.workers, metrics.folder_of(settings))
    _preload()
    BoundedServer(
        APP,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        drains_for=settings.drain_seconds,
        log_format=settings.log_format,
        log_level=LogLevels.warning,
    ).serve()


def bound_reflexs_own(settings: Settings) -> None:
    """Give the server that `reflex run` starts the same bounds; it has no settings for them.

    Args:
        settings: How it stops, and what its log looks like.
    """

    def made(**options: Any) -> MPServer:
        metrics.prepare(options.get("workers", 1), metrics.folder_of(settings))
        return BoundedServer(
            **options, drains_for=settings.drain_seconds, log_format=settings.log_format
        )

    granian.server.Server = made  # type: ignore[assignment]


class BoundedServer(MPServer):
    """Granian's server, which waits for no client for long and replaces a killed worker."""

    def __init__(
        self, target: str, *, drains_for: float = 0, log_format: str = "text", **options: Any
    ) -> None:
        """Set the bounds that the options leave open.

        Args:
            target: The app.
            drains_for: Seconds to go on serving once it's told to stop.
            log_format: How its lines look: "text" or "json".
            **options: Granian's own.
        """
        self._drains_for, self._stops = drains_for, 0
        bounds: dict[str, Any] = {
            # A client may say nothing at all before it has chosen between versions.
            "http": HTTPModes.http1,
            "http1_settings": HTTP1Settings(
                header_read_timeout=HEADERS_WITHIN_MS, max_buffer_size=MOST_HEADERS
            ),
            "backpressure": min(MOST_CONNECTIONS, max(1, raise_limit() - OTHER_FILES)),
            "respawn_failed_workers": True,
            "workers_kill_timeout": STOPS_WITHIN,
        }
        super().__init__(
            target, **(bounds | options | {"log_dictconfig": logs.for_server(log_format)})
        )

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Note that the server is to stop; from now on, no worker says it's ready."""
        self._stops += 1
        stopping.begin()
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def shutdown(self, exit_code: int = 0) -> None:
        """Stop, once a proxy has had the time to notice."""
        if self._stops and not self.interrupt_children:
            self._drain()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]

    def _drain(self) -> None:
        """Go on serving for a while; a second signal ends that."""
        ends_at = time.monotonic() + self._drains_for
        while self._stops < 2 and (left := ends_at - time.monotonic()) > 0:
            self.main_loop_interrupt.clear()
            self.main_loop_interrupt.wait(min(left, LOOKS_EVERY))

    def _respawn_workers(
        self, workers: list[int], spawn_target: Any, target_loader: Any, delay: float = 0
    ) -> None:
        """Replace workers, except those that ended on their own.

        Such a worker has said why it can't start, and the next one couldn't either.
        """
        if any((self.wrks[each].inner.exitcode or 0) > 0 for each in workers):
            self.interrupt_children = workers
            self.interrupt_signal = True
            self.main_loop_interrupt.set()
        else:
            super()._respawn_workers(workers, spawn_target, target_loader, delay)


def _expect_free(host: str, port: int) -> None:
    """Check that nothing listens there; the server itself would share the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AddressInUse(error.strerror) from error


def _preload() -> None:
    """Import the app before the workers are forked, which makes a replacement start in no time."""
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)
        importlib.import_module(APP.partition(":")[0])
        metrics.here()
        # The workers would otherwise copy the memory that it shares with this process.
        gc.collect()
        gc.freeze()
