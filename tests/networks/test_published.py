from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.networks.published import PublishedFile, fetch, published, published_by_hash

CONTENT = bytes(range(256)) * 4000
GOOD = f"net-{sha256(CONTENT).hexdigest()[:8]}.pth"


class _Site(BaseHTTPRequestHandler):
    """Serves CONTENT: whole under its own name, cut off as `/cut/…`, with another byte as `/changed/…`."""

    def do_GET(self) -> None:
        if not self.path.endswith(GOOD):
            self.send_error(404)
            return
        body = b"!" + CONTENT[1:] if "/changed/" in self.path else CONTENT
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if "/cut/" in self.path else body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server of weights files on this machine, and an empty cache."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    # urllib keeps the opener that it made first, with the proxies of that time.
    monkeypatch.setattr(urllib.request, "_opener", None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file_is_fetched_once_into_the_cache(site: str, tmp_path: Path) -> None:
    file = PublishedFile("coco", f"{site}/models/{GOOD}")
    told: list[tuple[int, int]] = []
    path = fetch(file, progress=lambda done, total: told.append((done, total)))
    assert path == tmp_path / "hub" / "checkpoints" / GOOD
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 2
    assert fetch(PublishedFile("coco", f"http://127.0.0.1:9/{GOOD}")) == path


@pytest.mark.parametrize("fault", ["cut", "changed", "models/missing"])
def test_a_bad_download_leaves_nothing_and_says_what_to_do(site: str, fault: str, tmp_path: Path) -> None:
    name = GOOD if fault != "models/missing" else "gone-00000000.pth"
    with pytest.raises(SegStudioError, match="segstudio weights import FILE") as caught:
        fetch(PublishedFile("coco", f"{site}/{fault}/{name}"))
    assert f"{site}/{fault}/{name}" in str(caught.value)
    assert list((tmp_path / "hub" / "checkpoints").iterdir()) == []


def test_a_damaged_file_in_the_cache_is_fetched_anew(site: str) -> None:
    file = PublishedFile("coco", f"{site}/models/{GOOD}")
    file.cached.parent.mkdir(parents=True)
    file.cached.write_bytes(CONTENT[:1000])
    assert fetch(file).read_bytes() == CONTENT


def test_a_hash_says_which_file_it_is() -> None:
    file = published("fcn_resnet50", "coco")
    assert file is not None
    assert published_by_hash(file.sha_prefix + "0" * 56) == file
    assert published_by_hash("0" * 64) is None
