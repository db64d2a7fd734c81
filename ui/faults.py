"""Errors as users see them: a bad request is explained; for any other error they get an id, and the log the details."""

import logging
import secrets

from index import BadRequestError, DatelineError

_log = logging.getLogger(__name__)


class ServerError(DatelineError):
    """Raised for a failure that the user cannot mend. `id` finds the details in the log."""

    def __init__(self, id_: str) -> None:
        super().__init__(f"Something went wrong here. If it goes on, tell whoever runs this page: error {id_}.")
        self.id = id_


def presentable(error: Exception) -> DatelineError:
    """Return the error to show in place of one that happened, and log the details of all but bad requests."""
    if isinstance(error, BadRequestError | ServerError):
        return error
    # Drawn anew: details stay in the log, where only this number finds them.
    id_ = secrets.token_hex(4)
    _log.error("error %s", id_, exc_info=error, extra={"error": id_})
    return ServerError(id_)
