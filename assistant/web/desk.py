"""The desk's page: a frame that Gradio serves. What stands in it comes from `/v1/desk`, and is drawn by `desk.js`.

`dk-summary`, `dk-told`, `dk-macros` and `dk-gaps` are places that stay empty until something is drawn there.
"""

from __future__ import annotations

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported
import gradio as gr

from assistant.web.render import safe

FRAME = """
<header id="ov-header"><h1>{shop}</h1><div id="ov-tools"></div></header>
<p id="dk-said" role="status" aria-live="polite"></p>
<section id="dk-login" hidden></section>
<div id="dk-desk" hidden>
  <nav id="dk-left"><form id="dk-search" role="search"></form><div id="dk-found" hidden></div><div id="dk-queue"></div><div id="dk-gaps"></div></nav>
  <main id="dk-middle"><div id="dk-head"></div><div id="dk-summary"></div><div id="dk-packet"></div><div id="dk-log" role="log" tabindex="0"></div>
  <div id="dk-macros"></div><form id="dk-answer" hidden></form></main>
  <aside id="dk-right"><div id="dk-panel"></div><div id="dk-told"></div></aside>
</div>
"""


def build_desk(shop: str) -> gr.Blocks:
    """The desk's blocks, to be mounted. They hold no data and take none.

    Args:
        shop: its name.
    """
    with gr.Blocks(title=shop, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(FRAME.replace("{shop}", safe(shop)), elem_id="dk-frame")
    return page
