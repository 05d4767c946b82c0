"""What real browsers do to a page: translate it, refuse storage, or run extensions in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Visit, Visitor

# As Google Translate does: each text node is replaced, and later ones too.
TRANSLATED = """
const translate = (node) => {
  if (node instanceof Text) {
    const parent = node.parentElement;
    const isLeft = !parent || parent.closest("font, script, style, textarea, [translate=no]");
    if (isLeft || !document.body?.contains(node) || !node.data.trim()) return;
    const outer = document.createElement("font");
    const inner = document.createElement("font");
    inner.append(node.data);
    outer.append(inner);
    node.replaceWith(outer);
  } else for (const child of [...node.childNodes]) translate(child);
};
const translateAll = () => document.body && translate(document.body);
addEventListener("page-translates", translateAll);
document.addEventListener("DOMContentLoaded", () => {
  translateAll();
  new MutationObserver(translateAll).observe(document, {
    childList: true, subtree: true, characterData: true,
  });
});
"""


def _refusing(*names: str, get: str = 'throw new DOMException("Denied", "SecurityError")') -> str:
    define = "Object.defineProperty(window, '{}', {{ configurable: true, get() {{ {}; }} }});"
    return "".join(define.format(name, get) for name in names)


FULL = """
Storage.prototype.setItem = () => { throw new DOMException("Full", "QuotaExceededError"); };
"""
# The first writes succeed, so the page believes in its storage.
SOON_FULL = """
const write = Storage.prototype.setItem;
let left = 3;
Storage.prototype.setItem = function (key, value) {
  if (left-- <= 0) throw new DOMException("Full", "QuotaExceededError");
  write.call(this, key, value);
};
"""


def _once_parsed(change: str) -> str:
    """Change the page before React sees it, as extensions do."""
    return f"""
document.addEventListener("readystatechange", () => {{
  if (document.readyState === "interactive") {{ {change} }}
}});
"""


EXTENSIONS = {
    "a div first in body": _once_parsed("document.body.prepend(document.createElement('div'));"),
    "a script first in head": _once_parsed(
        "const script = document.createElement('script'); script.type = 'text/plain';"
        "document.head.prepend(script);"
    ),
    "attributes": _once_parsed(
        "document.documentElement.dataset.extension = '1';"
        "document.body.setAttribute('cz-shortcut-listen', 'true');"
    ),
    "an icon in each field": _once_parsed(
        "for (const each of document.querySelectorAll('input, textarea'))"
        " each.after(document.createElement('div'));"
    ),
}
KINDS = (
    {
        "as it is": "",
        "translated": TRANSLATED,
        "site data blocked": _refusing("sessionStorage", "localStorage"),
        "storage soon full": SOON_FULL,
        "all these extensions": "".join(EXTENSIONS.values()),
    }
    | EXTENSIONS
    | {
        "no sessionStorage": _refusing("sessionStorage"),
        "storage is null": _refusing("sessionStorage", "localStorage", get="return null"),
        "storage full": FULL,
    }
)
# One of each sort, for what takes long. The others differ from these in a detail, and
# meet every kind of page elsewhere.
SORTS = tuple(KINDS)[:5]


def someone(visitor: Visit, kind: str) -> Visitor:
    """Someone whose browser differs in one way."""
    made = visitor()
    if KINDS[kind]:
        made.context.add_init_script(f"(() => {{ {KINDS[kind]} }})();")
    made.context.set_default_timeout(20_000)
    return made


@contextmanager
def before_react(person: Visitor, path: str) -> Iterator[Page]:
    """Open a page whose modules arrive only at the end of the block, and wait until it's alive."""
    waiting: list[Route] = []
    pattern = re.compile(r"/assets/.*\.js")

    is_held = True

    def hold(route: Route) -> None:
        if is_held:
            waiting.append(route)
        else:
            route.continue_()

    person.context.route(pattern, hold)
    page = person.context.new_page()
    page.on("pageerror", lambda error: person.complaints.append(str(error)))
    page.on("console", lambda m: person.hear(m.type, m.text))
    page.goto(path if path.startswith("http") else person.server.url + path, wait_until="commit")
    expect(page.locator("main")).to_be_visible()
    page.wait_for_timeout(200)
    yield page
    is_held = False
    for route in waiting:
        route.continue_()
    alive = "() => Object.keys(document.querySelector('.page') ?? {}).some(k => /^__react/.test(k))"
    for _ in range(200):
        if page.evaluate(alive):
            break
        page.wait_for_timeout(100)
    assert page.evaluate(alive)
    page.wait_for_timeout(300)
