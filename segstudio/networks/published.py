"""The weights that torchvision publishes, as its own enums name them, and the cache where torch keeps them."""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

import torch
from torchvision.models import get_model_weights, list_models, segmentation

from segstudio.errors import SegStudioError
from segstudio.files import replacing
from segstudio.networks.build import BUILDERS, backbone_of
from segstudio.networks.state_files import sha256_of

Kind = Literal["coco", "imagenet"]
Progress = Callable[[int, int], None]
"""Called with the bytes that have come so far and the bytes in all (0: not known)."""

LICENCES: dict[Kind, str] = {
    "coco": "BSD-3-Clause (torchvision); trained on photos of COCO 2017, which have their own Creative Commons terms",
    "imagenet": "BSD-3-Clause (torchvision); trained on ImageNet-1K, whose terms allow non-commercial research and education",
}

_ENUM_MEMBER: dict[Kind, str] = {"coco": "COCO_WITH_VOC_LABELS_V1", "imagenet": "IMAGENET1K_V1"}
_CHUNK_BYTES = 1 << 18
_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file of weights that torchvision offers for download."""

    kind: Kind
    url: str

    @property
    def file_name(self) -> str:
        """Its name, which ends in the first eight digits of its SHA-256."""
        return PurePosixPath(self.url).name

    @property
    def sha_prefix(self) -> str:
        """Those digits."""
        return PurePosixPath(self.url).stem.rpartition("-")[2]

    @property
    def cached(self) -> Path:
        """Where it lies once fetched."""
        return cache_folder() / self.file_name


def cache_folder() -> Path:
    """Return the folder in which torch itself keeps downloaded weights."""
    return Path(torch.hub.get_dir()) / "checkpoints"


def published(head: str, kind: Kind) -> PublishedFile | None:
    """Return torchvision's weights for a head: `coco` for the whole network, `imagenet` for its backbone.

    None where there are none. For ImageNet these are version 1, from which torchvision's own
    segmentation weights were trained.
    """
    if kind == "imagenet" and backbone_of(head) in list_models():
        name = backbone_of(head)
    elif kind == "coco" and head in list_models(module=segmentation):
        name = head
    else:
        return None
    return PublishedFile(kind, _mirrored(get_model_weights(name)[_ENUM_MEMBER[kind]].url))


def _mirrored(url: str) -> str:
    """Return where a house that keeps a copy of these files has this one, when $SEGSTUDIO_WEIGHTS_URL names it."""
    mirror = os.environ.get("SEGSTUDIO_WEIGHTS_URL", "").rstrip("/")
    return f"{mirror}/{PurePosixPath(url).name}" if mirror else url


def published_by_hash(digest: str) -> PublishedFile | None:
    """Return the published file with the SHA-256 `digest`, if it is one for any head."""
    kinds: tuple[Kind, ...] = ("coco", "imagenet")
    for head in BUILDERS:
        for kind in kinds:
            file = published(head, kind)
            if file is not None and digest.startswith(file.sha_prefix):
                return file
    return None


def fetch(file: PublishedFile, *, progress: Progress | None = None) -> Path:
    """Download `file` into torch's cache, unless it is there, check its hash, and return its path.

    Raises SegStudioError, saying what to fetch by hand and where to put it, when the network does not give it.
    """
    if file.cached.is_file() and sha256_of(file.cached).startswith(file.sha_prefix):
        return file.cached
    digest = hashlib.sha256()
    with replacing(file.cached) as stream:
        for chunk in _chunks(file, progress):
            digest.update(chunk)
            stream.write(chunk)
        if not digest.hexdigest().startswith(file.sha_prefix):
            raise not_here(file, "what the network gave is not that file, its hash is another")
    return file.cached


def not_here(file: PublishedFile, reason: str) -> SegStudioError:
    """Return the error that tells how to bring `file` here by hand, or to do without it."""
    return SegStudioError(
        f"these weights are not on this machine, and {reason}",
        where=file.file_name,
        fix=f"Download {file.url} on another machine and put it into {cache_folder()}, or run"
        " `segstudio weights import FILE`; `--set weights=none` starts from scratch (add `--set freeze_backbone=false` where"
        " the recipe freezes the backbone)",
    )


def _chunks(file: PublishedFile, progress: Progress | None) -> Iterator[bytes]:
    """Yield what the network gives. Its errors are told here: `replacing` would take them for the disk's."""
    done = 0
    try:
        with urllib.request.urlopen(file.url, timeout=_TIMEOUT_S) as answer:
            total = int(answer.headers.get("Content-Length") or 0)
            while chunk := answer.read(_CHUNK_BYTES):
                done += len(chunk)
                yield chunk
                if progress:
                    progress(done, total)
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
        raise not_here(file, f"they could not be fetched ({reason})") from error
