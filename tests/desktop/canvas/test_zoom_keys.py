"""The actions that zoom move the photo that is seen, and no other."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from segstudio.desktop.action_rows.spec import Facts
from segstudio.desktop.actions import ACTIONS, Actions
from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.canvas.viewer import Viewer
from segstudio.desktop.canvas.zoom_keys import ZoomKeys
from segstudio.desktop.look import Look


def test_only_what_is_seen_is_zoomed(qtbot: QtBot, look: Look) -> None:
    parent = QObject()
    actions = Actions(look.icons, parent)
    actions.know(has_review=True, tab="review")
    pyramid = Pyramid.of(np.zeros((40, 60, 3), dtype=np.uint8))
    seen, hidden = Viewer(look), Viewer(look)
    for viewer in (seen, hidden):
        qtbot.addWidget(viewer)
        viewer.resize(300, 200)
        viewer.show_photo(pyramid, None)
        ZoomKeys(actions, viewer)
    seen.show()
    whole, other = seen.zoom, hidden.zoom
    views = [seen.is_whole]
    for name in ("view.in", "view.out"):
        actions[name].trigger()
        views.append(seen.is_whole)
    assert views == [True, False, True]
    actions["view.in"].trigger()
    assert seen.zoom > whole
    actions["view.actual"].trigger()
    assert seen.zoom == 1
    actions["view.fit"].trigger()
    assert seen.zoom == whole
    assert hidden.zoom == other


def test_zooming_is_for_tabs_that_show_a_photo() -> None:
    zooming = [spec for spec in ACTIONS if spec.id in ("view.fit", "view.actual", "view.in", "view.out")]
    assert len(zooming) == 4
    for spec in zooming:
        assert spec.enabled(Facts(has_review=True, tab="review"))
        assert spec.enabled(Facts(has_photo=True, tab="annotate"))
        assert not spec.enabled(Facts(has_photo=True, has_review=True, tab="train"))
