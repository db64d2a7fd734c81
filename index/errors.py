"""The errors a caller can act on. Each message names its cure; `exit_code` is what the command returns."""


class DatelineError(Exception):
    """Root of every error that Dateline raises on purpose."""

    exit_code = 1


class IndexNotFoundError(DatelineError):
    """Raised when no index exists at the path."""


class IndexMismatchError(DatelineError):
    """Raised when the index was built by another model, cleaner, chunker or schema than this code uses."""


class IndexDamagedError(DatelineError):
    """Raised when a file of the index is missing, unreadable, or not as it was written."""


class IndexClosedError(DatelineError):
    """Raised when an index is used after it was closed."""


class ForkedProcessError(DatelineError):
    """Raised when an index or model is used in a forked child of the process that opened it."""


class IndexLockedError(DatelineError):
    """Raised when another process is writing the index."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h: try again later


class IndexUnavailableError(DatelineError):
    """Raised when the index's server does not answer, or answers something unusable."""

    exit_code = 69  # EX_UNAVAILABLE of sysexits.h


class PublishedDamagedError(IndexUnavailableError):
    """Raised when the server's copy of the index is incomplete or damaged."""


class PublishRefusedError(DatelineError):
    """Raised when the server already serves another folder's index under this name."""


class ModelNotFoundError(DatelineError):
    """Raised when the embedding model is not installed, or lacks files."""


class RemovalRefusedError(DatelineError):
    """Raised when a run would remove more articles than is allowed without confirmation."""


class BadRequestError(DatelineError, ValueError):
    """Raised when an argument is invalid; the message says what is valid."""

    exit_code = 2  # what argparse exits with for a wrong argument
