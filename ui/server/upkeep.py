"""Housekeeping while the server runs: drop Gradio's dead sessions, delete expired conversations.

Gradio keeps the state of a session (0.09 MB plus the page's own) until there are very many of them, creates one for
every call of the API, and never removes a session from its list of events.
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from index import DatelineError

if TYPE_CHECKING:
    import gradio as gr

CAPACITY = 500
"""The most sessions in memory. An open tab sends an event every 15 s, so that closed ones are dropped first."""

_CALL = re.compile(r"[0-9a-f]{32}")  # an API call without a session: Gradio uses the event's id as the session's
_CALL_SECONDS = 600  # chosen, not measured: a program fetches its answer at once, or never
_TAB_SECONDS = 12 * 3600  # a computer may sleep for a night
_EVERY, _SELDOM = 1.0, 3600.0  # seconds between looks at sessions, and at what is kept for days
_log = logging.getLogger(__name__)


class Upkeep:
    """Drops dead sessions every second; calls `expire` at once and then every hour."""

    def __init__(
        self, blocks: "gr.Blocks", expire: Callable[[], None], clock: Callable[[], datetime] = datetime.now
    ) -> None:
        self._blocks, self._expire, self._clock = blocks, expire, clock

    async def run(self) -> None:
        """Run until cancelled."""
        due = 0.0
        while True:
            try:
                self.forget()
            except Exception:  # noqa: BLE001  (Gradio's insides may change; the page works without)
                _log.exception("Sessions that are over could not be forgotten")
                return
            if time.monotonic() >= due:
                due = time.monotonic() + _SELDOM
                await asyncio.to_thread(self._expired)
            await asyncio.sleep(_EVERY)

    def forget(self) -> None:
        """Drop dead sessions. Runs in the event loop, where Gradio changes them too, so that no lock is needed."""
        holder, queue = self._blocks.state_holder, self._blocks._queue
        busy = {event.session_hash for event in queue.event_ids_to_events.values()}
        now = self._clock()
        for session in holder.session_data.keys() | queue.pending_event_ids_session.keys():
            used = holder.time_last_used.get(session)
            idle = (now - used).total_seconds() if used else float("inf")
            if session not in busy and idle > self._allowed(session):
                holder.session_data.pop(session, None)
                holder.time_last_used.pop(session, None)
                queue.pending_event_ids_session.pop(session, None)
                queue.pending_messages_per_session.pop(session, None)
        app: Any = self._blocks.app
        app.iterators_to_reset.intersection_update(queue.event_ids_to_events)

    def _allowed(self, session: str) -> float:
        """Return how many seconds a session may be idle: none for a call whose answer has been fetched."""
        if not _CALL.fullmatch(session):
            return _TAB_SECONDS
        return _CALL_SECONDS if self._blocks._queue.pending_event_ids_session.get(session) else 0.0

    def _expired(self) -> None:
        try:
            self._expire()
        except DatelineError:
            _log.exception("What was kept long enough could not be deleted")
