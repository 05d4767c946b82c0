"""Makes pages readable and usable as soon as their HTML arrives.

The first visit, on a phone with a slow network, decides whether someone writes
at all. Reflex's scripts take up most of the bandwidth, and our own stylesheet
and script would have to compete with them. So we inline both into the HTML.
"""

from __future__ import annotations

import re
from pathlib import Path

from markupsafe import Markup

from anonmsg.web.prerendered.built_markup import UnexpectedBuild, read, replaced

STYLES = re.compile(r'<link href="(/assets/[^"]+\.css)" rel="stylesheet"[^>]*/>')
PRELOADED_STYLES = re.compile(r'<link as="style"[^>]*/>')
SCRIPT = Markup('<script src="/app.js"></script>')
# Our script enables the links, and runs a copy of the disabled script (`assets/app/painting.js`).
PRELOADED_MODULES = Markup('<link rel="modulepreload"')
PRELOADED_LATER = Markup('<link media="not all" rel="modulepreload"')
MODULES = Markup('<script type="module"')
DISABLED_MODULES = Markup('<script data-modules type="text/plain"')
# `data-own` tells our own script from Reflex's.
BODY, OWN = "<body>", Markup("<body><script data-own>{}</script>")
HEAD = Markup("<head><style>{}</style><script data-own>{}</script>")


def expect_inlined(html: Markup, path: str) -> None:
    """Require a page to contain its styles, our script and React's modules.

    Args:
        html: The page as served.
        path: Its path, for the error message.

    Raises:
        UnexpectedBuild: it doesn't, because Reflex has changed its build output.
    """
    if "<body><script data-own>" not in html:
        raise UnexpectedBuild(f"The built page {path} has no place for our script and styles.")
    if DISABLED_MODULES not in html:
        raise UnexpectedBuild(f"The built page {path} no longer loads its modules by a script.")


def inline(html: Markup, files: Path) -> Markup:
    """Inline a page's styles and our script.

    React must find the elements it rendered, or it renders them again. So they
    stay in the page, but are disabled so that nothing loads twice.

    Args:
        html: The built page.
        files: The folder of the build.

    Returns:
        The changed page, or the same page if it lacks these styles or our script.
    """
    styles = STYLES.search(html)
    if styles is None or SCRIPT not in html or BODY not in html:
        return html
    link = html[styles.start() : styles.end()]
    never = Markup('<link media="not all"')
    html = replaced(html, PRELOADED_STYLES, lambda each: each.replace("<link", never, 1))
    html = html.replace(link, link.replace("<link", Markup("<link disabled"), 1))
    html = html.replace(SCRIPT, SCRIPT.replace("<script", Markup('<script type="text/plain"')))
    # The page works without its modules, so they wait until it's painted.
    html = html.replace(PRELOADED_MODULES, PRELOADED_LATER).replace(MODULES, DISABLED_MODULES)
    style, lettered = read(files / styles[1].lstrip("/")), read(files / "lettered.js")
    head = HEAD.format(style, lettered)
    html = html.replace("<head>", head, 1)
    # Not in the head: there, React would take our script for its own first one and
    # render the page again, unless the script removes itself. Reflex's modules wait
    # for the end of the page, so our script still removes a link's secret from the
    # URL before they read it.
    return html.replace(BODY, OWN.format(read(files / "app.js")), 1)
