from pathlib import Path

import numpy as np
import pytest
import torch

from segstudio.errors import SegStudioError
from segstudio.inference import predictor as module
from segstudio.inference.predictor import Predictor, class_list
from segstudio.networks.build import build
from segstudio.networks.model_file import save_model
from segstudio.networks.segmenting import segment
from segstudio.runs.model_card import ModelCard
from tests.inference.networks_for_tests import colour_card, colour_predictor

HEAD = "lraspp_mobilenet_v3_large"


def _stripes(rows: int, columns: int) -> np.ndarray:
    photo = np.zeros((rows, columns, 3), dtype=np.uint8)
    photo[np.arange(rows)[:, None], np.arange(columns)[None], np.arange(columns)[None] * 3 // columns] = 255
    return photo


def _card(head: str = HEAD) -> ModelCard:
    return colour_card().model_copy(update={"head": head})


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("model") / "best.pt"
    save_model(path, build(HEAD, 3).state_dict(), _card().model_dump_json())
    return path


@pytest.mark.parametrize("size", [(1, 3), (16, 16), (5, 3000), (33, 47), (1200, 400)], ids=str)
def test_a_mask_holds_the_numbers_of_the_classes(size: tuple[int, int]) -> None:
    photo = _stripes(*size)
    prediction = colour_predictor().segment(photo)
    assert np.array_equal(prediction.mask, 2 * photo.argmax(axis=2))
    assert prediction.confidence.shape == size
    assert prediction.confidence.min() > 250
    assert prediction.probabilities is None


def test_probabilities_are_kept_when_asked_for() -> None:
    kept = colour_predictor().segment(_stripes(4, 6), keep_probabilities=True).probabilities
    assert kept is not None
    assert kept.shape == (3, 4, 6)
    assert kept[0, :, :2].min() > 250
    assert kept[1, :, :2].max() < 5


def test_the_loss_is_that_of_the_pixels_whose_class_the_model_has() -> None:
    photo = _stripes(4, 6)
    right = (2 * photo.argmax(axis=2)).astype(np.uint8)
    ignored = right.copy()
    ignored[0], ignored[1] = 255, 7
    wrong = ignored.copy()
    wrong[2, 0] = (right[2, 0] + 2) % 6
    told = [colour_predictor().segment(photo, truth=truth).loss_sum for truth in (right, ignored, wrong)]
    assert told[:2] == [pytest.approx(0, abs=1e-3)] * 2
    assert told[2] is not None
    assert told[2] > 50
    assert colour_predictor().segment(photo).loss_sum is None


def test_a_photo_is_left_as_it_was_and_may_be_read_only() -> None:
    photo = _stripes(8, 9)
    photo.setflags(write=False)
    before = photo.copy()
    colour_predictor().segment(photo[::-1, 1:])
    assert np.array_equal(photo, before)
    upside_down = before[::-1]  # may be written, but lies in memory backwards
    assert np.array_equal(colour_predictor().segment(upside_down).mask, 2 * upside_down.argmax(axis=2))


def test_a_limit_on_the_side_gives_an_answer_of_full_size() -> None:
    prediction = colour_predictor(max_side_px=60).segment(_stripes(100, 300))
    assert (prediction.mask == 2 * _stripes(100, 300).argmax(axis=2)).mean() > 0.97


def test_a_model_file_becomes_a_predictor(model_file: Path) -> None:
    loaded = Predictor.load(model_file, device="cpu")
    assert loaded.card.head == HEAD
    assert loaded.classes.names == ("red", "green", "blue")
    assert loaded.classes.indices == (0, 2, 4)
    prediction = loaded.segment(_stripes(50, 70))
    assert set(np.unique(prediction.mask)) <= {0, 2, 4}
    again = Predictor.load(model_file, device="cpu").segment(_stripes(50, 70))
    assert np.array_equal(again.confidence, prediction.confidence)


def test_the_auxiliary_classifier_of_the_training_is_not_needed(tmp_path: Path) -> None:
    head = "deeplabv3_mobilenet_v2"
    state = build(head, 3, auxiliary=True).state_dict()
    assert any(key.startswith("aux_classifier.") for key in state)
    save_model(tmp_path / "best.pt", state, _card(head).model_dump_json())
    assert Predictor.load(tmp_path / "best.pt", device="cpu").card.head == head


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "best.pt"
    save_model(path, build(HEAD, 4).state_dict(), _card().model_dump_json())
    with pytest.raises(
        SegStudioError, match=rf"best\.pt: the weights do not fit the head {HEAD} with 3 classes"
    ):
        Predictor.load(path, device="cpu")


@pytest.mark.parametrize("broken", [torch.nan, torch.inf])
def test_weights_that_are_no_numbers_are_refused(tmp_path: Path, broken: float) -> None:
    weights = build(HEAD, 3).state_dict()
    weights["classifier.low_classifier.bias"][1] = broken
    save_model(tmp_path / "best.pt", weights, _card().model_dump_json())
    with pytest.raises(SegStudioError, match=r"best\.pt: the weights are not numbers .*in 1 of \d+ parts"):
        Predictor.load(tmp_path / "best.pt", device="cpu")


def test_weights_that_no_prediction_needs_may_be_anything(tmp_path: Path) -> None:
    weights = {**build(HEAD, 3).state_dict(), "aux_classifier.0.weight": torch.tensor([torch.nan])}
    save_model(tmp_path / "best.pt", weights, _card().model_dump_json())
    Predictor.load(tmp_path / "best.pt", device="cpu")


def test_an_answer_that_is_no_number_is_a_sentence() -> None:
    predictor = colour_predictor(mean=(1e38, 1e38, 1e38), std=(1e-30, 1e-30, 1e-30))
    with pytest.raises(SegStudioError, match="not a number"):
        predictor.segment(_stripes(4, 6))


def test_whoever_watches_can_end_the_work() -> None:
    told: list[tuple[int, int]] = []

    def watch(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        colour_predictor().segment(_stripes(1500, 3000), watch=watch)
    assert told[0][0] == 0
    assert told[-1][0] == 2
    assert len({total for _, total in told}) == 1


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"),
        RuntimeError("GET was unable to find an engine to execute this computation"),
    ],
)
def test_full_memory_of_any_kind_means_smaller_tiles(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def hungry(*given: object, **more: object) -> object:
        if more["tile_px"] != 256:
            raise error
        return segment(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "segment", hungry)
    said: list[str] = []
    predictor = colour_predictor()
    predictor._tell = said.append
    assert predictor.segment(_stripes(4, 6)).mask.max() == 4
    assert said == [f"The memory is full: going on with tiles of {side} pixels." for side in (512, 256)]


def test_another_error_is_not_taken_for_full_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object, **_more: object) -> None:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(module, "segment", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        colour_predictor().segment(_stripes(4, 6))


def test_an_unknown_head_and_a_damaged_card_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "best.pt"
    save_model(path, build(HEAD, 3).state_dict(), _card("lrasp_mobilenet_v3_large").model_dump_json())
    with pytest.raises(SegStudioError, match=rf'best\.pt: unknown head .*did you mean "{HEAD}"'):
        Predictor.load(path, device="cpu")
    save_model(path, build(HEAD, 3).state_dict(), '{"head": 3}')
    with pytest.raises(SegStudioError, match=r"best\.pt.*description is damaged"):
        Predictor.load(path, device="cpu")


def test_a_class_number_given_twice_is_refused() -> None:
    card = colour_card()
    twice = card.model_copy(update={"classes": (card.classes[0], card.classes[0])})
    with pytest.raises(SegStudioError, match=r"classes are damaged .two classes have the same number"):
        class_list(twice)


def test_tiles_that_are_too_small_are_refused(model_file: Path) -> None:
    with pytest.raises(SegStudioError, match="tiles of 64 pixels are too small"):
        Predictor.load(model_file, device="cpu", tile_px=64)


def test_a_full_gpu_gets_smaller_tiles_then_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, int]] = []
    real = segment

    def full(*arguments: object, **choices: object) -> object:
        tried.append((str(choices["device"]), int(str(choices["tile_px"]))))
        if choices["device"] == torch.device("cpu"):
            return real(*arguments, **choices)  # type: ignore[arg-type]
        raise torch.OutOfMemoryError("CUDA out of memory")

    told: list[str] = []
    predictor = Predictor(colour_predictor()._network, colour_card(), tell=told.append)
    predictor.device = torch.device("meta")  # stands for a GPU; nothing is computed there
    monkeypatch.setattr(module, "segment", full)
    photo = _stripes(4, 6)
    assert np.array_equal(predictor.segment(photo).mask, 2 * photo.argmax(axis=2))
    assert tried == [("meta", 1024), ("meta", 512), ("meta", 256), ("cpu", 256)]
    assert [sentence.split(":")[1] for sentence in told] == [
        " going on with tiles of 512 pixels.",
        " going on with tiles of 256 pixels.",
        " going on with the CPU.",
    ]
    assert predictor.device == torch.device("cpu")


def test_what_is_no_photo_is_a_fault() -> None:
    with pytest.raises(ValueError, match="a photo is uint8"):
        colour_predictor().segment(np.zeros((4, 4), np.uint8))


def test_a_network_that_a_full_gpu_has_no_room_for_works_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Predictor._to_device

    def to_device(self: Predictor) -> None:
        if self.device.type != "cpu":
            raise torch.OutOfMemoryError("CUDA out of memory")
        real(self)

    monkeypatch.setattr(Predictor, "_to_device", to_device)
    told: list[str] = []
    predictor = Predictor(
        colour_predictor()._network, colour_card(), device=torch.device("meta"), tell=told.append
    )
    assert told == ["The GPU's memory is full already: going on with the CPU."]
    photo = _stripes(4, 6)
    assert np.array_equal(predictor.segment(photo).mask, 2 * photo.argmax(axis=2))
