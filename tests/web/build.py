"""A miniature build: the real one's markers and little else."""

from __future__ import annotations

from pathlib import Path

from anonmsg.addresses import ADDRESSES, BUILT_NOT_FOUND, BUILT_PUBLIC_PAGE, PUBLIC_PAGE

# The decoys in the script must stay unchanged: only markup is filled in.
SCRIPT = """<script>const words = '>someone</span> data-inbox="unknown"'</script>"""
STYLES = "/assets/styles-7Wu43t10.css"
HEAD = (
    '<meta charSet="utf-8"/><title>{title} · anonmsg</title><script src="/app.js"></script>'
    '<meta content="/preview.png" property="og:image"/>'
    f'<link href="{STYLES}" rel="stylesheet" type="text/css"/>'
)
SHELL = """<!DOCTYPE html><html dir="ltr" lang="en"><head>{head}{script}</head>\
<body><main>{body}</main>{modules}</body></html>"""
MODULES = '<script type="module" async="">import "/assets/root-B-YJ-ofX.js";</script>'
SIGN_IN = """<h1 data-sign-in-title="true">Welcome back</h1>\
<form action="/sign-in" method="post"><input type="hidden" name="next"/>\
<input class="box" id="identifier" required="" name="identifier"/>\
<p aria-live="polite" data-error-for="identifier" id="identifier-error"></p>\
<a class="button" data-verify-link="true" hidden="" href="/verify">Enter the code</a>\
<input class="box" id="password" type="password" name="password"/>\
<p aria-live="polite" data-error-for="password" id="password-error"></p>\
<div data-two-factor="true" hidden=""><input class="box" id="code" name="code"/>\
<p aria-live="polite" data-error-for="code" id="code-error"></p></div>\
<p aria-live="polite" data-error-for="form" id="form-error"></p></form>"""
PUBLIC = """<div class="letter" data-inbox="unknown"><h1>Send <span data-called="" dir="auto">\
somebody</span> an anonymous message</h1><p>@<span data-owner="" dir="auto">someone</span></p>\
<p data-about="prompt" data-says=" "> </p>\
<p data-about="bio" data-says=" "> </p><form id="compose" method="post">\
<textarea name="message"></textarea><p data-about="delivery" data-says=" "> </p>\
<input type="hidden" name="key" value=""/></form>\
<p><span data-owner="" dir="auto">someone</span> is not accepting messages</p>\
<p data-about="reopens" data-says=" "> </p></div>"""
# What stands on the pages that are filled or asked about; every other page has a form.
BODIES = {
    "/": "<h1>Hear what people think.</h1>",
    "/sign-in": SIGN_IN,
    "/privacy": "<p>The text and the time.</p>",
    "/dashboard": "<h1>Your messages</h1>",
    "/settings": "<h1>Settings</h1>",
    "/leaving": '<p class="soft" data-leaves-at="true"></p>',
    BUILT_PUBLIC_PAGE: PUBLIC,
    BUILT_NOT_FOUND: '<header data-visitor="stranger"></header><h1>Nothing is here.</h1>',
}
TITLES = {"/": "Home", "/sign-in": "Sign in", "/sign-up": "Sign up", "/dashboard": "Inbox"}
TITLES |= {
    "/settings": "Settings",
    BUILT_PUBLIC_PAGE: "Send someone an anonymous message",
    BUILT_NOT_FOUND: "Not found",
}
FORM = '<form method="post"></form>'
FILES = {
    "app.js": "// our script",
    "lettered.js": "// the typeface",
    "assets/styles-7Wu43t10.css": "p { color: red }",
    "app.css": "body { margin: 0 }",
    "favicon.svg": "<svg/>",
    "assets/root-B-YJ-ofX.js": "export {};",
}


def write(directory: Path) -> Path:
    """Write the pages the way React Router does, each at two paths."""
    pages = [each.path for each in ADDRESSES if each.is_page and each is not PUBLIC_PAGE]
    for path in (*pages, BUILT_PUBLIC_PAGE, BUILT_NOT_FOUND):
        head = HEAD.format(title=TITLES.get(path, path))
        body = BODIES.get(path, FORM)
        html = SHELL.format(head=head, script=SCRIPT, body=body, modules=MODULES)
        name = path.strip("/") or "index"
        places = [f"{name}.html", *([] if name == "index" else [f"{name}/index.html"])]
        for place in places:
            _put(directory / place, html)
    for name, content in FILES.items():
        _put(directory / name, content)
    return directory


def _put(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
