"""Pages that can be read and used as soon as their HTML is there.

The first visit of a phone on a slow network decides whether anything is
written at all. Reflex's scripts take most of it, and a stylesheet or a script
of our own would have to share the line with them. So both stand in the HTML.
"""

from __future__ import annotations

import re
from pathlib import Path

STYLES = re.compile(r'<link href="(/assets/[^"]+\.css)" rel="stylesheet"[^>]*/>')
PRELOADED_STYLES = re.compile(r'<link as="style"[^>]*/>')
SCRIPT = '<script src="/app.js"></script>'
MODULES = re.compile(r'<link rel="modulepreload"|<script type="module"')
BODY = "<body>"
# By this our own script is told from Reflex's.
OWN = "<script data-own"


def inline(html: str, files: Path) -> str:
    """A page with its styles and our script inside.

    React must find the elements that it made, or it makes them anew; so they
    stay, in a way that loads nothing a second time.

    Args:
        html: The page as it was built.
        files: The folder of the build.

    Returns:
        The page; as it was, where it has no such styles and script.
    """
    found = STYLES.search(html)
    if found is None or SCRIPT not in html or BODY not in html:
        return html
    styles = (files / found[1].lstrip("/")).read_text()
    script = (files / "app.js").read_text()
    never = '<link media="not all"'
    html = PRELOADED_STYLES.sub(lambda link: link[0].replace("<link", never, 1), html)
    html = html.replace(found[0], found[0].replace("<link", "<link disabled", 1))
    html = html.replace(SCRIPT, SCRIPT.replace("<script", '<script type="text/plain"'))
    # The page needs no module to be read and used: they come after what it shows.
    html = MODULES.sub(lambda module: module[0] + ' fetchpriority="low"', html)
    html = html.replace("<head>", f"<head><style>{styles}</style>", 1)
    # Not into the head: there React takes any script for the first of its own, and
    # makes the page anew. Its modules wait for the end of the page, so ours still
    # takes a link's secret out of the address before they read it.
    return html.replace(BODY, f"{BODY}{OWN}>{script}</script>", 1)
