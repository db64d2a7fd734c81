"""Made chunks as the engines index them, and scopes with what they leave."""

from datetime import date

import numpy as np
import pytest

from index import Scope
from index.store.archive import Row

RNG = np.random.default_rng(7)
VECTORS = RNG.standard_normal((500, 16)).astype("<f4")
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
ROWS = [
    Row(
        chunk_id=f"{i:032x}",
        article=f"{i // 2:08x}" * 4,
        text=f"Passage number {i} tells of {'bridges' if i % 2 else 'ferries'} and Müller's harbour.",
        title="Bridge closes" if i == 42 else "News",
        day=None if i % 10 == 0 else 20260101 + i % 28,
        source="Courier" if i % 3 else "Post",
        category="local",
        vector=VECTORS[i].tobytes(),
    )
    for i in range(500)
]
SCOPES = [
    pytest.param(Scope(), lambda _: True, id="all"),
    pytest.param(Scope(since=date(2026, 1, 10)), lambda r: r.day is not None and r.day >= 20260110, id="since"),
    pytest.param(Scope(until=date(2026, 1, 10)), lambda r: r.day is not None and r.day <= 20260110, id="until"),
    pytest.param(Scope(sources=("Post",)), lambda r: r.source == "Post", id="source"),
    pytest.param(Scope(sources=("Post", "Courier")), lambda _: True, id="sources"),
    pytest.param(Scope(categories=("sport",)), lambda _: False, id="none"),
    pytest.param(
        Scope(since=date(2026, 1, 5), until=date(2026, 1, 5), sources=("Courier",), categories=("local",)),
        lambda r: r.day == 20260105 and r.source == "Courier",
        id="all filters",
    ),
]
