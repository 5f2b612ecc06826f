"""Several frames vote on what was read, so that one lucky misreading counts for nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable


class FrameVote:
    """Counts in how many of the last frames a text was read.

    A text is reported once: when enough frames agree. It can be reported again only after it
    has been out of sight for a while. Times are seconds of one monotonic clock, handed in.
    """

    def __init__(self, needed: int, of_frames: int, forget_s: float) -> None:
        """Set the rule.

        Args:
            needed: a text counts once it was read in so many frames ...
            of_frames: ... of so many, the newest.
            forget_s: a reported text is reported again after so many seconds out of sight.

        Raises:
            ValueError: `needed` is not within 1 to `of_frames`, or `forget_s` is negative.
        """
        if not 1 <= needed <= of_frames or forget_s < 0:
            raise ValueError("a vote needs 1 <= needed <= of_frames, and forget_s >= 0.")
        self._needed = needed
        self._frames: deque[frozenset[str]] = deque(maxlen=of_frames)
        self._forget_s = forget_s
        self._last_seen: dict[str, float] = {}

    def add(self, texts: Iterable[str], now: float) -> tuple[str, ...]:
        """Count one frame.

        Args:
            texts: all that was read in it; empty when nothing was.
            now: when, seconds.

        Returns:
            The texts that count from this frame on and were not reported before.
        """
        seen = dict.fromkeys(texts)
        self._frames.append(frozenset(seen))
        self._last_seen = {
            text: at for text, at in self._last_seen.items() if now - at < self._forget_s
        }
        reported = tuple(
            text for text in seen if text not in self._last_seen and self._enough(text)
        )
        for text in seen:
            if text in reported or text in self._last_seen:
                self._last_seen[text] = now
        return reported

    def clear(self) -> None:
        """Forget all frames and texts, as between two visits."""
        self._frames.clear()
        self._last_seen.clear()

    def _enough(self, text: str) -> bool:
        return sum(text in frame for frame in self._frames) >= self._needed
