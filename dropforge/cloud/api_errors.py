"""What calls are refused with."""


class ApiError(Exception):
    """An error that the API answers.

    Parameters
    ----------
    code : as in the error response, for example ValidationException.
    status : of the HTTP response.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def invalid(message: str) -> ApiError:
    """Return the error of a request that breaks a rule."""
    return ApiError("ValidationException", message)


def not_found(message: str) -> ApiError:
    """Return the error of a job that does not exist."""
    return ApiError("ResourceNotFound", message)


def unsupported(what: str) -> str:
    """Return the sentence that refuses what AWS has and the local cloud has not."""
    return f"{what} is not supported by the local cloud; see docs/local-cloud.md"
