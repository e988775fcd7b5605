"""Whether a model's data is there, which CreateModel looks for with the model's role."""

from http import HTTPStatus

from botocore.exceptions import ClientError

from dropforge.cloud.api_errors import invalid
from dropforge.cloud.iam import identity
from dropforge.cloud.sagemaker.jobs import transfer


def look_for(url: str, role: str) -> None:
    """Refuse model data that is not there, or that the role may not read.

    Raises
    ------
    ApiError
        In AWS's words, as people quote them.
    """
    place = transfer.Location.of(url)
    try:
        transfer.client(role, "SageMaker").head_object(Bucket=place.bucket, Key=place.key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND:
            raise invalid(f"Could not find model data at {url}.") from error
        raise invalid(
            f'Could not access model data at {url}. Please ensure that the role "{role}" exists '
            'and that its trust relationship policy allows the action "sts:AssumeRole" for the '
            f'service principal "{identity.SERVICE}". Also ensure that the role has '
            '"s3:GetObject" permissions and that the object is located in the region.'
        ) from error
