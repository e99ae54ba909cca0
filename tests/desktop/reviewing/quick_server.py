"""Stands in for `segstudio serve` without a network: bright pixels are class 3, the others 0, surer to the right.

python quick_server.py CARD.json
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.inference.video import Video
from segstudio.project.images import encode_png, read_photo
from segstudio.runs.model_card import ModelCard
from segstudio.runs.predictions import (
    Done,
    Event,
    Failed,
    FrameDone,
    Quit,
    Ready,
    SegmentPhoto,
    SegmentVideo,
    VideoDone,
    decode_request,
    encode_line,
    prediction_places,
)

BRIGHT = 165


def main() -> None:
    card = ModelCard.from_json(Path(sys.argv[1]).read_text(encoding="utf-8"), where=sys.argv[1])
    tell(Ready(model="quick", card=card, device="cpu", seconds=0.0))
    for line in sys.stdin.buffer:
        request = decode_request(line)
        if isinstance(request, Quit):
            return
        if isinstance(request, SegmentPhoto):
            tell(answer(request))
        if isinstance(request, SegmentVideo):
            film(request)


def film(request: SegmentVideo) -> None:
    out = Path(request.out)
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    with Video(Path(request.video)) as video:
        for frame in video.frames(every=request.every, scale=request.scale):
            place = out / f"{frame.number}.png"
            place.write_bytes(encode_png(frame.pixels))
            done = answer(SegmentPhoto(id="", photo=str(place), out=request.out))
            assert isinstance(done, Done)
            told = {"photo": str(place), "mask": done.mask, "confidence": done.confidence}
            facts = {"frame": frame.number, "time_s": frame.time_s, "size": done.size, "seconds": 0.0}
            tell(FrameDone.model_validate({"id": request.id, **told, **facts}))
            count += 1
    tell(VideoDone(id=request.id, frames=count, seconds=0.0))


def answer(request: SegmentPhoto) -> Event:
    try:
        photo = read_photo(Path(request.photo))
    except SegStudioError as error:
        return Failed(id=request.id, problem=str(error))
    rows, columns = photo.shape[:2]
    mask = np.where(photo.mean(axis=2) >= BRIGHT, 3, 0).astype(np.uint8)
    confidence = np.tile(np.linspace(128, 255, columns).astype(np.uint8), (rows, 1))
    out = Path(request.out)
    out.mkdir(parents=True, exist_ok=True)
    places = prediction_places(out, Path(request.photo))
    np.save(places[0], mask)
    np.save(places[1], confidence)
    return Done(
        id=request.id,
        photo=request.photo,
        mask=str(places[0]),
        confidence=str(places[1]),
        size=(rows, columns),
        seconds=0.01,
    )


def tell(event: Event) -> None:
    sys.stdout.buffer.write(encode_line(event))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
