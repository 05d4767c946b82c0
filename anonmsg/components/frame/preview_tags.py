"""The meta tags that chats and feeds use to preview a page."""

from __future__ import annotations

from anonmsg.locale import _

IMAGE = "/preview.png"
WIDTH, HEIGHT = 1200, 630


def preview_meta(title: object, description: str) -> list[dict[str, str]]:
    """Return a page's preview tags, besides its title, description and image.

    A page without a fixed title is a public page: the server adds the owner's tags
    (`web/prerendered/public_page.py`), so only the shared ones are returned here.

    Args:
        title: The page's title.
        description: The page's description.
    """
    own = []
    if isinstance(title, str):
        own = [
            _named("og:title", title),
            _named("og:description", description),
            _named("og:type", "website"),
            _named("og:image:alt", _("An envelope with no sender.")),
        ]
    return [
        _named("og:site_name", "anonmsg"),
        _named("og:image:type", "image/png"),
        _named("og:image:width", str(WIDTH)),
        _named("og:image:height", str(HEIGHT)),
        {"name": "twitter:card", "content": "summary_large_image"},
        *own,
    ]


def _named(name: str, content: str) -> dict[str, str]:
    return {"property": name, "content": content}
