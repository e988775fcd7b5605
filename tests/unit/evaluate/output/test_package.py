"""The model package is one that SageMaker takes."""

import re
import unicodedata
from collections.abc import Callable

from botocore.session import Session
from botocore.validate import ParamValidator

from tests.unit.evaluate.made_run import MadeRun, evaluated

Runs = Callable[[str], MadeRun]


def test_package_fits_what_sagemaker_allows(run_of: Runs) -> None:
    run = run_of("binary")
    name = "very long n\u00e4me \U0001f600 \U00010400 & mo\u0308re "
    run.change("request.json", key=f"inbox/churn/{name * 20}.csv")
    run.change("encoder.json", target=run.json("encoder.json")["target"] | {"name": "a<b>\n\u200d"})
    package = evaluated(run)["package"]
    model = Session().get_service_model("sagemaker").operation_model("CreateModelPackage")
    request = {
        "ModelPackageGroupName": package["group"],
        "ModelPackageDescription": package["description"],
        "CustomerMetadataProperties": package["metadata"],
    }
    report = ParamValidator().validate(request, model.input_shape)
    assert not report.has_errors(), report.generate_report()
    assert len(package["metadata"]) <= 50
    for name, value in package["metadata"].items():
        assert re.fullmatch(r"[\w.:/=+\-@]{1,128}", name)
        # As Java counts, and as its classes L, Z and N are.
        assert 1 <= len(value.encode("utf-16-le")) // 2 <= 256
        assert all(c in "_.:/=+-@" or unicodedata.category(c)[0] in "LZN" for c in value), value
    assert not [c for c in package["description"] if unicodedata.category(c)[0] == "C"]
    assert "predicts 'a<b>" in package["description"]
    assert package["metadata"]["target"] == "a_b___"
    assert package["metadata"]["object"].endswith(".csv")
