"""Small videos for tests."""

from pathlib import Path

import cv2
import numpy as np


def write_video(path: Path, *, frames: int, size: tuple[int, int] = (48, 64)) -> Path:
    """Write a video of 10 frames a second whose red channel is 20 × the frame's number, the others 0."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 10.0, size[::-1])
    assert writer.isOpened()
    for number in range(frames):
        frame = np.zeros((*size, 3), dtype=np.uint8)
        frame[..., 2] = 20 * number % 256
        writer.write(frame)
    writer.release()
    return path
