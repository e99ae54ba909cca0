"""What the window says of an export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from segstudio.desktop.exporting.choices import ExportChoices
from segstudio.desktop.exporting.words import (
    differing_told,
    headline,
    report_sections,
    report_told,
    share_told,
    tolerance_told,
    wanted_told,
    written_told,
)
from segstudio.formats.exporting import ExportPreview, ExportReport


def test_only_the_whole_is_called_the_whole() -> None:
    shares = (1.0, 0.0, 0.5, 0.99987, 0.99996, 1 - 1e-9)
    told = ["100 %", "0.00 %", "50.00 %", "99.98 %", "99.99 %", "99.99 %"]
    assert [share_told(share) for share in shares] == told


def test_a_preview_in_words() -> None:
    mask = np.zeros((2, 3), dtype=np.uint8)
    made = ExportPreview("a.jpg", mask, mask > 0, 1, 2000, 0.5, "<xml>")
    assert written_told(made) == "1 shape, 2,000 points"
    assert differing_told(made, 0) == "Every pixel comes back the same"
    assert differing_told(made, 1) == "50.00 % comes back the same, 1 pixel differs"
    picture = ExportPreview("a.jpg", mask, mask > 0, 0, 0, 1.0, "")
    assert written_told(picture) == "A picture"


def test_a_report_in_words() -> None:
    left = (("c.jpg", "its mask cannot be read"),)
    report = ExportReport(2, 3, 12, 0.999, (("a.jpg", 0.998),), left, Path("/x/My jumps"), 1.0)
    assert headline(report) == "2 photos exported to My jumps"
    assert report_told(report) == "99.90 % of all pixels come back the same. 3 shapes with 12 points."
    worst, out = report_sections(report)
    assert worst.lines == ("a.jpg: 99.80 %",)
    assert out.lines == ("c.jpg: its mask cannot be read",)
    remarked = replace(report, remarks=("A class is called “void”",))
    assert report_sections(remarked)[0].lines == ("A class is called “void”",)
    whole = ExportReport(1, 0, 0, 1.0, (), (), Path("/x/a.zip"), 1.0)
    assert report_told(whole) == "Every pixel comes back the same."
    assert report_sections(whole) == ()


def test_choices_in_words() -> None:
    assert wanted_told("done", 1200) == "Done and checked (1,200)"
    assert "every pixel" in tolerance_told(ExportChoices(format="coco"))
    assert "1.5 px" in tolerance_told(ExportChoices(format="coco", tolerance_px=1.5))
    assert tolerance_told(ExportChoices(format="voc", tolerance_px=1.5)) == "Masks keep every pixel."
