"""Draws assets/preview.png, the site's own link preview: `make preview`."""

from pathlib import Path

from anonmsg.pictures import link_preview

ROOT = Path(__file__).parents[1]
SITE = {
    "lead": "anonmsg",
    "title": "Anonymous messages you can trust.",
    "foot": "Share one link. No name needed.",
}

if __name__ == "__main__":
    (ROOT / "assets" / "preview.png").write_bytes(link_preview.draw(**SITE))
