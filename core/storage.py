"""The local file store: a file is there whole, also after a power cut, or not at all."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class DurableFileSystemStorage(FileSystemStorage):
    """Writes beside the final name, to the disk, and renames; files are never changed again."""

    def _save(self, name: str, content: "File[Any]") -> str:
        path = self.path(name)
        folder = os.path.dirname(path)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        unfinished = f"{path}.{os.getpid()}.part"
        with open(unfinished, "wb", opener=_private) as file:
            for chunk in _chunks(content):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.rename(unfinished, path)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return name


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _chunks(content: "File[Any]") -> Iterable[bytes]:
    for chunk in content.chunks():
        yield chunk.encode() if isinstance(chunk, str) else chunk
