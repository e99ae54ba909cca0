"""What a trainer says, in the words of the window."""

from __future__ import annotations

from segstudio.desktop.train.window_words import in_window_words


def test_missing_weights_are_told_without_words_of_the_command_line() -> None:
    said = "the weights cannot be fetched. Use `--set weights=none`, or `segstudio weights import FILE`"
    assert "Check, on the left" in in_window_words(said)
    assert in_window_words("There is no room left.") == "There is no room left."


def test_fields_and_buttons_are_called_as_they_are_in_the_window() -> None:
    said = "out of memory. Train with fewer crops per step (batch_size) and go on with --resume jump-2."
    told = 'out of memory. Train with fewer crops per step ("Batch") and go on with Resume.'
    assert in_window_words(said, "jump-2") == told
    assert in_window_words("Go on with --resume jump-2 --gpus 2.", "jump-2") == "Go on with Resume."
