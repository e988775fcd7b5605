"""Which Docker images there are: those of SageMaker's own XGBoost, in the registry of their region.

Accounts and releases are those of sagemaker-core, image_uri_config/xgboost.json (a test compares).
Whatever the release, the local cloud runs 3.2. How AWS words its refusals is quoted in
aws-samples/mlops-amazon-sagemaker#9, kubeflow/pipelines#3728, aws/amazon-sagemaker-examples#1476.
"""

import re

from ministack.core.responses import get_region

from dropforge.cloud.api_errors import invalid

_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.(?P<suffix>[a-z.]+)/"
    r"(?P<repository>[a-z0-9._/-]+)(?::(?P<tag>[\w.-]+))?"
)
_RELEASES = ["1.2-1", "1.2-2", "1.3-1", "1.5-1", "1.7-1", "3.0-5", "3.2-0"]
_OF_PYTHON_3 = ["0.90-1", "0.90-2", "1.0-1"]
TAGS = {
    "sagemaker-xgboost": {*_RELEASES, *(f"{release}-cpu-py3" for release in _OF_PYTHON_3)},
    # Release 0.72, which AWS's sample of a state machine names.
    "xgboost": {"1", "latest"},
}
# fmt: off
_OLD_ACCOUNTS = {
    "af-south-1": "455444449433", "ap-east-1": "286214385809", "ap-northeast-1": "501404015308",
    "ap-northeast-2": "306986355934", "ap-northeast-3": "867004704886",
    "ap-south-1": "991648021394", "ap-south-2": "628508329040", "ap-southeast-1": "475088953585",
    "ap-southeast-2": "544295431143", "ap-southeast-3": "951798379941",
    "ap-southeast-4": "106583098589", "ca-central-1": "469771592824",
    "cn-north-1": "390948362332", "cn-northwest-1": "387376663083",
    "eu-central-1": "813361260812", "eu-central-2": "680994064768", "eu-north-1": "669576153137",
    "eu-south-1": "257386234256", "eu-south-2": "104374241257", "eu-west-1": "685385470294",
    "eu-west-2": "644912444149", "eu-west-3": "749696950732", "me-central-1": "272398656194",
    "me-south-1": "249704162688", "sa-east-1": "855470959533", "us-east-1": "811284229777",
    "us-east-2": "825641698319", "us-gov-east-1": "237065988967",
    "us-gov-west-1": "226302683700", "us-iso-east-1": "490574956308",
    "us-isob-east-1": "765400339828", "us-west-1": "632365934929", "us-west-2": "433757028032",
}
_ACCOUNTS = {
    "af-south-1": "510948584623", "ap-east-1": "651117190479", "ap-northeast-1": "354813040037",
    "ap-northeast-2": "366743142698", "ap-northeast-3": "867004704886",
    "ap-south-1": "720646828776", "ap-south-2": "628508329040", "ap-southeast-1": "121021644041",
    "ap-southeast-2": "783357654285", "ap-southeast-3": "951798379941",
    "ap-southeast-4": "106583098589", "ca-central-1": "341280168497",
    "ca-west-1": "190319476487", "cn-north-1": "450853457545", "cn-northwest-1": "451049120500",
    "eu-central-1": "492215442770", "eu-central-2": "680994064768", "eu-north-1": "662702820516",
    "eu-south-1": "978288397137", "eu-south-2": "104374241257", "eu-west-1": "141502667606",
    "eu-west-2": "764974769150", "eu-west-3": "659782779980", "il-central-1": "898809789911",
    "me-central-1": "272398656194", "me-south-1": "801668240914", "sa-east-1": "737474898029",
    "us-east-1": "683313688378", "us-east-2": "257758044811", "us-gov-east-1": "237065988967",
    "us-gov-west-1": "414596584902", "us-iso-east-1": "833128469047",
    "us-isob-east-1": "281123927165", "us-isof-east-1": "108575199400",
    "us-isof-south-1": "124985052026", "us-west-1": "746614075791", "us-west-2": "246618743249",
}
# fmt: on
ACCOUNTS = {"sagemaker-xgboost": _ACCOUNTS, "xgboost": _OLD_ACCOUNTS}


def check_for_training(image: str) -> None:
    """Refuse an image that CreateTrainingJob would not find.

    Raises
    ------
    ApiError
    """
    found = _IMAGE.fullmatch(image)
    if found is None:
        raise invalid(
            f"Invalid training image {image!r}. Please provide a valid Amazon Elastic Container "
            "Registry path of the Docker image to run."
        )
    own = get_region()
    # AWS's sample names an image of us-west-2, and is to run here.
    if found["region"] != own and found["repository"] != "xgboost":
        raise invalid(
            f"Invalid DNS suffix '{found['suffix']}' for region '{found['region']}' in training "
            f"image. Please provide the valid <region>.<dns-suffix>: '{own}.{found['suffix']}'"
        )
    if not _is_there(found):
        raise invalid(_not_found("Cannot find the requested image", image))


def check_for_model(image: str) -> None:
    """Refuse an image that CreateModel would not find.

    Raises
    ------
    ApiError
    """
    found = _IMAGE.fullmatch(image)
    if found is None or found["tag"] is None:
        raise invalid(f'ECR image "{image}" is invalid.')
    if not _is_there(found):
        raise invalid(_not_found("Requested image not found", image))


def _is_there(found: re.Match[str]) -> bool:
    repository = found["repository"]
    account = ACCOUNTS.get(repository, {}).get(found["region"])
    return account == found["account"] and found["tag"] in TAGS[repository]


def _not_found(words: str, image: str) -> str:
    return (
        f"{words}: {image}. The local cloud has SageMaker's own XGBoost images alone, in their "
        "regions' registries"
    )
