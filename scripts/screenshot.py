"""Takes the README's picture of a running shop: python scripts/screenshot.py URL docs/chat.png [QUESTION]"""

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"


def main() -> None:
    url, target = sys.argv[1], Path(sys.argv[2])
    question = sys.argv[3] if len(sys.argv) > 3 else "I want a rain jacket for women under 150 euros"
    phone = "--phone" in sys.argv
    target.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS.split())
        page = browser.new_page(viewport={"width": 390, "height": 844} if phone else {"width": 1240, "height": 860})
        outside = []
        page.on(
            "request",
            lambda r: outside.append(r.url) if not r.url.startswith((url, "data:", "blob:")) else None,
        )
        page.on("console", lambda m: print("console:", m.text) if m.type == "error" else None)
        page.goto(url)
        page.wait_for_selector(".ov-chip")
        page.fill("#ov-box textarea", question)
        page.press("#ov-box textarea", "Enter")
        page.wait_for_selector("#ov-log .ov-card", timeout=90_000)
        page.click("#ov-log .ov-add >> nth=0")
        page.wait_for_timeout(1_500)
        page.screenshot(path=str(target))
        print(
            "requests elsewhere:",
            outside or "none",
            "| overflow:",
            page.evaluate("document.documentElement.scrollWidth > innerWidth"),
        )
        browser.close()
    Image.open(target).convert("RGB").quantize(200).save(target, optimize=True)


if __name__ == "__main__":
    main()
