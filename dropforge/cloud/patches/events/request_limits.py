"""Messages, events and settings that SNS, SQS and EventBridge refuse are refused.

SNS API reference, Publish: a subject has no line breaks or control characters, and at most 100
characters; Subscribe and SetTopicAttributes list protocols and attributes. EventBridge API
reference, PutEventsRequestEntry: the detail is a valid JSON object, and source and detail type are
there; PutRule and DeleteRule: a rule has a pattern or a schedule, and goes without targets only.
SQS API reference, SendMessage and SetQueueAttributes.
"""

import json
import re
from functools import cache, partial
from itertools import count, takewhile
from typing import Any

from botocore.session import get_session

from dropforge.cloud.patches.replacing import change, replace

_SUBJECT = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029]{1,100}")
_PROTOCOLS = re.compile("https?|email|email-json|sms|sqs|application|lambda|firehose")
_TOPIC = re.compile(
    "Policy|DisplayName|DeliveryPolicy|KmsMasterKeyId|TracingConfig|SignatureVersion|FifoTopic|"
    "ContentBasedDeduplication|ArchivePolicy|FifoThroughputScope|DataProtectionPolicy|"
    "(HTTP|Firehose|Lambda|Application|SQS)"
    "(SuccessFeedbackRoleArn|FailureFeedbackRoleArn|SuccessFeedbackSampleRate)"
)


def apply() -> None:
    """Put the checks before those that ministack has; after what delivers events."""
    _of_topics()
    _of_events()
    _of_queues()


def _of_topics() -> None:
    from ministack.services import sns

    publish, subscribe = sns._publish, sns._subscribe
    create, set_topic = sns._create_topic, sns._set_topic_attributes

    def checked(params: dict[str, Any]) -> Any:
        subject = sns._p(params, "Subject")
        given = "Subject" in params
        if given and not _SUBJECT.fullmatch(str(subject)):
            return sns._error("InvalidParameter", "Invalid parameter: Subject", 400)
        return publish(params)

    def subscribed(params: dict[str, Any]) -> Any:
        protocol = sns._p(params, "Protocol")
        if protocol and not _PROTOCOLS.fullmatch(str(protocol)):
            message = f"Invalid parameter: Does not support this protocol string: {protocol}"
            return sns._error("InvalidParameter", message, 400)
        return subscribe(params)

    def created(params: dict[str, Any]) -> Any:
        names = takewhile(bool, (sns._p(params, f"Attributes.entry.{n}.key") for n in count(1)))
        if not all(map(_TOPIC.fullmatch, names)):
            return sns._error("InvalidParameter", "Invalid parameter: AttributeName", 400)
        return create(params)

    def set_of_topic(params: dict[str, Any]) -> Any:
        name = str(sns._p(params, "AttributeName"))
        if not _TOPIC.fullmatch(name):
            return sns._error("InvalidParameter", "Invalid parameter: AttributeName", 400)
        return set_topic(params)

    def bad_subject(entry: str, subject: str) -> str:
        if not subject or _SUBJECT.fullmatch(subject):
            return ""
        return (
            f"<member><Id>{sns._xml_escape(entry)}</Id><Code>InvalidParameter</Code>"
            "<Message>Invalid parameter: Subject</Message><SenderFault>true</SenderFault></member>"
        )

    sizes = "        if _message_payload_size(message, msg_attrs) > _SNS_MAX_PAYLOAD_BYTES:\n"
    subjects = (
        "        if _bad_subject(eid, subject):\n"
        "            failed += _bad_subject(eid, subject)\n"
        "            continue\n"
    )
    vars(sns).update(_bad_subject=bad_subject)
    change(sns, "_publish_batch", "a257c09d7579", sizes, subjects + sizes)
    replace(sns, "_create_topic", "54ac305cd220", created)
    replace(sns, "_publish", "df41cb2faa09", checked)
    replace(sns, "_subscribe", "db260c543268", subscribed)
    replace(sns, "_set_topic_attributes", "9565723b04fa", set_of_topic)


def _of_events() -> None:
    from ministack.core.responses import error_response_json, json_response
    from ministack.services import eventbridge

    put_events = eventbridge._put_events
    rule, delete = eventbridge._put_rule, eventbridge._delete_rule

    def put(data: dict[str, Any], **named: Any) -> Any:
        entries = data.get("Entries", [])
        bad = {n: found for n, entry in enumerate(entries) if (found := _refusal(entry))}
        if not bad or len(entries) > 10:
            return put_events(data, **named)
        good = [entry for number, entry in enumerate(entries) if number not in bad]
        answer = json.loads(put_events(data | {"Entries": good}, **named)[2])
        results = iter(answer["Entries"])
        every = [bad[n] if n in bad else next(results) for n in range(len(entries))]
        failed = answer["FailedEntryCount"] + len(bad)
        return json_response({"FailedEntryCount": failed, "Entries": every})

    def ruled(data: dict[str, Any]) -> Any:
        if not data.get("EventPattern") and not data.get("ScheduleExpression"):
            message = "Parameter(s) EventPattern or ScheduleExpression must be specified."
            return error_response_json("ValidationException", message, 400)
        return rule(data)

    def deleted(data: dict[str, Any]) -> Any:
        key = eventbridge._rule_key(data.get("Name"), data.get("EventBusName", "default"))
        if eventbridge._targets.get(key):
            message = "Rule can't be deleted since it has targets."
            return error_response_json("ValidationException", message, 400)
        return delete(data)

    replace(eventbridge, "_put_rule", "829a0feae103", ruled)
    replace(eventbridge, "_delete_rule", "d9465abcda0e", deleted)
    eventbridge._put_events = put


def _of_queues() -> None:
    from ministack.services import sqs

    send, create = sqs._act_send_message, sqs._act_create_queue
    set_queue = sqs._act_set_queue_attributes

    def sent(data: dict[str, Any], url: str) -> Any:
        delay = data.get("DelaySeconds")
        if delay is not None and not 0 <= int(delay) <= 900:
            reason = "DelaySeconds must be >= 0 and <= 900."
            message = f"Value {delay} for parameter DelaySeconds is invalid. Reason: {reason}"
            raise sqs._Err("InvalidParameterValue", message)
        return send(data, url)

    def with_attributes(call: Any, data: dict[str, Any], url: str) -> Any:
        for name in data.get("Attributes") or {}:
            if name not in _attributes():
                raise sqs._Err("InvalidAttributeName", f"Unknown Attribute {name}.")
        return call(data, url)

    set_of_queue, created = partial(with_attributes, set_queue), partial(with_attributes, create)

    replace(sqs, "_act_send_message", "3abd766508c8", sent)
    replace(sqs, "_act_set_queue_attributes", "c7a502e07f5e", set_of_queue)
    replace(sqs, "_act_create_queue", "5f6e8f364cd9", created)
    sqs._HANDLERS.update(SendMessage=sent, SetQueueAttributes=set_of_queue, CreateQueue=created)


def _refusal(entry: dict[str, Any]) -> dict[str, str] | None:
    """Return what PutEvents answers of an entry that it does not take."""
    for name in ("Source", "DetailType", "Detail"):
        if entry.get(name) in (None, ""):
            reason = f"{name} is a required argument."
            message = f"Parameter {name} is not valid. Reason: {reason}"
            return {"ErrorCode": "InvalidArgument", "ErrorMessage": message}
    if _is_detail(entry):
        return None
    return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def _is_detail(entry: dict[str, Any]) -> bool:
    """Whether an entry's detail is an object; Step Functions hands it over as one."""
    detail = entry.get("Detail", {})
    if not isinstance(detail, str):
        return isinstance(detail, dict)
    try:
        return isinstance(json.loads(detail), dict)
    except ValueError:
        return False


@cache
def _attributes() -> frozenset[str]:
    model = get_session().get_service_model("sqs")
    return frozenset(model.shape_for("QueueAttributeName").enum)
