"""Read what is below a path, as a reindex does."""

from pathlib import Path

from index.read import Item, Raw, Skip, read


def load(path: Path) -> tuple[list[Raw], dict[str, str]]:
    """Return the articles below a path, and the reason for each refused place."""
    articles, refused = [], {}
    for found in read([path]):
        try:
            if isinstance(found, Item):
                articles.append(found.read())
            else:
                refused[found.path] = found.reason
        except Skip as error:
            refused[found.place] = str(error)
    return articles, refused


def one(path: Path) -> Raw:
    articles, refused = load(path)
    assert not refused
    return articles[0]
