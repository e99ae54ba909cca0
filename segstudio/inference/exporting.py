"""Models for other programs: ONNX and TorchScript, with classes and normalisation inside, compared before they are kept."""

from __future__ import annotations

import importlib
import io
import json
import mmap
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from segstudio.errors import SegStudioError
from segstudio.files import write_bytes
from segstudio.inference.predictor import load_network
from segstudio.networks.build import coarse_logits, enlarge
from segstudio.runs.model_card import ModelCard

ExportFormat = Literal["onnx", "torchscript"]
Photo = npt.NDArray[np.uint8]

INPUT, MASK, PROBABILITIES = "photo", "mask", "probabilities"
CARD_NAME = "segstudio.json"
"""What the classes are called inside: an extra file of TorchScript, a metadata entry of ONNX."""

LARGEST_DIFFERENCE = 0.01
LEAST_AGREEMENT = 0.999
_PORTABLE = "segstudio-portable"
_CARD_BYTES = 1 << 24
"""No description is longer; a packed file may say that it holds more than any memory."""
_ONNX_BEGINS = b"\x08"
"""The version of ONNX stands first in its files."""
_ONNX_VERSION = 18
_TRACED_PX = (64, 96)

Runner = Callable[[Tensor], tuple[Tensor, Tensor]]


class Portable(nn.Module):
    """A model that needs nothing beside itself.

    Takes uint8 (N, H, W, 3) RGB, upright, as a decoder gives it; returns the mask, uint8 (N, H, W) of the classes' own
    numbers, and probabilities, float32 (N, C, H, W) in the order of the classes.
    """

    def __init__(self, network: nn.Module, card: ModelCard) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(card.mean).view(1, 3, 1, 1) * 255)
        self.register_buffer("std", torch.tensor(card.std).view(1, 3, 1, 1) * 255)
        self.register_buffer("values", torch.tensor([entry.index for entry in card.classes]))

    def forward(self, photo: Tensor) -> tuple[Tensor, Tensor]:
        """Segment a batch of photos of one size."""
        mean, std = self.get_buffer("mean"), self.get_buffer("std")
        batch = (photo.permute(0, 3, 1, 2).float() - mean) / std
        logits = enlarge(coarse_logits(self.network, batch), (photo.shape[1], photo.shape[2]))
        values: Tensor = self.get_buffer("values")[logits.argmax(1)]
        return values.to(torch.uint8), logits.softmax(1)


@dataclass(frozen=True, slots=True)
class ExportReport:
    """How an exported model compares with PyTorch on `photos` photos.

    `difference` is the largest of any probability, `agreement` the share of pixels with the same class; `size_bytes` is the file's.
    """

    photos: int
    difference: float
    agreement: float
    size_bytes: int


def export_model(model: Path, out: Path, format_: ExportFormat, photos: Sequence[Photo]) -> ExportReport:
    """Write the model file `model` to `out` for other programs, and tell how it compares on `photos`.

    Raises SegStudioError, with nothing written, when the model or the format's packages are missing, when the exported
    model does not answer as PyTorch does, and where `refuse_to_replace` does.
    """
    if not photos:
        raise ValueError("an export is checked on at least one photo")
    refuse_to_replace(out)
    network, card = load_network(model)
    portable = Portable(network, card).eval().requires_grad_(False)
    content = _written(portable, card, format_)
    run = _runner(content, format_)
    report = compared(portable, run, photos, size_bytes=len(content))
    if report.difference > LARGEST_DIFFERENCE or report.agreement < LEAST_AGREEMENT:
        raise SegStudioError(
            f"the exported model answers otherwise than PyTorch: probabilities differ by up to {report.difference:.2g},"
            f" {report.agreement:.2%} of the pixels agree",
            where=str(model),
            fix="Nothing was written; try the other format, or another version of torch and onnxruntime",
        )
    write_bytes(out, content)
    return report


def refuse_to_replace(out: Path) -> None:
    """Raise SegStudioError where an export may not be written: at a folder, and at a file that is no earlier export."""
    if not out.exists() or (out.is_file() and is_export(out)):
        return
    raise SegStudioError(
        "this is a folder" if out.is_dir() else "what is there is no earlier export, and is not replaced",
        where=str(out),
        fix="Choose another --out",
    )


def is_export(path: Path) -> bool:
    """Tell whether a file was written by `export_model`, by its description; its weights are not read.

    Raises SegStudioError when the file cannot be read.
    """
    try:
        with path.open("rb") as stream:
            begins = stream.read(4)
        if begins.startswith(_ONNX_BEGINS):
            return _is_onnx_export(path)
        return begins.startswith(b"PK") and _is_torchscript_export(path)
    except OSError as error:
        raise SegStudioError(f"the file cannot be read ({error.strerror})", where=str(path)) from error


def compared(portable: Portable, run: Runner, photos: Sequence[Photo], *, size_bytes: int) -> ExportReport:
    """Give both the same photos and return how far apart the answers are."""
    difference, same, pixels = 0.0, 0, 0
    for photo in photos:
        batch = torch.from_numpy(np.ascontiguousarray(photo)).unsqueeze(0)
        with torch.inference_mode():
            mask, probabilities = portable(batch)
            other_mask, other = run(batch)
        if other_mask.shape != mask.shape or other.shape != probabilities.shape:
            return ExportReport(len(photos), 1.0, 0.0, size_bytes)
        gap = float((probabilities - other).abs().max())
        difference = max(difference, gap if np.isfinite(gap) else 1.0)
        same += int((mask == other_mask).sum())
        pixels += mask.numel()
    return ExportReport(len(photos), difference, same / pixels, size_bytes)


def told_classes(card: ModelCard) -> str:
    """Return what is written into an exported model: JSON of classes, normalisation and where it came from."""
    told = {
        "format": _PORTABLE,
        "head": card.head,
        "classes": [entry.model_dump(include={"index", "name", "colour"}) for entry in card.classes],
        "input": {"name": INPUT, "layout": "NHWC", "dtype": "uint8", "channels": "RGB"},
        "outputs": {
            MASK: "uint8 NHW, class numbers",
            PROBABILITIES: "float32 NCHW, in the order of the classes",
        },
        "mean": card.mean,
        "std": card.std,
        "max_side_px": card.max_side_px,
        "run": card.run,
        "scores": card.scores,
        "weights_licence": card.weights_licence,
    }
    return json.dumps(told)


def _is_onnx_export(path: Path) -> bool:
    """Look for the description from the end, where the metadata of an ONNX file stand behind its weights."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        told = content.rfind(_PORTABLE.encode())
        return told >= 0 and content.rfind(CARD_NAME.encode(), 0, told) >= 0


def _is_torchscript_export(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(f"/extra/{CARD_NAME}") and entry.file_size <= _CARD_BYTES:
                    told = json.loads(archive.read(entry))
                    return isinstance(told, dict) and told.get("format") == _PORTABLE
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, zlib.error):
        pass  # packed by another program, or damaged
    return False


def _written(portable: Portable, card: ModelCard, format_: ExportFormat) -> bytes:
    with warnings.catch_warnings(), torch.no_grad():
        # Of tracing: what it may have got wrong is what the comparison is for.
        warnings.simplefilter("ignore")
        return _torchscript(portable, card) if format_ == "torchscript" else _onnx(portable, card)


def _torchscript(portable: Portable, card: ModelCard) -> bytes:
    stream = io.BytesIO()
    traced = torch.jit.trace(portable, _example(), check_trace=False)  # type: ignore[no-untyped-call]
    torch.jit.save(traced, stream, _extra_files={CARD_NAME: told_classes(card)})
    return stream.getvalue()


def _onnx(portable: Portable, card: ModelCard) -> bytes:
    onnx = _package("onnx")
    sizes = {0: "photos", 1: "rows", 2: "columns"}
    with tempfile.TemporaryDirectory(prefix="segstudio-export-") as scratch:
        path = Path(scratch) / "model.onnx"
        torch.onnx.export(
            portable,
            (_example(),),
            path,
            dynamo=False,  # the newer exporter needs a package more
            opset_version=_ONNX_VERSION,
            input_names=[INPUT],
            output_names=[MASK, PROBABILITIES],
            dynamic_axes={INPUT: sizes, MASK: sizes, PROBABILITIES: {0: "photos", 2: "rows", 3: "columns"}},
        )
        graph = onnx.load(str(path))
    onnx.helper.set_model_props(graph, {CARD_NAME: told_classes(card)})
    content: bytes = graph.SerializeToString()
    return content


def _example() -> Tensor:
    return torch.zeros(1, *_TRACED_PX, 3, dtype=torch.uint8)


def _runner(content: bytes, format_: ExportFormat) -> Runner:
    if format_ == "torchscript":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = torch.jit.load(io.BytesIO(content), map_location="cpu")  # type: ignore[no-untyped-call]

        def run_script(batch: Tensor) -> tuple[Tensor, Tensor]:
            mask, probabilities = loaded(batch)
            return mask, probabilities

        return run_script
    session = _package("onnxruntime").InferenceSession(content, providers=["CPUExecutionProvider"])

    def run_onnx(batch: Tensor) -> tuple[Tensor, Tensor]:
        mask, probabilities = session.run([MASK, PROBABILITIES], {INPUT: batch.numpy()})
        return torch.from_numpy(mask), torch.from_numpy(probabilities)

    return run_onnx


def _package(name: str) -> Any:
    """Return a package of the extra `onnx`; raises SegStudioError that says how to get it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SegStudioError(
            f"exporting to ONNX needs the package {name}", fix="Run pip install 'segstudio[onnx]'"
        ) from error
