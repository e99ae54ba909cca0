"""Predictor: a model file made ready to segment photos of any size."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from segstudio.errors import SegStudioError, inside
from segstudio.networks.build import build
from segstudio.networks.devices import pick_device
from segstudio.networks.model_file import read_model
from segstudio.networks.segmenting import Segmented, segment
from segstudio.project.classes import ClassList, LabelClass
from segstudio.runs.model_card import ModelCard

TILE_PX = 1024
OVERLAP_PX = 128
SMALLEST_TILE_PX = 256

_AUXILIARY = "aux_classifier."


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a model says of one photo of H × W.

    `mask`: uint8 (H, W), mask values of the model's classes. `confidence`: uint8 (H, W), the probability p of that
    class as round(255 p). `probabilities`: uint8 (C, H, W), the same for each of the model's classes in its own
    order, if kept.
    """

    mask: npt.NDArray[np.uint8]
    confidence: npt.NDArray[np.uint8]
    probabilities: npt.NDArray[np.uint8] | None = None


class Predictor:
    """A network with its model card on a device. One object serves one thread at a time.

    When a GPU runs out of memory the predictor takes smaller tiles, and in the end the CPU; `tell` gets a sentence
    each time. The smaller setting stays for the photos that follow.
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
        self._value_of_channel = np.array([entry.index for entry in card.classes], dtype=np.uint8)
        self._to_device()

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
        file = read_model(path)
        with inside(str(path)):
            card = ModelCard.from_json(file.card, where="model card")
            network = build(card.head, len(card.classes))
            _load_weights(network, file.weights, card)
            return cls(network, card, device=chosen, tile_px=tile_px, tell=tell)

    def segment(self, photo: npt.NDArray[np.uint8], *, keep_probabilities: bool = False) -> Prediction:
        """Segment one photo, uint8 (rows, columns, 3) RGB, upright, of any size."""
        if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3 or photo.size == 0:
            raise ValueError(f"a photo is uint8 (rows, columns, 3), not {photo.dtype} {photo.shape}")
        image = torch.from_numpy(np.array(photo.transpose(2, 0, 1), order="C"))
        answer = self._try(image, keep_probabilities)
        while answer is None:
            self._make_do_with_less()
            answer = self._try(image, keep_probabilities)
        kept = answer.probabilities
        return Prediction(
            mask=self._value_of_channel[answer.labels.numpy()],
            confidence=answer.confidence.numpy(),
            probabilities=None if kept is None else kept.numpy(),
        )

    def _try(self, image: Tensor, keep_probabilities: bool) -> Segmented | None:
        """Return the answer, or None when the GPU's memory does not hold what it takes."""
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
            )
        except torch.OutOfMemoryError:
            return None

    def _make_do_with_less(self) -> None:
        # Here and not in the except block: its traceback would keep the failed tensors alive.
        gc.collect()
        torch.cuda.empty_cache()
        if self.tile_px > SMALLEST_TILE_PX:
            self.tile_px = max(SMALLEST_TILE_PX, self.tile_px // 2)
            self._tell(f"The GPU's memory is full: going on with tiles of {self.tile_px} pixels.")
        elif self.device.type != "cpu":
            self.device = torch.device("cpu")
            self._to_device()
            self._tell("The GPU's memory is full even with the smallest tiles: going on with the CPU.")
        else:
            raise SegStudioError(
                "there is not enough memory", fix="Close other programs, or use a smaller head"
            )

    def _to_device(self) -> None:
        self._network.to(self.device)


def class_list(card: ModelCard) -> ClassList:
    """Return the classes of a model as a class list, in the order of the network's channels.

    Raises SegStudioError when they cannot be one (a number or a name twice).
    """
    try:
        entries = tuple(LabelClass(index=c.index, name=c.name, colour=c.colour) for c in card.classes)
        return ClassList(classes=entries)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise SegStudioError(f"the model's classes are damaged ({reason})") from error


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
    try:
        network.load_state_dict(needed)
    except (RuntimeError, TypeError) as error:
        raise SegStudioError(
            f"the weights do not fit the head {card.head} with {len(card.classes)} classes",
            fix="The file was made by another program version or is damaged; train again, or use another",
        ) from error
