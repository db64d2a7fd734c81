"""The tests, in rooms of what they try. What they share says what it saw when it fails, as a test does."""

import pytest

pytest.register_assert_rewrite(
    *(f"tests.{name}" for name in ("browser", "campaign", "citations", "hostile", "reading", "scripted", "served"))
)
