"""Takes the README's screenshots: `make screenshots`.

It starts the app on its own port with its own data, and captures each page on a
desktop and a phone side by side, in light and in dark. The screenshots are
unedited.
"""

from __future__ import annotations

import io
import shutil
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.conftest import FLAGS, PASSWORD, Server, free_port, sign_up

FOLDER = Path(__file__).parent / "pictures"
USUAL_PORT = 3000
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
GAP = 48
WIDTH = 1200
LARGEST = 80_000
GROUND = {"light": "#e9e1d3", "dark": "#0b0a09"}
MESSAGES = [
    "Your talk on Tuesday made me apply for the job. I start in May.",
    "You interrupt people in meetings. I don't think you notice.",
    "Never stop playing the piano with the window open.",
    "شكرا لأنك استمعت إليّ ذلك اليوم.",
    "The soup was too salty.\n\nEverything else was the best meal I had this year.",
]

Scene = Callable[[Page, str], None]


def home(page: Page, url: str) -> None:
    """Open the home page; on a phone, type something into the demo."""
    page.goto(url)
    if page.viewport_size == PHONE:
        page.get_by_label("Try it. Nothing leaves this page.").fill(
            "You hum while you work. Don't stop."
        )


def filled_in(page: Page, url: str) -> None:
    """Fill in the sign-up form with an available username."""
    page.goto(f"{url}/sign-up")
    page.get_by_label("Username").fill("grace")
    page.get_by_text("Username is available").wait_for()
    page.get_by_label("Email").fill("grace@example.com")


def verifying(page: Page, url: str) -> None:
    """Sign up, and type the verification code."""
    page.goto(f"{url}/sign-up")
    sign_up(page, "grace")
    page.get_by_text("User registered successfully").wait_for()
    page.get_by_label("Verification code").fill("314159")


def signing_in(page: Page, url: str) -> None:
    """Sign in with a wrong password."""
    page.goto(f"{url}/sign-in")
    page.get_by_label("Email or username").fill("ada")
    page.get_by_label("Password", exact=True).fill("not it")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Incorrect password").wait_for()


def _signed_in(page: Page, url: str, name: str) -> None:
    answer = page.context.request.post(
        f"{url}/sign-in",
        form={"identifier": name, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
        max_redirects=0,
    )
    assert answer.status == 303
    page.goto(f"{url}/dashboard")


def dashboard(page: Page, url: str) -> None:
    """Open an inbox with messages."""
    _signed_in(page, url, "ada")
    page.get_by_role("article").first.wait_for()


def empty(page: Page, url: str) -> None:
    """Open an empty inbox."""
    _signed_in(page, url, "lin")
    page.get_by_text("No messages yet").wait_for()


def settings(page: Page, url: str) -> None:
    """Open your settings."""
    _signed_in(page, url, "ada")
    page.goto(f"{url}/settings")
    page.get_by_text("This browser", exact=True).wait_for()


def forgot(page: Page, url: str) -> None:
    """Request a password reset link."""
    page.goto(f"{url}/forgot-password")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_role("button", name="Send reset link").click()
    page.get_by_text("If there's an account for that address").wait_for()


def share(page: Page, url: str) -> None:
    """Open the share dialog."""
    dashboard(page, url)
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("dialog").wait_for()
    page.wait_for_load_state("networkidle")


def writing(page: Page, url: str) -> None:
    """Open a public page with a half-written message."""
    page.goto(f"{url}/u/ada")
    page.get_by_role("button", name="Suggest messages").click()
    page.locator("[data-suggestion]").first.wait_for()
    page.get_by_label("Your message").fill("I still have the book you lent me in 2009.")


def sent(page: Page, url: str) -> None:
    """Send a message."""
    page.goto(f"{url}/u/lin")
    page.get_by_label("Your message").fill("Hello")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("Message sent anonymously").wait_for()


def closed(page: Page, url: str) -> None:
    """Open a public page that isn't accepting messages."""
    page.goto(f"{url}/u/max")


def privacy(page: Page, url: str) -> None:
    """Open the privacy page."""
    page.goto(f"{url}/privacy")


def lost(page: Page, url: str) -> None:
    """Open the 404 page."""
    page.goto(f"{url}/u/nobody_here")


# The order matters: the empty inbox comes before anyone sends it a message.
SCENES: dict[str, Scene] = {
    "home": home,
    "sign-up": filled_in,
    "verify": verifying,
    "sign-in": signing_in,
    "empty": empty,
    "dashboard": dashboard,
    "share": share,
    "settings": settings,
    "forgot": forgot,
    "public": writing,
    "sent": sent,
    "closed": closed,
    "privacy": privacy,
    "404": lost,
}


def taken(context: BrowserContext, scene: Scene, url: str) -> Image.Image:
    """Return a screenshot of one page on one screen."""
    page = context.new_page()
    scene(page, url)
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def visitor(browser: Browser, scheme: str, size: dict[str, int]) -> BrowserContext:
    """Return a browser that has been here before, with a fixed locale and time zone."""
    context = browser.new_context(
        viewport=size,
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    # A first visit shows the system's own serif; see `assets/app/typeface.js`.
    context.add_init_script("localStorage.setItem('lettered', 'yes')")
    return context


def framed(desk: Image.Image, phone: Image.Image, ground: str) -> Image.Image:
    """Return both screens side by side, small enough for a README."""
    size = (desk.width + phone.width + 3 * GAP, phone.height + 2 * GAP)
    picture = Image.new("RGB", size, ground)
    picture.paste(desk, (GAP, GAP + (phone.height - desk.height) // 2))
    picture.paste(phone, (2 * GAP + desk.width, GAP))
    return picture.resize((WIDTH, WIDTH * size[1] // size[0]), Image.Resampling.LANCZOS)


def packed(picture: Image.Image) -> bytes:
    """Return a picture with as many colours as the maximum file size allows."""
    for colours in (128, 64, 32, 16):
        file = io.BytesIO()
        reduced = picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        reduced.save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            break
    return file.getvalue()


def port() -> int:
    """Return the default port, whose links look best, or a free one if it's taken."""
    with socket.socket() as probe:
        is_taken = probe.connect_ex(("127.0.0.1", USUAL_PORT)) == 0
    return free_port() if is_taken else USUAL_PORT


def photograph(server: Server, scheme: str, browser: Browser) -> None:
    """Take all the screenshots in one colour scheme."""
    for name, scene in SCENES.items():
        server.sql("DELETE FROM sign_ins")
        server.sql("DELETE FROM sign_ups")
        server.sql("DELETE FROM names WHERE person_id IS NULL")
        # "Hello", which a scene sends, takes five bytes, and what seals it 29.
        server.sql("DELETE FROM messages WHERE length(sealed) = 34")
        shots = []
        for size in (DESK, PHONE):
            context = visitor(browser, scheme, size)
            shots.append(taken(context, scene, server.url))
            context.close()
            server.sql("DELETE FROM sign_ups")
            server.sql("DELETE FROM names WHERE person_id IS NULL")
        picture = packed(framed(*shots, GROUND[scheme]))
        (FOLDER / f"{name}-{scheme}.png").write_bytes(picture)
        print(f"{name}-{scheme}.png {len(picture) // 1000} kB")


def main() -> None:
    """Start the app, take the screenshots, and clean up."""
    FOLDER.mkdir(exist_ok=True)
    home_of_data = Path(tempfile.mkdtemp())
    server = Server(home_of_data / "data", port(), {"LIMITS_FACTOR": "50"})
    server.start()
    try:
        server.settle("ada", *reversed(MESSAGES))
        server.settle("lin")
        server.settle("max", accepts=False)
        about = "I count things, and play the piano with the window open."
        server.sql(
            "UPDATE people SET display_name = 'Ada L.', prompt = ?, bio = ? WHERE username = 'ada'",
            "Ask me anything about numbers",
            about,
        )
        # Fixed dates, so that every run looks the same.
        for nth, message in enumerate(MESSAGES):
            moment = f"2026-03-0{9 - nth} 1{nth}:2{nth}:00.000000"
            server.sql("UPDATE messages SET sent_at = ? WHERE content = ?", moment, message)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            for scheme in ("light", "dark"):
                photograph(server, scheme, browser)
            browser.close()
    finally:
        server.stop()
        shutil.rmtree(home_of_data, ignore_errors=True)


if __name__ == "__main__":
    main()
