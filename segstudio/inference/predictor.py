"""Predictor: a model file made ready to segment photos of any size."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from segstudio.errors import SegStudioError, inside
from segstudio.inference.folding import fold_norms
from segstudio.networks.build import build
from segstudio.networks.devices import pick_device
from segstudio.networks.model_file import read_model
from segstudio.networks.segmenting import Segmented, Watch, segment
from segstudio.project.class_matching import class_list_of
from segstudio.project.classes import VOID, ClassList
from segstudio.runs.model_card import ModelCard

TILE_PX = 1024
OVERLAP_PX = 128
SMALLEST_TILE_PX = 256

_AUXILIARY = "aux_classifier."
_FULL_MEMORY = (
    *("DefaultCPUAllocator", "_ALLOC_FAILED", "not enough memory", "out of memory"),
    # CUDA's libraries take their memory when they are first used, or before they choose how to compute.
    *("CUBLAS_STATUS_NOT_INITIALIZED", "CUDNN_STATUS_NOT_INITIALIZED"),
    *("unable to find an engine", "valid cuDNN algorithm"),
)
"""What stands in errors of full memory that PyTorch gives no class of their own."""


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a model says of one photo of H × W.

    `mask`: uint8 (H, W), mask values of the model's classes. `confidence`: uint8 (H, W), the probability p of that
    class as round(255 p). `probabilities`: uint8 (C, H, W), the same for each of the model's classes in its own
    order, if kept. `loss_sum`: the cross-entropy (nats) summed over the pixels whose truth was given, if it was.
    """

    mask: npt.NDArray[np.uint8]
    confidence: npt.NDArray[np.uint8]
    probabilities: npt.NDArray[np.uint8] | None = None
    loss_sum: float | None = None


class Predictor:
    """A network with its model card on a device. One object serves one thread at a time.

    When memory runs out the predictor takes smaller tiles, and in the end the CPU in the place of a GPU; `tell` gets
    a sentence each time. The smaller setting stays for the photos that follow.
    """

    def __init__(
        self,
        network: nn.Module,
        card: ModelCard,
        *,
        device: torch.device | None = None,
        tile_px: int = TILE_PX,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.card = card
        self.classes = class_list(card)
        self.device = device or torch.device("cpu")
        self.tile_px = checked_tile(tile_px)
        self._network = network.eval()
        self._tell = tell or (lambda _: None)
        self._value_of_channel = np.zeros(256, dtype=np.uint8)
        self._value_of_channel[: len(card.classes)] = [entry.index for entry in card.classes]
        self._channel_of_value = np.full(256, VOID, dtype=np.uint8)
        self._channel_of_value[[entry.index for entry in card.classes]] = range(len(card.classes))
        if not self._fits_on_device():
            self._take_cpu("The GPU's memory is full already: going on with the CPU.")

    @classmethod
    def load(
        cls,
        path: Path,
        *,
        device: str = "auto",
        tile_px: int = TILE_PX,
        tell: Callable[[str], None] | None = None,
    ) -> Predictor:
        """Read a model file and put its network on `device` (see `pick_device`).

        Raises SegStudioError when the file is missing, damaged or no model, and when the device is not there.
        """
        checked_tile(tile_px)
        chosen = pick_device(device)
        network, card = load_network(path)
        with inside(str(path)):
            return cls(network, card, device=chosen, tile_px=tile_px, tell=tell)

    def segment(
        self,
        photo: npt.NDArray[np.uint8],
        *,
        keep_probabilities: bool = False,
        truth: npt.NDArray[np.uint8] | None = None,
        watch: Watch | None = None,
    ) -> Prediction:
        """Segment one photo, uint8 (rows, columns, 3) RGB, upright, of any size.

        `truth`, uint8 (rows, columns), mask values of the model's classes, asks for the loss too; where it is none of them
        nothing counts.

        `watch` is told how many tiles of how many are done; an exception from it ends the work and comes out here.
        Raises SegStudioError when there is too little memory, and when the network's answer is no number.
        """
        if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3 or photo.size == 0:
            raise ValueError(f"a photo is uint8 (rows, columns, 3), not {photo.dtype} {photo.shape}")
        # A view: the photo is not held twice, unless it lies in memory as PyTorch does not take it.
        image = torch.from_numpy(np.require(photo, requirements=("C", "W"))).permute(2, 0, 1)
        watch = watch or (lambda _done, _total: None)
        channels = None if truth is None else torch.from_numpy(self._channel_of_value[truth])
        answer = self._try(image, keep_probabilities, channels, watch)
        while answer is None:
            self._make_do_with_less()
            answer = self._try(image, keep_probabilities, channels, watch)
        if not answer.is_finite:
            raise SegStudioError(
                "the model's answer is not a number (NaN)", fix="Train it anew, or use another model"
            )
        kept, labels = answer.probabilities, answer.labels.numpy()
        # Into the labels' own memory; indexing an array with one would take eight bytes a pixel.
        return Prediction(
            mask=np.asarray(cv2.LUT(labels, self._value_of_channel, dst=labels), dtype=np.uint8),
            confidence=answer.confidence.numpy(),
            probabilities=None if kept is None else kept.numpy(),
            loss_sum=answer.loss_sum,
        )

    def _try(
        self, image: Tensor, keep_probabilities: bool, truth: Tensor | None, watch: Watch
    ) -> Segmented | None:
        """Return the answer, or None when memory does not hold what it takes."""
        try:
            return segment(
                self._network,
                image,
                device=self.device,
                mean=self.card.mean,
                std=self.card.std,
                max_side_px=self.card.max_side_px,
                tile_px=self.tile_px,
                overlap_px=min(OVERLAP_PX, self.tile_px // 4),
                keep_probabilities=keep_probabilities,
                truth=truth,
                watch=watch,
            )
        except (RuntimeError, MemoryError) as error:
            if not _is_full_memory(error):
                raise
            return None

    def _make_do_with_less(self) -> None:
        # Here and not in the except block: its traceback would keep the failed tensors alive.
        gc.collect()
        torch.cuda.empty_cache()
        whose = "memory" if self.device.type == "cpu" else "GPU's memory"
        if self.tile_px > SMALLEST_TILE_PX:
            self.tile_px = max(SMALLEST_TILE_PX, self.tile_px // 2)
            self._tell(f"The {whose} is full: going on with tiles of {self.tile_px} pixels.")
        elif self.device.type != "cpu":
            self._take_cpu("The GPU's memory is full even with the smallest tiles: going on with the CPU.")
        else:
            raise SegStudioError(
                "there is not enough memory", fix="Close other programs, or use a smaller head"
            )

    def _fits_on_device(self) -> bool:
        """Put the network on the device; return False when another program has its memory."""
        try:
            self._to_device()
        except RuntimeError as error:
            if self.device.type == "cpu" or not _is_full_memory(error):
                raise
            return False
        return True

    def _take_cpu(self, told: str) -> None:
        self.device = torch.device("cpu")
        self._to_device()
        self._tell(told)

    def _to_device(self) -> None:
        # Pixels as the photo has them, colours innermost, are also what convolutions of one layer after the other like.
        self._network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]


def load_network(path: Path) -> tuple[nn.Module, ModelCard]:
    """Return the network of a model file, on the CPU and for evaluation alone, and what it says of itself.

    Raises SegStudioError when the file is missing, damaged or no model.
    """
    file = read_model(path)
    with inside(str(path)):
        card = ModelCard.from_json(file.card, where="model card")
        network = build(card.head, len(card.classes))
        _load_weights(network, file.weights, card)
        fold_norms(network)
        return network, card


def class_list(card: ModelCard) -> ClassList:
    """Return the classes of a model as a class list, in the order of the network's channels.

    Raises SegStudioError when they cannot be one (a number or a name twice).
    """
    return class_list_of((entry.index, entry.name, entry.colour) for entry in card.classes)


def _is_full_memory(error: Exception) -> bool:
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return any(sign in str(error) for sign in _FULL_MEMORY)


def checked_tile(tile_px: int) -> int:
    """Return `tile_px`; raises SegStudioError when it is below the smallest tile."""
    if tile_px < SMALLEST_TILE_PX:
        raise SegStudioError(
            f"tiles of {tile_px} pixels are too small",
            fix=f"Take {SMALLEST_TILE_PX} or more, {TILE_PX} is usual",
        )
    return tile_px


def _load_weights(network: nn.Module, weights: Mapping[str, Tensor], card: ModelCard) -> None:
    """Load every weight of the network; those of a training's auxiliary classifier are not needed."""
    needed = {key: value for key, value in weights.items() if not key.startswith(_AUXILIARY)}
    broken = [key for key, value in needed.items() if not bool(value.isfinite().all())]
    if broken:
        raise SegStudioError(
            f"the weights are not numbers (NaN or infinite, in {len(broken)} of {len(needed)} parts)",
            fix="The training went astray; take an earlier model, or train anew with a lower learning rate",
        )
    try:
        network.load_state_dict(needed)
    except (RuntimeError, TypeError) as error:
        raise SegStudioError(
            f"the weights do not fit the head {card.head} with {len(card.classes)} classes",
            fix="The file was made by another program version or is damaged; train again, or use another",
        ) from error
