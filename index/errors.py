"""The errors a caller can act on. Each message names its cure; `exit_code` is what the command returns."""


class DatelineError(Exception):
    """Root of every error that Dateline raises on purpose."""

    exit_code = 1


class IndexNotFoundError(DatelineError):
    """Say that no index has been built at the path yet."""


class IndexMismatchError(DatelineError):
    """Say that the index was built by another model, cleaner, chunker or schema than the code's."""


class IndexDamagedError(DatelineError):
    """Say that a file of the index is missing or unreadable."""


class IndexClosedError(DatelineError):
    """Say that an index is used after it was closed."""


class ForkedProcessError(DatelineError):
    """Say that something is used in a forked child of the process that opened it."""


class IndexLockedError(DatelineError):
    """Say that another process is writing the index."""

    exit_code = 75


class IndexUnavailableError(DatelineError):
    """Say that the server of an index does not answer, or not as it should."""

    exit_code = 69


class PublishedDamagedError(IndexUnavailableError):
    """Say that a server has an index, but not whole."""


class PublishRefusedError(DatelineError):
    """Raised when a server already has the index of another folder under the name."""


class ModelNotFoundError(DatelineError):
    """Say that the embedding model's files are not where they should be."""


class RemovalRefusedError(DatelineError):
    """Say that a run would remove more articles than is allowed without confirmation."""


class BadRequestError(DatelineError, ValueError):
    """Say which argument of a call cannot be used, and what would do."""

    exit_code = 2
