import base64
import io
import itertools
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from segstudio.project.classes import VOID, ClassList
from segstudio.review.panels import Findings
from segstudio.review.report import ReportedPhoto, ReportHead, html_report, reported, summed_matrix

CLASSES = ClassList.from_names(["sky", "<script>alert(1)</script>"])
HEAD = ReportHead("A & B", (("model", "jump <1>"),), CLASSES)


def _photo(name: str = "a.jpg", *, right: int = 8, truth: bool = True, rows: int = 10) -> ReportedPhoto:
    """Report a photo of 10 columns whose truth is sky left of column 8 and the other class right of it."""
    photo = np.full((rows, 10, 3), 90, dtype=np.uint8)
    true = np.zeros((rows, 10), dtype=np.uint8)
    true[:, 8:] = 1
    mask = np.zeros((rows, 10), dtype=np.uint8)
    mask[:, right:] = 1
    confidence = np.full((rows, 10), 204, dtype=np.uint8)
    return reported(name, Findings(photo, mask, CLASSES, confidence, true if truth else None))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data.strip())


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_a_page_carries_all_it_shows() -> None:
    reader = _read(html_report(HEAD, [_photo()]))
    sources = [value or "" for tag, name, value in reader.attributes if tag == "img" and name == "src"]
    assert len(sources) == 4  # photo, prediction, truth, errors
    for source in sources:
        kind, data = re.fullmatch(r"data:image/(jpeg|png);base64,(.+)", source).groups()  # type: ignore[union-attr]
        with Image.open(io.BytesIO(base64.b64decode(data))) as image:
            assert image.format == kind.upper()
            image.load()
    links = [
        value or "" for _, name, value in reader.attributes if name in ("href", "action", "srcset", "data")
    ]
    assert all(link.startswith("#") for link in links), "nothing leads out of the file"
    assert all(value for tag, name, value in reader.attributes if tag == "img" and name == "alt")


def test_names_are_text_whatever_they_hold() -> None:
    reader = _read(html_report(HEAD, [_photo('"><img src=x onerror=alert(1)>.jpg')]))
    assert "<script>alert(1)</script>" in reader.text
    assert '"><img src=x onerror=alert(1)>.jpg' in reader.text
    assert "jump <1>" in reader.text
    assert not [name for _, name, _ in reader.attributes if name == "onerror"]
    tags = {tag for tag, *_ in reader.attributes}
    assert "script" not in tags


def test_a_page_tells_shares_confidence_and_scores() -> None:
    texts = _read(html_report(HEAD, [_photo(right=6)])).text
    assert "A & B" in texts
    assert "10 × 10  ·  mean confidence 80.0 %  ·  mean IoU 62.5 %" in texts
    assert "60.0 % · confidence 80.0 % · IoU 75.0 %" in texts
    assert "40.0 % · confidence 80.0 % · IoU 50.0 %" in texts


def test_a_trace_of_a_class_is_told_in_html() -> None:
    photo = np.zeros((100, 100, 3), dtype=np.uint8)
    mask = np.zeros((100, 100), dtype=np.uint8)
    mask[5, 5] = 1
    page = html_report(HEAD, [reported("a", Findings(photo, mask, CLASSES))])
    assert page.count("&lt; 0.1 %") == 2
    assert "< 0.1" not in page


def test_without_truth_nothing_is_said_of_it() -> None:
    page = html_report(HEAD, [_photo(truth=False)])
    assert "IoU" not in page
    assert page.count("<img") == 2


def test_the_worst_photo_comes_first_and_those_without_truth_last() -> None:
    photos = [_photo("none", truth=False), _photo("good"), _photo("bad", right=2)]
    assert re.findall(r"<h3>(\w+)</h3>", html_report(HEAD, photos)) == ["bad", "good", "none"]
    total = summed_matrix(photos)
    assert total is not None
    assert total.sum() == 200
    assert summed_matrix(photos[:1]) is None


@pytest.mark.parametrize("size", [(1, 1), (3, 4000), (2000, 7), (1500, 2200)], ids=str)
def test_pictures_are_small_whatever_the_photo(size: tuple[int, int]) -> None:
    photo = np.zeros((*size, 3), dtype=np.uint8)
    mask = np.full(size, VOID, dtype=np.uint8)
    found = reported("a", Findings(photo, mask, CLASSES))
    for _, data in found.pictures:
        with Image.open(io.BytesIO(data)) as image:
            assert max(image.size) <= 480
        assert len(data) < 60_000
    assert found.size == size
    assert photo.max() == 0


def test_an_empty_report_is_still_a_page() -> None:
    assert "Photos" in _read(html_report(HEAD, [])).text


def test_a_page_begins_with_what_matters() -> None:
    photos = [_photo(f"{number}.jpg", right=right) for number, right in enumerate((8, 6, 2, 8))]
    page = html_report(HEAD, photos)
    texts = " ".join(_read(page).text)
    assert "Over 4 photos with truth the mean IoU is" in texts
    assert (
        "Most of what is wrong: 25.0 % of sky was taken for <script>alert(1)</script> (80 pixels)." in texts
    )
    assert re.findall(r'<a href="#photo-(\d)">([^<]+)</a>', page)[:2] == [("1", "2.jpg"), ("2", "1.jpg")]
    assert page.index('id="photo-1"') < page.index("<h3>2.jpg</h3>") < page.index('id="photo-2"')
    assert "no truth to compare with" in html_report(HEAD, [_photo(truth=False)])


def test_headings_follow_each_other_and_both_looks_are_there() -> None:
    page = html_report(HEAD, [_photo(), _photo("b")])
    levels = [int(level) for level in re.findall(r"<h(\d)>", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert page.count('scope="row"') == 2 * len(CLASSES), "the classes, and the rows of the matrix"


def test_two_pictures_are_shown_large_and_tables_that_scroll_are_reached_by_keyboard() -> None:
    assert 'class="pictures two"' in html_report(HEAD, [_photo(truth=False)])
    page = html_report(HEAD, [_photo()])
    assert 'class="pictures two"' not in page
    assert page.count('class="scroll" tabindex="0" role="region" aria-label=') == page.count("<table")


def test_a_hundred_photos_make_a_page_that_can_be_sent() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    photo = np.kron(noise, np.ones((4, 4, 1), dtype=np.uint8)).astype(np.uint8)
    mask = np.zeros((360, 480), dtype=np.uint8)
    found = reported("a.jpg", Findings(photo, mask, CLASSES, truth=mask))
    assert len(html_report(HEAD, [found] * 100)) < 60_000_000, (
        "the worst case; real photos make a fifth of it"
    )


def test_what_is_shown_changes_no_score() -> None:
    photo = np.full((10, 10, 3), 90, dtype=np.uint8)
    truth = np.zeros((10, 10), dtype=np.uint8)
    mask, shown = truth.copy(), truth.copy()
    mask[:, 6:], shown[:, 6:] = 1, VOID
    found = reported("a", Findings(photo, mask, CLASSES, truth=truth), shown=shown)
    assert found.score == pytest.approx(0.6)
    assert [count.pixels for count in found.tallies] == [60, 0]
