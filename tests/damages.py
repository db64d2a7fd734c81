"""Damage of every kind to the files of an index."""

import shutil
from collections.abc import Callable
from pathlib import Path

from index.store.folder import Folder

Damage = Callable[[Folder], None]


def served(folder: Folder) -> Path:
    return folder.generation(folder.require_served())


def chroma(folder: Folder) -> Path:
    return folder.chroma(folder.require_served())


def segment(folder: Folder) -> Path:
    return next(path for path in chroma(folder).iterdir() if path.is_dir())


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(byte ^ 0xFF for byte in data[middle : middle + 64])
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def largest(folder: Path) -> Path:
    return max((p for p in folder.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)


DAMAGES = {
    "chroma database truncated": lambda f: truncate(chroma(f) / "chroma.sqlite3"),
    "chroma database zeroed": lambda f: zero(chroma(f) / "chroma.sqlite3"),
    "chroma vectors truncated": lambda f: truncate(segment(f) / "data_level0.bin"),
    "chroma vectors zeroed": lambda f: zero(segment(f) / "data_level0.bin"),
    "chroma header flipped": lambda f: flip(segment(f) / "header.bin"),
    "chroma segment deleted": lambda f: shutil.rmtree(segment(f)),
    "chroma folder deleted": lambda f: shutil.rmtree(chroma(f)),
    "tantivy largest file truncated": lambda f: truncate(largest(served(f) / "tantivy")),
    "tantivy meta flipped": lambda f: flip(served(f) / "tantivy" / "meta.json"),
    "tantivy folder deleted": lambda f: shutil.rmtree(served(f) / "tantivy"),
    "base.json torn": lambda f: truncate(chroma(f).parent / "base.json"),
    "base deleted": lambda f: shutil.rmtree(chroma(f).parent),
    "segments.json torn": lambda f: truncate(served(f) / "tantivy" / "segments.json"),
    "about.json torn": lambda f: truncate(served(f) / "about.json"),
    "generation deleted": lambda f: shutil.rmtree(served(f)),
    "pointer torn": lambda f: f.current.write_text("00"),
    "pointer gone": lambda f: f.current.unlink(),
    "encoder torn": lambda f: truncate(next(f.path.glob("encoder/*.onnx"))),
    "encoder bit flipped": lambda f: flip(next(f.path.glob("encoder/*.onnx"))),
    "encoder's digest flipped": lambda f: flip(next(f.path.glob("encoder/*.sha256"))),
    "encoder missing": lambda f: next(f.path.glob("encoder/*.onnx")).unlink(),
}
