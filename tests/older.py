"""An index as older Datelines laid it out."""

import json
import shutil

from index.build.publish import discard
from index.store.folder import Folder


def without_bases(folder: Folder, number: int = 1) -> None:
    """Give a generation a Chroma folder of its own, as each had before there were bases, and one tantivy index."""
    shutil.move(folder.chroma(number), folder.generation(number) / "chroma")
    discard(folder.base_path(number))
    (folder.lexical(number) / "segments.json").unlink()
    path = folder.generation(number) / "about.json"
    about = json.loads(path.read_text(encoding="utf-8"))
    del about["base"]
    path.write_text(json.dumps({**about, "files": folder.digests(number)}), encoding="utf-8")
