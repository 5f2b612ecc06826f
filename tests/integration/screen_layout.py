"""Find what is wrong with a drawn screen: text cut off, outside its box, over another, too small.

Runs inside the process that has the window; used by `screen_probe`.
"""

from __future__ import annotations

import itertools

from kivy.core.window import Window
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView

from kiosk.screens import theme
from kiosk.screens.widgets.still_there import StillThere
from kiosk.screens.widgets.text import FitText
from kiosk.screens.widgets.touch import TouchButton

SLACK = 2.0


def visible(widget):
    while widget is not None and widget is not Window:
        if getattr(widget, "opacity", 1) == 0 or min(widget.size) <= 0:
            return False
        widget = widget.parent
    return widget is Window


def rect(widget):
    x, y = widget.to_window(widget.x, widget.y)
    return x, y, x + widget.width, y + widget.height


def text_rect(label):
    """Return where the letters of a label are."""
    x0, y0, x1, y1 = rect(label)
    width, height = label.texture_size
    if label.halign == "left":
        left = x0
    elif label.halign == "right":
        left = x1 - width
    else:
        left = (x0 + x1 - width) / 2
    bottom = (y0 + y1 - height) / 2
    return left, bottom, left + width, bottom + height


def inside(inner, outer):
    return (
        inner[0] >= outer[0] - SLACK
        and inner[1] >= outer[1] - SLACK
        and inner[2] <= outer[2] + SLACK
        and inner[3] <= outer[3] + SLACK
    )


def overlap(a, b):
    return min(a[2], b[2]) - max(a[0], b[0]) > SLACK and min(a[3], b[3]) - max(a[1], b[1]) > SLACK


def scroller(widget):
    """Return the view that `widget` can be scrolled in, None when it stands still."""
    while widget is not None and widget is not Window:
        if isinstance(widget, ScrollView):
            return widget
        widget = widget.parent
    return None


def seen(widget, box):
    """Return the part of `box` that is drawn: what is scrolled away is not."""
    view = scroller(widget)
    if view is None:
        return box
    x0, y0, x1, y1 = rect(view)
    return max(box[0], x0), max(box[1], y0), min(box[2], x1), min(box[3], y1)


def on_bar(widget):
    while widget is not None and widget is not Window:
        if isinstance(widget, StillThere):
            return True
        widget = widget.parent
    return False


def words(widget):
    return repr(getattr(widget, "text", "") or getattr(widget, "icon", ""))[:40]


def outside_parent(widget):
    """Return the class of the first box around `widget` that it sticks out of."""
    parent = widget.parent
    while parent is not None and parent is not Window:
        if isinstance(parent, ScrollView):
            x0, _, x1, _ = rect(parent)
            across = inside(rect(widget), (x0, float("-inf"), x1, float("inf")))
            return None if across else "ScrollView"
        if not inside(rect(widget), rect(parent)):
            return type(parent).__name__
        parent = parent.parent
    return None


def label_problems(label):
    letters = text_rect(label)
    if not inside(letters, rect(label)):
        yield f"text {words(label)} is cut off: {letters} in {rect(label)}"
    if isinstance(label, FitText) and not label.fits:
        yield f"text {words(label)} does not fit its box"
    drawn = "".join(w.text for line in label._label._cached_lines for w in line.words)
    if "".join(drawn.split()) != "".join(label.text.split()):
        yield f"text {words(label)} is drawn as {drawn!r}"
    if box := outside_parent(label):
        yield f"text {words(label)} leaves its {box}"


def button_problems(button):
    if min(button.size) < theme.px(theme.TOUCH_MIN) - 1:
        yield f"button {words(button)} is too small: {button.size}"
    if box := outside_parent(button):
        yield f"button {words(button)} leaves its {box}"


def hint_problems(screen):
    """Return what keeps the coach's hint or its sign from being seen: no room, or outside."""
    panel = rect(screen.ids.panel)
    for name in ("hint", "arrow"):
        widget = screen.ids[name]
        if min(widget.size) < theme.px(theme.TEXT["body"]) or not inside(rect(widget), panel):
            yield f"the coach's {name} is not in its panel: {rect(widget)} in {panel}"


def problems(root):
    """Return a sentence for everything wrong with what is drawn under `root`."""
    labels = [w for w in root.walk() if isinstance(w, Label) and w.text and visible(w)]
    buttons = [w for w in root.walk() if isinstance(w, TouchButton) and visible(w)]
    found = [sentence for label in labels for sentence in label_problems(label)]
    found += [sentence for button in buttons for sentence in button_problems(button)]
    boxes = [(w, seen(w, rect(w))) for w in buttons]
    boxes += [(w, seen(w, text_rect(w))) for w in labels if not isinstance(w.parent, TouchButton)]
    for (first, first_box), (second, second_box) in itertools.combinations(boxes, 2):
        # The bar "still there?" lies over the head on purpose.
        if overlap(first_box, second_box) and on_bar(first) is on_bar(second):
            found.append(f"{words(first)} and {words(second)} overlap")
    return found
