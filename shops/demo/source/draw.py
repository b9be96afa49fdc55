"""Draws the demo shop's pictures: one silhouette for each kind of product, coloured by the variant.

Shapes are given on a grid of 100 × 100 and drawn four times too large, so that the edges come out smooth.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

SHOP = Path(__file__).resolve().parent.parent
SIZE, OVER = 440, 4
COLORS = {
    "moss-green": "#66794a", "slate-blue": "#4f6d8a", "black": "#33363a", "rust-red": "#a9492f", "signal-orange": "#e2762b",
    "plum-purple": "#6f4a72", "sun-yellow": "#e5b53a", "cream-white": "#efe7d6", "oat-beige": "#cdb999", "charcoal-gray": "#5a5d61",
    "sky-blue": "#7fb0d0", "chestnut-brown": "#80543a", "honey-yellow": "#d9a552",
}  # fmt: skip
WOOD, STEEL, DARK, GLASS = "#a87b4f", "#b9bec3", "#3b3d40", "#dfe9ec"


def shade(color, by):
    """A colour made lighter (by > 0) or darker (by < 0), by from -1 to 1."""
    parts = [int(color[n : n + 2], 16) for n in (1, 3, 5)]
    goal = 255 if by > 0 else 0
    return "#" + "".join(f"{round(p + (goal - p) * abs(by)):02x}" for p in parts)


class Pen:
    """Draws on the grid."""

    def __init__(self, color):
        self.layer = Image.new("RGBA", (SIZE * OVER, SIZE * OVER), (0, 0, 0, 0))
        self.draw = ImageDraw.Draw(self.layer)
        self.c, self.l, self.d, self.dd = color, shade(color, 0.22), shade(color, -0.22), shade(color, -0.42)

    def s(self, points):
        unit = SIZE * OVER / 100
        return [(x * unit, y * unit) for x, y in zip(points[::2], points[1::2], strict=True)]

    def p(self, color, *points):
        self.draw.polygon(self.s(points), fill=color)
        self.draw.line([*self.s(points), self.s(points)[0]], fill=color, width=int(SIZE * OVER / 70), joint="curve")

    def e(self, color, x, y, rx, ry):
        self.draw.ellipse(self.s((x - rx, y - ry, x + rx, y + ry)), fill=color)

    def r(self, color, x, y, x2, y2, radius=2.0):
        self.draw.rounded_rectangle(self.s((x, y, x2, y2)), radius * SIZE * OVER / 100, fill=color)

    def n(self, color, width, *points):
        self.draw.line(self.s(points), fill=color, width=int(width * SIZE * OVER / 100), joint="curve")

    def a(self, color, width, x, y, rx, ry, start, end):
        box = self.s((x - rx, y - ry, x + rx, y + ry))
        self.draw.arc(box, start, end, fill=color, width=int(width * SIZE * OVER / 100))


def top(k, long=True, hem=82):
    """A garment's body with sleeves."""
    cuff = 74 if long else 44
    k.p(k.d, 30, 27, 18, 36, 10 if long else 12, cuff, 20 if long else 24, cuff + 3, 33, 46)
    k.p(k.d, 70, 27, 82, 36, 90 if long else 88, cuff, 80 if long else 76, cuff + 3, 67, 46)
    k.p(k.c, 38, 20, 62, 20, 73, 29, 71, hem, 29, hem, 27, 29)
    k.p(k.l, 31, 30, 36, 25, 36, hem - 3, 32, hem - 3)


def tee(k):
    top(k, long=False); k.e(k.dd, 50, 20, 9, 5); k.e("#f4f1ea", 50, 18.5, 8, 4); k.n(k.d, 0.6, 29, 79, 71, 79)


def sweater(k):
    top(k); k.r(k.d, 29, 77, 71, 83, 1); k.e(k.dd, 50, 20, 11, 6); k.e("#f4f1ea", 50, 18, 8, 4)
    for x in range(36, 68, 5):
        k.n(k.d, 0.5, x, 30, x, 76)


def hoodie(k):
    top(k); k.e(k.d, 50, 18, 16, 12); k.e(k.dd, 50, 19, 9, 8); k.n(k.dd, 1, 50, 30, 50, 82)
    k.p(k.d, 36, 60, 64, 60, 68, 74, 32, 74); k.n("#eee", 0.8, 46, 27, 45, 40); k.n("#eee", 0.8, 54, 27, 55, 40)


def fleece(k):
    top(k); k.r(k.d, 39, 14, 61, 25, 3); k.n(k.dd, 1.2, 50, 15, 50, 82); k.n(k.dd, 1, 36, 60, 42, 70); k.n(k.dd, 1, 64, 60, 58, 70)
    k.n(k.dd, 0.9, 57, 38, 66, 38)


def jacket(k):
    top(k, hem=84); k.e(k.d, 50, 18, 15, 12); k.e(k.dd, 50, 20, 9, 8); k.n(k.dd, 1.4, 50, 28, 50, 84); k.n(k.l, 0.5, 51.4, 28, 51.4, 84)
    k.n(k.dd, 1, 35, 62, 43, 74); k.n(k.dd, 1, 65, 62, 57, 74); k.n(k.d, 0.7, 28, 45, 72, 45); k.r(k.dd, 10, 71, 21, 76, 1); k.r(k.dd, 79, 71, 90, 76, 1)


def puffer(k):
    top(k); k.r(k.d, 39, 13, 61, 25, 3)
    for y in range(33, 82, 8):
        k.n(k.d, 1, 29, y, 71, y); k.n(k.l, 0.6, 30, y + 1.4, 70, y + 1.4)
    for y in range(40, 72, 8):
        k.n(k.dd, 0.7, 14, y + 4, 29, y); k.n(k.dd, 0.7, 86, y + 4, 71, y)
    k.n(k.dd, 1.4, 50, 15, 50, 82)


def poncho(k):
    k.p(k.c, 50, 16, 62, 26, 90, 80, 50, 88, 10, 80, 38, 26); k.p(k.d, 50, 16, 62, 26, 90, 80, 50, 88); k.e(k.dd, 50, 24, 12, 10); k.e(k.d, 50, 20, 13, 9); k.e(k.dd, 50, 23, 8, 7); k.n(k.dd, 0.8, 50, 33, 50, 86)


def trousers(k):
    k.p(k.c, 33, 12, 67, 12, 72, 90, 55, 90, 50, 38, 45, 90, 28, 90); k.p(k.d, 50, 14, 66, 14, 71, 90, 62, 90); k.r(k.dd, 33, 11, 67, 16, 1)
    k.n(k.dd, 0.8, 50, 16, 50, 34); k.n(k.dd, 0.8, 36, 20, 33, 32); k.n(k.dd, 0.8, 64, 20, 67, 32); k.n(k.l, 0.7, 38, 45, 35, 88)


def socks(k):
    for dx, c in ((16, k.d), (0, k.c)):
        k.p(c, 28 + dx, 12, 46 + dx, 12, 46 + dx, 56, 66 + dx, 72, 66 + dx, 82, 56 + dx, 86, 44 + dx, 82, 28 + dx, 62); k.r(k.dd, 27 + dx, 11, 47 + dx, 20, 1); k.e(k.dd, 33 + dx, 62, 6, 7); k.e(k.dd, 61 + dx, 79, 6, 6)


def beanie(k):
    k.e(k.c, 50, 50, 32, 36); k.r("#00000000", 10, 70, 90, 95); k.r(k.d, 16, 56, 84, 76, 4); k.e(k.l, 38, 34, 8, 12)
    for x in range(20, 84, 5):
        k.n(k.dd, 0.7, x, 58, x, 75)


def hat(k):
    k.e(k.d, 50, 64, 42, 13); k.e(k.c, 50, 61, 42, 12); k.p(k.c, 30, 60, 33, 34, 42, 28, 58, 28, 67, 34, 70, 60); k.e(k.c, 50, 60, 20, 6); k.n(k.dd, 3, 30, 55, 50, 59, 70, 55); k.n(k.dd, 0.8, 30, 66, 44, 88, 56, 88, 70, 66)


def gloves(k):
    for dx, c in ((22, k.d), (-4, k.c)):
        k.r(c, 26 + dx, 40, 54 + dx, 78, 6)
        for n, y in enumerate((24, 18, 20, 28)):
            k.r(c, 26 + dx + n * 7, y, 32.5 + dx + n * 7, 60, 3)
        k.p(c, 26 + dx, 62, 15 + dx, 46, 20 + dx, 41, 29 + dx, 52); k.r(k.dd, 27 + dx, 72, 53 + dx, 86, 2)


def boot(k):
    k.p(k.c, 34, 16, 58, 14, 60, 44, 74, 54, 88, 62, 88, 76, 28, 76); k.p(k.d, 34, 16, 44, 15, 42, 76, 28, 76); k.r(DARK, 26, 75, 90, 84, 2)
    for x in range(28, 88, 8):
        k.r(DARK, x, 82, x + 5, 88, 1)
    for n in range(6):
        k.n("#eadfc8", 1.1, 52 + n * 2.2, 20 + n * 6.2, 60 + n * 3.2, 19 + n * 6)
    k.r(k.dd, 32, 12, 60, 18, 2); k.n(k.dd, 0.8, 42, 60, 66, 62)


def shoe(k):
    k.p(k.c, 14, 46, 30, 42, 44, 36, 56, 46, 78, 56, 90, 62, 90, 70, 14, 70); k.p(k.d, 14, 46, 30, 42, 30, 70, 14, 70); k.r("#f1ede4", 12, 68, 92, 76, 3); k.r(DARK, 12, 75, 92, 79, 1)
    for x in range(14, 90, 7):
        k.p(DARK, x, 78, x + 4, 78, x + 3, 83, x + 1, 83)
    for n in range(4):
        k.n("#f4f1ea", 1.1, 42 + n * 6, 42 + n * 3.4, 50 + n * 6, 40 + n * 4)
    k.n(k.l, 1.6, 34, 66, 48, 50); k.n(k.l, 1.6, 42, 66, 55, 54)


def slipper(k):
    k.e(DARK, 50, 66, 40, 13); k.e(k.dd, 50, 62, 40, 14); k.e("#e9e2d2", 40, 58, 26, 8); k.p(k.c, 40, 48, 58, 42, 82, 52, 90, 62, 84, 72, 60, 76, 44, 70); k.n(k.l, 1, 48, 48, 46, 70)


def backpack(k):
    k.a(k.dd, 3, 50, 16, 9, 9, 180, 360); k.r(k.d, 16, 50, 84, 80, 8); k.r(k.c, 24, 16, 76, 90, 15); k.r(k.l, 27, 22, 33, 80, 3); k.r(k.d, 31, 54, 69, 84, 6); k.n(k.dd, 1.2, 33, 62, 67, 62)
    k.n(k.dd, 1.4, 27, 42, 50, 36, 73, 42); k.r(k.dd, 44, 30, 56, 37, 1); k.r(k.dd, 35, 40, 39, 54, 1); k.r(k.dd, 61, 40, 65, 54, 1)


def tote(k):
    k.a(k.d, 3, 50, 40, 18, 28, 180, 360); k.p(k.c, 20, 38, 80, 38, 86, 88, 14, 88); k.p(k.l, 22, 40, 28, 40, 24, 86, 17, 86); k.n(k.d, 0.9, 20, 43, 80, 43); k.r(k.d, 40, 56, 60, 70, 1)


def duffel(k):
    k.a(k.dd, 3, 50, 42, 18, 20, 180, 360); k.r(k.c, 10, 38, 90, 80, 14); k.r(k.d, 10, 62, 90, 80, 10); k.r(k.dd, 30, 38, 35, 80, 0); k.r(k.dd, 65, 38, 70, 80, 0); k.n(k.dd, 1.3, 16, 46, 84, 46); k.e(k.l, 18, 56, 4, 10)


def tent(k):
    k.p(k.d, 50, 20, 94, 82, 62, 82); k.p(k.c, 50, 20, 6, 82, 62, 82); k.p(k.dd, 40, 44, 26, 82, 48, 82); k.p(k.l, 40, 44, 22, 82, 28, 82); k.n("#e8dfcf", 0.8, 50, 20, 3, 90); k.n("#e8dfcf", 0.8, 50, 20, 97, 90); k.n("#8d8778", 1.2, 2, 83, 98, 83)


def sleepingbag(k):
    k.p(k.c, 30, 20, 50, 10, 70, 20, 76, 50, 64, 92, 36, 92, 24, 50); k.e(k.c, 50, 24, 21, 15); k.e(k.dd, 50, 27, 13, 11); k.e("#efe7d6", 50, 28, 9, 7)
    for y in range(44, 90, 9):
        k.n(k.d, 1.1, 26 + (y - 44) / 5, y, 74 - (y - 44) / 5, y)
    k.n(k.dd, 1, 63, 40, 58, 90)


def mat(k):
    k.p(k.c, 20, 32, 76, 18, 92, 60, 36, 78); k.e(k.d, 28, 56, 14, 24); k.e(k.c, 28, 56, 10, 18); k.e(k.d, 28, 56, 6, 11); k.e(k.l, 28, 56, 2.5, 5)
    for n in range(5):
        k.n(k.d, 0.9, 36 + n * 10, 31 - n * 2.4, 50 + n * 10, 72 - n * 2.8)


def chair(k):
    k.n(DARK, 2, 26, 88, 66, 48); k.n(DARK, 2, 74, 88, 34, 48); k.p(k.c, 24, 14, 76, 14, 70, 54, 30, 54); k.p(k.d, 28, 52, 72, 52, 80, 66, 20, 66); k.n(DARK, 2, 24, 14, 20, 66); k.n(DARK, 2, 76, 14, 80, 66); k.n(k.l, 1, 30, 20, 33, 50)


def table(k):
    k.n(STEEL, 3, 22, 88, 70, 46); k.n(STEEL, 3, 78, 88, 30, 46); k.p(WOOD, 16, 36, 84, 36, 94, 48, 6, 48); k.p(shade(WOOD, -0.3), 6, 48, 94, 48, 94, 52, 6, 52)
    for n in range(1, 6):
        k.n(shade(WOOD, -0.2), 0.7, 16 + n * 11.3, 36, 6 + n * 14.6, 48)


def headlamp(k):
    k.a(k.c, 8, 50, 52, 36, 26, 150, 390); k.a(k.d, 3, 50, 46, 34, 22, 190, 350); k.r(DARK, 34, 54, 66, 80, 6); k.e("#fff3c4", 50, 67, 10, 10); k.e("#ffffff", 50, 67, 5, 5); k.r(k.c, 42, 50, 58, 56, 2)


def lantern(k):
    k.a(DARK, 1.6, 50, 30, 22, 22, 180, 360); k.p(k.c, 36, 26, 64, 26, 70, 34, 30, 34); k.r("#fdf0c0", 32, 34, 68, 70, 4); k.e("#f7c948", 50, 56, 7, 11); k.e("#fff6d8", 50, 59, 3.5, 6)
    k.n(DARK, 1.2, 33, 34, 33, 70); k.n(DARK, 1.2, 67, 34, 67, 70); k.n(DARK, 1, 32, 50, 68, 50); k.p(k.c, 28, 70, 72, 70, 76, 88, 24, 88); k.r(k.d, 24, 82, 76, 88, 1)


def candle(k):
    k.r(k.d, 32, 38, 68, 88, 4); k.r(k.c, 32, 38, 62, 88, 4); k.e(k.l, 50, 39, 18, 5); k.n(DARK, 1, 50, 38, 50, 30); k.e("#f2a33a", 50, 24, 5, 10); k.e("#fff0b8", 50, 27, 2.5, 5.5); k.r("#f4ecd9", 38, 56, 62, 72, 1); k.n(k.dd, 0.7, 42, 62, 58, 62); k.n(k.dd, 0.7, 44, 66, 56, 66)


def knife(k):
    k.p(STEEL, 50, 46, 88, 22, 94, 24, 84, 36, 58, 54); k.p("#e6e9eb", 56, 44, 88, 23, 92, 25, 60, 47); k.p(k.c, 14, 66, 48, 42, 60, 52, 24, 80, 14, 76); k.e(STEEL, 52, 49, 2, 2); k.e(STEEL, 26, 68, 1.8, 1.8); k.n(k.d, 0.8, 20, 74, 54, 50)


def axe(k):
    k.p(WOOD, 30, 92, 24, 88, 60, 24, 67, 28); k.p(STEEL, 44, 12, 76, 26, 70, 40, 46, 32, 36, 38, 34, 22); k.p("#e6e9eb", 34, 22, 38, 20, 40, 36, 36, 38); k.r(k.d, 28, 80, 36, 90, 2)


def compass(k):
    k.r("#e9f0ee", 22, 10, 78, 90, 6); k.e(k.c, 50, 58, 26, 26); k.e("#fbfaf5", 50, 58, 21, 21); k.p("#c0392b", 50, 40, 54, 58, 46, 58); k.p(DARK, 50, 76, 54, 58, 46, 58); k.n(DARK, 0.6, 30, 18, 70, 18)
    for x in range(30, 71, 5):
        k.n(DARK, 0.6, x, 18, x, 23)


def watch(k):
    k.r(k.c, 39, 6, 61, 94, 4); k.r(k.d, 39, 80, 61, 94, 3); k.e(STEEL, 50, 50, 27, 27); k.e("#fbfaf5", 50, 50, 22, 22); k.r(STEEL, 76, 47, 81, 53, 1)
    for x, y in ((50, 32), (50, 68), (32, 50), (68, 50)):
        k.e(DARK, x, y, 1.8, 1.8)
    k.n(DARK, 2, 50, 50, 50, 36); k.n(DARK, 1.5, 50, 50, 61, 55); k.n("#c0392b", 0.6, 50, 50, 40, 62); k.e(DARK, 50, 50, 2, 2)


def binoculars(k):
    for x in (32, 68):
        k.p(k.c, x - 9, 22, x + 9, 22, x + 15, 80, x - 15, 80); k.r(k.dd, x - 11, 14, x + 11, 26, 3); k.e(k.dd, x, 80, 16, 6); k.e("#7fa7b5", x, 80, 11, 4); k.n(k.l, 1, x - 7, 30, x - 10, 70)
    k.r(k.d, 42, 36, 58, 54, 3); k.e(k.dd, 50, 34, 5, 5)


def bottle(k):
    k.r(STEEL, 42, 10, 58, 22, 2); k.r(DARK, 40, 8, 60, 16, 2); k.r(k.c, 33, 24, 67, 92, 9); k.r(k.l, 37, 32, 41, 84, 2); k.r(k.d, 60, 32, 65, 86, 2); k.p(k.c, 42, 20, 58, 20, 66, 32, 34, 32); k.e("#f4f1ea", 50, 60, 6, 6)


def flask(k):
    k.r(STEEL, 38, 8, 62, 26, 4); k.r("#dfe3e6", 41, 10, 45, 24, 1); k.r(k.c, 34, 24, 66, 92, 5); k.r(k.l, 37, 30, 41, 88, 2); k.r(STEEL, 34, 84, 66, 92, 3); k.r(k.dd, 34, 27, 66, 30, 0)


def mug(k):
    k.a(k.d, 5, 70, 52, 18, 18, 270, 450); k.r(k.c, 22, 26, 70, 82, 6); k.e(k.d, 46, 27, 24, 6); k.e("#5b4030", 46, 28, 20, 4); k.r(k.l, 27, 38, 31, 74, 2)
    k.n("#cfc8ba", 1.2, 40, 20, 43, 14, 40, 8); k.n("#cfc8ba", 1.2, 52, 20, 55, 14, 52, 8)


def kettle(k):
    k.a(DARK, 4, 50, 40, 28, 28, 190, 350); k.p(k.c, 24, 44, 76, 44, 84, 82, 16, 82); k.e(k.c, 50, 46, 26, 8); k.p(k.c, 76, 62, 94, 42, 97, 46, 82, 76); k.e(k.d, 50, 43, 18, 5); k.e(DARK, 50, 36, 4, 4); k.r(k.dd, 15, 80, 85, 86, 2); k.p(k.l, 28, 50, 33, 50, 27, 76, 22, 76)


def pan(k):
    k.r(DARK, 62, 46, 97, 54, 4); k.e(k.d, 38, 52, 33, 33); k.e(k.c, 38, 50, 33, 33); k.e(k.dd, 38, 50, 27, 27); k.e(shade(k.dd, 0.1), 34, 46, 20, 20); k.e("#f4f1ea", 93, 50, 1.6, 1.6)


def chefknife(k):
    k.p(STEEL, 4, 56, 62, 40, 62, 58, 30, 62); k.p("#e6e9eb", 4, 56, 62, 52, 62, 58, 30, 62); k.r(k.c, 61, 40, 96, 52, 4)
    for x in (68, 78, 88):
        k.e(STEEL, x, 46, 1.6, 1.6)


def board(k):
    k.r(k.d, 18, 16, 84, 90, 6); k.r(k.c, 16, 12, 82, 86, 6); k.e("#f4f1ea", 49, 20, 4, 4)
    for x in range(24, 80, 9):
        k.n(k.d, 0.7, x, 30, x + 2, 82)


def pot(k):
    k.e(k.d, 12, 52, 8, 5); k.e(k.d, 88, 52, 8, 5); k.r(k.c, 16, 44, 84, 84, 10); k.e(k.d, 50, 44, 35, 9); k.e(k.c, 50, 40, 35, 10); k.e(k.l, 44, 37, 20, 4); k.e(DARK, 50, 30, 5, 4); k.r(k.l, 21, 52, 25, 76, 2)


def basket(k):
    k.e(k.d, 50, 60, 40, 24); k.e(k.c, 50, 54, 40, 22)
    for n in range(5):
        k.a(k.dd, 0.9, 50, 54, 38 - n * 7, 20 - n * 4, 0, 360)


def tin(k):
    k.p(k.d, 10, 44, 90, 44, 82, 78, 18, 78); k.p(k.c, 10, 40, 90, 40, 84, 50, 16, 50); k.p(k.dd, 16, 42, 84, 42, 78, 49, 22, 49); k.n(k.l, 0.9, 20, 56, 24, 76)


def blanket(k):
    for n, c in enumerate((k.d, k.c, k.l, k.c)):
        k.r(c, 16 + n, 68 - n * 14, 84 - n, 84 - n * 14, 7)
    for x in range(20, 82, 4):
        k.n(k.d, 0.8, x, 84, x, 91)
    k.n(k.dd, 1.2, 20, 32, 80, 32)


def cushion(k):
    k.p(k.c, 14, 18, 50, 24, 86, 18, 80, 50, 86, 82, 50, 76, 14, 82, 20, 50); k.p(k.d, 50, 30, 80, 50, 86, 82, 50, 76, 14, 82); k.p(k.c, 26, 30, 74, 30, 74, 70, 26, 70); k.n(k.dd, 0.7, 22, 26, 78, 26); k.e(k.dd, 50, 50, 2, 2)


def towel(k):
    k.r(WOOD, 8, 14, 92, 19, 2); k.r(k.c, 26, 16, 74, 86, 2); k.r(k.d, 26, 16, 42, 80, 2); k.r(k.l, 26, 68, 74, 72, 0); k.r(k.l, 26, 75, 74, 77, 0)
    for x in range(28, 74, 4):
        k.n(k.d, 0.7, x, 86, x, 90)


def vase(k):
    k.n("#66794a", 1.2, 50, 30, 46, 6); k.n("#66794a", 1.2, 51, 30, 60, 8); k.e("#8aa05f", 44, 8, 4, 6); k.e("#8aa05f", 61, 9, 4, 6); k.p(k.c, 42, 28, 58, 28, 60, 40, 74, 62, 66, 90, 34, 90, 26, 62, 40, 40); k.p(k.l, 36, 56, 41, 52, 40, 84, 36, 80); k.e(k.dd, 50, 28, 9, 3)


def trowel(k):
    k.r(WOOD, 44, 6, 56, 40, 5); k.r(STEEL, 48, 38, 52, 52, 0); k.p(STEEL, 36, 50, 64, 50, 64, 76, 50, 94, 36, 76); k.p("#e6e9eb", 48, 52, 52, 52, 52, 88, 50, 92, 48, 88); k.r(k.c, 44, 30, 56, 38, 2)


def wateringcan(k):
    k.a(k.d, 4, 34, 42, 22, 24, 150, 330); k.r(k.c, 22, 40, 62, 84, 4); k.p(k.c, 60, 70, 84, 32, 89, 35, 64, 80); k.p("#c99a4b", 78, 24, 96, 34, 90, 42, 80, 32); k.e(k.d, 42, 41, 20, 5); k.r(k.l, 26, 48, 30, 78, 2)


def nestbox(k):
    k.p(k.c, 28, 34, 72, 34, 72, 88, 28, 88); k.p(k.dd, 50, 12, 84, 36, 78, 42, 50, 22, 22, 42, 16, 36); k.e("#2c2420", 50, 50, 7, 7); k.r(WOOD, 48, 60, 52, 66, 1)
    for x in (38, 50, 62):
        k.n(k.d, 0.7, x, 62, x, 87)


def book(k):
    k.p("#f4ecd9", 26, 16, 78, 12, 80, 84, 28, 88); k.r(k.c, 20, 12, 72, 86, 2); k.r(k.d, 20, 12, 27, 86, 1); k.r("#f4ecd9", 34, 24, 66, 40, 1); k.n(k.dd, 0.8, 38, 30, 62, 30); k.n(k.dd, 0.8, 42, 35, 58, 35); k.p(k.l, 34, 74, 46, 54, 54, 66, 58, 60, 66, 74)


def map(k):
    for n in range(4):
        k.p(k.l if n % 2 else k.c, 10 + n * 20, 20 + (n % 2) * 6, 30 + n * 20, 26 - (n % 2) * 6, 30 + n * 20, 86 - (n % 2) * 6, 10 + n * 20, 80 + (n % 2) * 6)
    k.n("#4f6d8a", 1.6, 14, 66, 34, 56, 50, 62, 70, 44, 88, 40); k.n("#a9492f", 1.2, 20, 40, 38, 48, 56, 36, 80, 66); k.e("#a9492f", 80, 66, 2.5, 2.5)


def picture(art, color):
    """One picture, RGB, SIZE × SIZE."""
    backdrop = Image.new("RGB", (SIZE * OVER, SIZE * OVER), "#f3efe7")
    pen = Pen(color)
    globals()[art](pen)
    shadow = Image.new("RGBA", pen.layer.size, (60, 50, 40, 0))
    shadow.putalpha(pen.layer.getchannel("A").point(lambda a: a // 4).filter(ImageFilter.GaussianBlur(18)))
    backdrop.paste(shadow, (10, 26), shadow)
    backdrop.paste(pen.layer, (0, 0), pen.layer)
    small = backdrop.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    return small.quantize(64, dither=Image.Dither.NONE)


def main():
    names = sorted({json.loads(line)["image_link"] for line in (SHOP / "products.jsonl").open(encoding="utf-8")})
    palette = list(COLORS.values())
    (SHOP / "images").mkdir(exist_ok=True)
    for place, name in enumerate(names):
        art, rest = re.fullmatch(r"images/([a-z]+)-(.+)\.png", name).groups()
        picture(art, COLORS.get(rest, palette[place % 10])).save(SHOP / name, optimize=True)
    print(f"{len(names)} pictures")


if __name__ == "__main__":
    main()
