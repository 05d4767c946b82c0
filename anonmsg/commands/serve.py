"""The command that serves a built app."""

from __future__ import annotations

import logging

import click

from anonmsg.config import DEFAULT_PORT, BadSettings, settings
from anonmsg.database import inspection
from anonmsg.framework import server
from anonmsg.runtime.shared import redis_checks

NOT_BUILT = (
    "The pages aren't built yet. Build them with: reflex export --no-zip\n"
    "(in a virtual environment: .venv/bin/reflex export --no-zip)"
)


@click.command()
@click.option(
    "--host",
    envvar="REFLEX_BACKEND_HOST",
    default="127.0.0.1",
    show_default=True,
    show_envvar=True,
    help="The address to listen on; 0.0.0.0 in a container.",
)
@click.option(
    "--port",
    envvar="REFLEX_FRONTEND_PORT",
    type=click.IntRange(1, 65_535),
    default=DEFAULT_PORT,
    show_default=True,
    show_envvar=True,
    help="The port for pages, forms and events.",
)
def serve(host: str, port: int) -> None:
    """Serve the built app until it's told to stop.

    Build it once with `reflex export --no-zip`, and again after each update.
    Neither Node nor a build tool is needed to serve it, and one build can be
    served at any address and port.
    """
    logging.disable(logging.NOTSET)
    server.prepare(port)
    try:
        current = settings()
    except BadSettings as error:
        raise click.ClickException(str(error)) from error
    if not server.is_built():
        raise click.ClickException(NOT_BUILT)
    _expect_redis(current.redis_url)
    _expect_database(current.database)
    many = f" with {current.workers} workers" if current.workers > 1 else ""
    click.echo(
        f"anonmsg is starting on {host}, port {port}{many}. People reach it at {current.site}"
    )
    try:
        server.serve(host, port, workers=current.workers)
    except server.AddressInUse as error:
        raise click.ClickException(
            f"Can't listen on {host}, port {port}: {error}. Choose another with --port."
        ) from error


def _expect_redis(url: str) -> None:
    """Check Redis before any worker starts, so that it's said once."""
    found = redis_checks.look(url) if url else redis_checks.Fitness()
    problems = [*found.problems, *filter(None, [found.unreachable])]
    if problems:
        raise click.ClickException(str(BadSettings(problems)))


def _expect_database(address: str) -> None:
    """Check the database before any worker starts, so that it's said once."""
    if problem := inspection.problem(address):
        raise click.ClickException(str(BadSettings([problem])))
