"""Pages that can be read and used as soon as their HTML is there.

The first visit of a phone on a slow network decides whether anything is
written at all. Reflex's scripts take most of it, and a stylesheet or a script
of our own would have to share the line with them. So both stand in the HTML.
"""

from __future__ import annotations

import re
from pathlib import Path

from markupsafe import Markup

from anonmsg.web.prerendered.built_markup import UnexpectedBuild, read, replaced

STYLES = re.compile(r'<link href="(/assets/[^"]+\.css)" rel="stylesheet"[^>]*/>')
PRELOADED_STYLES = re.compile(r'<link as="style"[^>]*/>')
SCRIPT = Markup('<script src="/app.js"></script>')
MODULES = re.compile(r'<link rel="modulepreload"|<script type="module"')
# By `data-own` our own script is told from Reflex's.
BODY, OWN = "<body>", Markup("<body><script data-own>{}</script>")


def expect_inlined(html: Markup, path: str) -> None:
    """Make sure that a page has its styles and our script inside.

    Args:
        html: The page as it is answered with.
        path: Its path, for the sentence.

    Raises:
        UnexpectedBuild: it has not: Reflex has changed what it builds.
    """
    if "<script data-own>" not in html:
        raise UnexpectedBuild(f"The built page {path} has no place for our script and styles.")


def inline(html: Markup, files: Path) -> Markup:
    """A page with its styles and our script inside.

    React must find the elements that it made, or it makes them anew; so they
    stay, in a way that loads nothing a second time.

    Args:
        html: The page as it was built.
        files: The folder of the build.

    Returns:
        The page; as it was, where it has no such styles and script.
    """
    styles = STYLES.search(html)
    if styles is None or SCRIPT not in html or BODY not in html:
        return html
    link = html[styles.start() : styles.end()]
    never = Markup('<link media="not all"')
    html = replaced(html, PRELOADED_STYLES, lambda each: each.replace("<link", never, 1))
    html = html.replace(link, link.replace("<link", Markup("<link disabled"), 1))
    html = html.replace(SCRIPT, SCRIPT.replace("<script", Markup('<script type="text/plain"')))
    # The page needs no module to be read and used: they come after what it shows.
    html = replaced(html, MODULES, lambda module: module + Markup(' fetchpriority="low"'))
    style = Markup("<head><style>{}</style>").format(read(files / styles[1].lstrip("/")))
    html = html.replace("<head>", style, 1)
    # Not into the head: there React takes any script for the first of its own, and
    # makes the page anew. Its modules wait for the end of the page, so ours still
    # takes a link's secret out of the address before they read it.
    return html.replace(BODY, OWN.format(read(files / "app.js")), 1)
