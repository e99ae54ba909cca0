"""Stands in for `segstudio serve` without a network: bright pixels are class 3, the others 0, surer to the right.

python quick_server.py MODEL CARD.json [SECONDS]

The card is the model file's own, or that in CARD.json where there is one. Each photo takes SECONDS.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.files import write_text
from segstudio.inference.inbox import Inbox
from segstudio.inference.video import Video
from segstudio.project.images import encode_jpeg, read_photo
from segstudio.runs.model_card import ModelCard
from segstudio.runs.model_glance import glance
from segstudio.runs.predictions import (
    Done,
    Event,
    Failed,
    FrameDone,
    Ready,
    SegmentPhoto,
    SegmentVideo,
    Stopped,
    VideoDone,
    encode_line,
    kept_prediction,
    prediction_places,
    stamp_of,
)

BRIGHT = 165
SPEAKING = threading.Lock()


def main() -> None:
    model, given = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        text = given.read_text(encoding="utf-8") if given.exists() else glance(model).model_dump_json()
        card = ModelCard.from_json(text, where=str(model))
    except SegStudioError as error:
        tell(Failed(problem=str(error)))
        return
    tell(Ready(model="quick", card=card, device="cpu", seconds=0.0))
    inbox = Inbox(tell)
    threading.Thread(target=inbox.listen, args=(sys.stdin.buffer,), daemon=True).start()
    while (request := inbox.next()) is not None:
        if isinstance(request, SegmentVideo):
            film(request, model, inbox)
        else:
            tell(kept(request, model) or answer(request, model))


def film(request: SegmentVideo, model: Path, inbox: Inbox) -> None:
    frames = Path(request.frames)
    frames.mkdir(parents=True, exist_ok=True)
    count = 0
    with Video(Path(request.video)) as video:
        for frame in video.frames(every=request.every, scale=request.scale, start=request.start):
            if inbox.is_given_up:
                tell(Stopped(id=request.id))
                return
            place = frames / f"frame-{frame.number:06d}.jpg"
            if not place.exists():
                place.write_bytes(encode_jpeg(frame.pixels))
            asked = SegmentPhoto(id="", photo=str(place), out=request.out)
            done = kept(asked, model) or answer(asked, model)
            assert isinstance(done, Done)
            told = {"photo": str(place), "mask": done.mask, "confidence": done.confidence}
            facts = {"frame": frame.number, "time_s": frame.time_s, "size": done.size}
            tell(FrameDone.model_validate({"id": request.id, "seconds": done.seconds, **told, **facts}))
            count += 1
    tell(VideoDone(id=request.id, frames=count, seconds=0.0))


def kept(request: SegmentPhoto, model: Path) -> Done | None:
    found = kept_prediction(Path(request.out), Path(request.photo), model)
    told = {"id": request.id, "photo": request.photo, "seconds": 0.0}
    return found.model_copy(update=told) if found is not None else None


def answer(request: SegmentPhoto, model: Path) -> Event:
    time.sleep(float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
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
    done = Done(
        id=request.id,
        photo=request.photo,
        mask=str(places[0]),
        confidence=str(places[1]),
        size=(rows, columns),
        seconds=0.01,
        model=str(model),
        photo_stamp=stamp_of(Path(request.photo)),
        model_stamp=stamp_of(model),
    )
    write_text(places[2], done.model_dump_json())
    return done


def tell(event: Event) -> None:
    with SPEAKING:
        sys.stdout.buffer.write(encode_line(event))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
