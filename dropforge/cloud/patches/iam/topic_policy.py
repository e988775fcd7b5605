"""A topic that CloudFormation makes lets its own account publish, and nobody else.

ministack gives it a policy that lets anyone publish, so that the role of a
function which may not did. The policy that SNS gives a new topic has a condition
on its owner, which ministack puts only on topics that CreateTopic makes.
"""

from dropforge.cloud.patches.replacing import change

_OPEN = '"Resource": arn,\n'
_OWN = '"Resource": arn,\n"Condition": {"StringEquals": {"AWS:SourceOwner": get_account_id()}},\n'


def apply() -> None:
    """Give CloudFormation's topics the policy of CreateTopic's."""
    from ministack.services.cloudformation import provisioners

    change(provisioners, "_sns_create", "0a96666a036a", _OPEN, _OWN)
    provisioners._RESOURCE_HANDLERS["AWS::SNS::Topic"]["create"] = provisioners._sns_create
