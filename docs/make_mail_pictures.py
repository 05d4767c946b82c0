"""Takes screenshots of each email: light and dark, 600 and 320 pixels wide, and as text.

`make pictures-of-mails` runs it and writes to docs/mails. Nothing is loaded from
anywhere, as in the emails themselves.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from anonmsg.mail import letters
from anonmsg.mail.letters import Letter

FOLDER = Path(__file__).parent / "mails"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDTHS = (600, 320)
SCHEMES = ("light", "dark")
# Enough for text and two backgrounds, at a third of the size of true colour.
COLOURS = 48
SITE = "https://anonmsg.example"
LINK = f"{SITE}/verify#q3V9mE1x-0aUuY2n7PpLwKs8DhTzR4bG6cJfXoIv5Wk"
TO = "maya@example.com"

AS_TEXT = """<!doctype html><meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<style>:root {{ color-scheme: light dark }}
body {{ margin: 16px; font: 14px/20px monospace; white-space: pre-wrap; overflow-wrap: anywhere }}
</style><b>Subject: {subject}</b>

{text}"""


def every_letter() -> dict[str, Letter]:
    """Return one letter of each kind, all to the same person."""
    return {
        "verification": letters.verification(to=TO, username="maya_k", code="048213", link=LINK),
        "already-registered": letters.already_registered(
            to=TO, username="maya_k", sign_in_url=f"{SITE}/sign-in"
        ),
        "refresh-reuse": letters.refresh_reuse(
            to=TO, username="maya_k", sign_in_url=f"{SITE}/sign-in"
        ),
        "deletion-scheduled": letters.deletion_scheduled(
            to=TO,
            username="maya_k",
            sign_in_url=f"{SITE}/sign-in",
            on=datetime(2026, 3, 11, 12, tzinfo=UTC),
        ),
        "deletion-undone": letters.deletion_undone(
            to=TO, username="maya_k", settings_url=f"{SITE}/settings"
        ),
        "reset-password": letters.reset_password(
            to=TO,
            username="maya_k",
            link=LINK.replace("/verify#", "/reset-password#"),
            minutes=30,
        ),
        "password-changed": letters.password_changed(
            to=TO, username="maya_k", forgot_url=f"{SITE}/forgot-password"
        ),
        "confirm-email": letters.confirm_email(
            to=TO, username="maya_k", link=LINK.replace("/verify#", "/confirm-email#"), minutes=30
        ),
        "email-changed": letters.email_changed(
            to=TO, username="maya_k", link=LINK.replace("/verify#", "/undo-email#"), days=7
        ),
        "new-sign-in-method": letters.new_sign_in_method(
            to=TO, username="maya_k", settings_url=f"{SITE}/settings"
        ),
        "second-factor-off": letters.two_factor_off(
            to=TO, username="maya_k", settings_url=f"{SITE}/settings"
        ),
        "new-recovery-codes": letters.new_recovery_codes(
            to=TO, username="maya_k", settings_url=f"{SITE}/settings"
        ),
        "test": letters.test_mail(to=TO, site=SITE),
    }


def picture(browser: Browser, html: str, *, width: int, scheme: str) -> bytes:
    """Return a full-page screenshot, and require that the page fits the window's width."""
    page = browser.new_page(viewport={"width": width, "height": 200}, color_scheme=scheme)
    page.set_content(html)
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        raise SystemExit(f"A mail is {wide} pixels wide in a window of {width}.")
    taken = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    page.close()
    small = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    saved = io.BytesIO()
    small.save(saved, "PNG", optimize=True)
    return saved.getvalue()


def main() -> None:
    """Retake every screenshot."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    index = ["# Every mail, as it is read", "", "Made by `make pictures-of-mails`.", ""]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name, letter in every_letter().items():
            index += [f"## {letter.subject}", ""]
            as_text = AS_TEXT.format(subject=escape(letter.subject), text=escape(letter.text))
            wanted = [(w, s, f"{name}-{w}-{s}", letter.html) for w in WIDTHS for s in SCHEMES]
            wanted += [(320, s, f"{name}-text-{s}", as_text) for s in SCHEMES]
            for width, scheme, file, html in wanted:
                taken = picture(browser, html, width=width, scheme=scheme)
                (FOLDER / f"{file}.png").write_bytes(taken)
                what = "as text" if "-text-" in file else f"{width} pixels"
                index.append(f'<img src="{file}.png" width="{width // 2}" alt="{what}, {scheme}">')
            (FOLDER / f"{name}.txt").write_text(letter.text)
            index += ["", f"The same as text: [{name}.txt]({name}.txt)", ""]
        browser.close()
    (FOLDER / "README.md").write_text("\n".join(index))


if __name__ == "__main__":
    main()
