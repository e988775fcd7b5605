"""The cloud's own descriptions of services, beside botocore's."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import _JSON_OPEN_METHODS, JSONFileLoader, Loader

from dropforge.cloud import service_models

SERVICES = ("s3", "sagemaker")


class Anew(JSONFileLoader):
    """botocore's own, but that it reads each file anew: what it keeps, clients have changed."""

    def load_file(self, file_path: str) -> Any:
        found = (self._load_file(file_path + end, read) for end, read in _JSON_OPEN_METHODS.items())
        return next((each for each in found if each is not None), None)


def without_prose(part: Any) -> Any:
    if isinstance(part, dict):
        return {
            name: "" if name == "documentation" and isinstance(each, str) else without_prose(each)
            for name, each in part.items()
        }
    return [without_prose(each) for each in part] if isinstance(part, list) else part


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("kind", ["service-2", "paginators-1", "waiters-2"])
def test_descriptions_are_botocores_but_for_the_prose(service: str, kind: str) -> None:
    own = service_models.session().get_component("data_loader")
    found = own.load_service_model(service, kind)
    theirs = Loader(file_loader=Anew()).load_service_model(service, kind)
    assert (theirs == without_prose(theirs)) is (kind != "service-2")
    # As text, which has an order; a whole difference would take a minute to show.
    same = json.dumps(found) == json.dumps(without_prose(theirs))
    assert same


@pytest.mark.parametrize(("suffix", "packed"), [(".json", bytes), (".json.gz", gzip.compress)])
def test_a_member_of_the_name_of_the_prose_stays(tmp_path: Path, suffix: str, packed: Any) -> None:
    given = {"members": {"documentation": {"shape": "Text"}}, "documentation": "<p>Prose</p>"}
    (tmp_path / f"a{suffix}").write_bytes(packed(json.dumps(given).encode()))
    loader = service_models.session().get_component("data_loader").file_loader
    assert loader.exists(str(tmp_path / "a"))
    assert loader.load_file(str(tmp_path / "a")) == {
        "members": {"documentation": {"shape": "Text"}},
        "documentation": "",
    }


def test_what_is_no_file_is_told_as_botocore_expects(tmp_path: Path) -> None:
    loader = service_models.session().get_component("data_loader").file_loader
    assert loader.load_file(str(tmp_path / "none")) is None


def test_a_profile_of_the_users_that_does_not_exist_is_not_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "gone")
    service_models.session.cache_clear()
    assert service_models.session().get_service_model("s3").service_name == "s3"


def test_clients_are_made_of_them() -> None:
    made = service_models.session().create_client(
        "s3", region_name="us-east-1", aws_access_key_id="AKIA", aws_secret_access_key="secret"
    )
    url = made.generate_presigned_url("get_object", {"Bucket": "a", "Key": "b"})
    # Where S3 is comes from its rules of endpoints.
    assert url.startswith("https://s3.amazonaws.com/a/b?")
