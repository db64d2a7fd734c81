"""An index as older Datelines laid it out."""

import json
from operator import attrgetter

import pytest

from index.build.publish import discard
from index.search.dense import Dense
from index.store.archive import Archive
from index.store.database import Database
from index.store.folder import Folder


def without_bases(folder: Folder, patch: pytest.MonkeyPatch) -> None:
    """Lay out generation 1 as before there were bases: Chroma's folder in it, records named by the chunks alone."""
    fingerprint, _ = folder.about(1)
    with patch.context() as patched, Database.open(folder.archive) as database:
        patched.setattr("index.search.dense.record_key", attrgetter("chunk_id"))
        rows = [*Archive(database).rows(1, fingerprint.vectors)]
        Dense.build(folder.generation(1) / "chroma", rows, len(rows))
    discard(folder.base_path(1))
    (folder.lexical(1) / "segments.json").unlink()
    path = folder.generation(1) / "about.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    del written["base"]
    path.write_text(json.dumps({**written, "files": folder.digests(1)}), encoding="utf-8")
