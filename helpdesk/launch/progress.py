"""What a person sees while it goes on."""

from typing import TextIO

STEP = 10


class Progress:
    """Lines on `stream`; the packages pip deals with on one line when that is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._packages = 0

    def say(self, line: str) -> None:
        self._stream.write(f"{self._cleared()}{line}\n")
        self._stream.flush()

    def package(self, line: str) -> None:
        """`line` is one of pip's; those that tell of a package become visible."""
        if line.startswith("Collecting "):
            self._packages += 1
            name = line.split()[1]
            if self._stream.isatty():
                self._stream.write(f"{self._cleared()}  {self._packages} {name}")
                self._stream.flush()
            elif self._packages % STEP == 0:
                self.say(f"  {self._packages} packages found")
        elif line.startswith("Installing collected packages:"):
            self.say(f"  unpacking {line.count(',') + 1} packages ...")

    def _cleared(self) -> str:
        return "\r\x1b[K" if self._stream.isatty() else ""
