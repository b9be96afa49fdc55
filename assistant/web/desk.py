"""The desk's page: a frame that Gradio serves. What stands in it comes from `/v1/desk`, and is drawn by `static/desk/`."""

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
  <nav id="dk-left">
    <form id="dk-search" role="search"></form><div id="dk-found" hidden></div>
    <div id="dk-queue"></div><div id="dk-gaps"></div>
  </nav>
  <section id="dk-middle">
    <div id="dk-head"></div><div id="dk-summary" aria-live="polite"></div>
    <div id="dk-log" role="log" tabindex="0"></div>
    <section id="dk-answer" hidden></section>
  </section>
  <aside id="dk-right"><div id="dk-packet"></div><div id="dk-told"></div><div id="dk-panel"></div></aside>
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
