"""What CloudFormation will make of the package."""

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from app import app
from chalicelib.api.problems import kinds, title_of, type_of
from chalicelib.services.export_parts import AGAIN
from chalicelib.settings import settings_from
from local.machine import ROOT
from local.packaging.build import TEMPLATE, PackagingFailed, check
from tests.package.conftest import VERSION
from tests.package.templates import POLICIES, Package, PolicyDocument, actions_of, targets_of

pytestmark = pytest.mark.slow


def test_the_api_has_every_route_of_the_app_and_no_other(package: Package) -> None:
    declared = {(path, method.lower()) for path, methods in app.routes.items() for method in methods}

    assert {(path, method) for path, methods in package.paths().items() for method in methods} == declared
    assert ("/grants/{grant_id}", "get") in declared


def test_each_function_may_do_what_the_deployment_page_says_and_nothing_else(package: Package) -> None:
    page = (ROOT / "docs/deploy.md").read_text()
    stated = set(re.findall(r"^\| (\w+) +\| (\w+:\w+) +\| (\S+) +\|", page, re.MULTILINE))
    granted = {
        (function, action, target)
        for role, function in POLICIES.items()
        for statement in package.statements(role)
        for action in actions_of(statement)
        for target in targets_of(statement.resource)
    }

    assert granted == stated
    assert len(stated) == 81


def test_roles_have_one_policy_each_and_borrow_none(package: Package) -> None:
    roles = package.of_type("AWS::IAM::Role")

    assert roles.keys() == POLICIES.keys()
    assert all(role.properties.keys() == {"AssumeRolePolicyDocument", "Policies"} for role in roles.values())


def test_no_policy_has_a_wildcard_for_an_action_or_a_whole_resource(package: Package) -> None:
    for role in POLICIES:
        for statement in package.statements(role):
            assert statement.effect == "Allow"
            assert not [action for action in actions_of(statement) if "*" in action]
            assert "*" not in list(targets_of(statement.resource))


def test_a_file_may_only_be_written_where_there_is_none(package: Package) -> None:
    puts = [statement for role in POLICIES for statement in package.statements(role) if "s3:PutObject" in actions_of(statement)]
    of_parts = [put for put in puts if put.condition == {"Bool": {"s3:ObjectCreationOperation": "false"}}]

    # What creates no object is a part of an upload. To complete the upload creates one.
    assert [list(targets_of(put.resource)) for put in of_parts] == [["FilesBucket/exports/*"]]
    assert [put.condition for put in puts if put not in of_parts] == [{"Null": {"s3:if-none-match": "false"}}] * 6


@pytest.mark.parametrize(
    ("function", "handler", "megabytes", "seconds", "log"),
    [
        ("APIHandler", "app.app", 1024, 28, "ApiLog"),
        ("PublishMonthly", "app.publish_monthly", 2048, 900, "PublishLog"),
        ("ContinuePublications", "app.continue_publications", 2048, 900, "ContinueLog"),
        ("RemindDaily", "app.remind_daily", 1024, 900, "RemindLog"),
        ("ContinueExports", "app.continue_exports", 1769, 900, "ExportLog"),
        ("MakeExportParts", "app.make_export_parts", 1769, 900, "ExportPartsLog"),
        ("ImportDropped", "app.import_dropped", 1769, 900, "ImportLog"),
    ],
)
def test_each_function_has_what_it_needs(package: Package, function: str, handler: str, megabytes: int, seconds: int, log: str) -> None:
    properties = package.resources[function].properties

    assert (properties["Handler"], properties["MemorySize"], properties["Timeout"]) == (handler, megabytes, seconds)
    assert properties["LoggingConfig"] == {"LogGroup": {"Ref": log}}
    assert package.resources[log].properties == {"RetentionInDays": 400}
    assert properties["Architectures"] == ["x86_64"]
    assert properties["TracingConfig"] == {"Mode": "PassThrough"}


def test_mail_is_sent_from_one_address_alone(package: Package) -> None:
    sending = [each for role in POLICIES for each in package.statements(role) if "ses:SendEmail" in actions_of(each)]

    assert [each.condition for each in sending] == [{"StringEquals": {"ses:FromAddress": {"Ref": "ReminderSender"}}}] * 4


FUNCTIONS = ["APIHandler", "PublishMonthly", "ContinuePublications", "ContinueExports", "MakeExportParts", "ImportDropped", "RemindDaily"]


def test_there_are_these_functions(package: Package) -> None:
    assert sorted(package.of_type("AWS::Lambda::Function")) == sorted(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_functions_environment_makes_complete_settings(package: Package, function: str) -> None:
    told = {name: value if isinstance(value, str) else f"the {next(iter(value.values()))}" for name, value in given(package, function)}

    assert (told["STREETLIGHT_REMINDER_DAYS"], told["STREETLIGHT_CLAIM_WORKING_DAYS"]) == ("the ReminderDays", "the ClaimWorkingDays")
    assert told["STREETLIGHT_360GIVING_PREFIX"] == "the GivingPrefix"
    assert (told["STREETLIGHT_PUBLISH_MONTHLY"], told["STREETLIGHT_PUBLISHER_EMAILS"]) == ("the MonthlyPublication", "the PublisherEmails")
    assert told["STREETLIGHT_FINANCE_EMAILS"] == "the FinanceEmails"
    unset = {"STREETLIGHT_REMINDER_DAYS": "", "STREETLIGHT_360GIVING_PREFIX": "", "STREETLIGHT_PUBLISHER_EMAILS": ""}
    unset |= {"STREETLIGHT_FINANCE_EMAILS": ""}
    assert told["STREETLIGHT_AGREEMENT"] == "the Agreement"
    unset |= {"STREETLIGHT_PUBLISH_MONTHLY": "draft", "STREETLIGHT_AGREEMENT": "optional"}
    numbers = {"STREETLIGHT_RETURN_WORKING_DAYS": "15", "STREETLIGHT_CLAIM_WORKING_DAYS": "25"} | unset
    exports = ("BUDGET_PHASING", "VARIANCE_AMBER", "VARIANCE_RED", "ACCOUNT_CODES")
    assert [told[f"STREETLIGHT_{name}"] for name in exports] == [
        f"the {each}" for each in ("BudgetPhasing", "VarianceAmber", "VarianceRed", "AccountCodes")
    ]
    policy = {f"STREETLIGHT_{name}": "" for name in exports}
    sizes = ("STREETLIGHT_EVIDENCE_LARGEST_BYTES", "STREETLIGHT_EXTRACT_LARGEST_BYTES")
    settings = settings_from({**told, **dict.fromkeys(sizes, "26214400"), **numbers, **policy})

    assert [told[name] for name in sizes] == ["the EvidenceLargestBytes", "the ExtractLargestBytes"]
    assert (settings.table_name, settings.bucket_name, settings.code_version) == ("the LedgerTable", "the FilesBucket", VERSION)
    assert (settings.office_name, settings.token_issuer) == ("the OfficeName", "the TokenIssuer")
    assert (settings.token_audience, settings.token_jwks_url) == ("the TokenAudience", "the TokenJwksUrl")
    assert (settings.token_roles_claim, settings.publication_note) == ("the TokenRolesClaim", "the PublicationNote")
    assert (settings.return_working_days, settings.claim_working_days, settings.reminder_sender) == (15, 25, "the ReminderSender")
    assert (settings.pieces_bucket, settings.parts_queue) == ("the PiecesBucket", "the PartsQueue")
    assert settings.endpoint_url is settings.local_objects is settings.local_link_base is settings.local_signing_key is None


def given(package: Package, function: str) -> list[tuple[str, str | dict[str, str]]]:
    found: list[tuple[str, str | dict[str, str]]] = []
    for name, value in package.variables(function).items():
        assert isinstance(value, str | dict)
        found.append((name, value))
    return found


def test_no_deployed_function_is_told_a_setting_that_the_code_does_not_know(package: Package) -> None:
    known = set(re.findall(r'"(STREETLIGHT_\w+)"', (ROOT / "chalicelib/settings.py").read_text()))

    assert package.variables("APIHandler").keys() == known - {
        "STREETLIGHT_DYNAMODB_ENDPOINT",
        "STREETLIGHT_LOCAL_OBJECTS",
        "STREETLIGHT_LOCAL_LINK_BASE",
        "STREETLIGHT_LOCAL_SIGNING_KEY",
        "STREETLIGHT_LOCAL_MAIL",
    }


def test_publishing_runs_at_six_on_the_first_of_the_month(package: Package) -> None:
    assert schedule_of(package, "PublishMonthly") == "cron(0 6 1 * ? *)"


def test_reminding_runs_at_seven_from_monday_to_friday(package: Package) -> None:
    assert schedule_of(package, "RemindDaily") == "cron(0 7 ? * MON-FRI *)"


def test_publications_are_continued_every_five_minutes_by_one_run_at_a_time(package: Package) -> None:
    assert schedule_of(package, "ContinuePublications") == "cron(0/5 * * * ? *)"
    assert package.resources["ContinuePublications"].properties["ReservedConcurrentExecutions"] == 1


def test_exports_are_continued_every_five_minutes_by_one_run_at_a_time(package: Package) -> None:
    assert schedule_of(package, "ContinueExports") == "cron(0/5 * * * ? *)"
    assert package.resources["ContinueExports"].properties["ReservedConcurrentExecutions"] == 1


def test_parts_are_made_one_message_at_a_time_by_eight_workers_at_most(package: Package) -> None:
    (source,) = package.of_type("AWS::Lambda::EventSourceMapping").values()

    assert source.properties == {
        "EventSourceArn": {"Fn::Sub": "${PartsQueue.Arn}"},
        "FunctionName": {"Ref": "MakeExportParts"},
        "BatchSize": 1,
        "MaximumBatchingWindowInSeconds": 0,
        "ScalingConfig": {"MaximumConcurrency": 8},
    }
    assert "ReservedConcurrentExecutions" not in package.resources["MakeExportParts"].properties


def test_a_message_is_not_handed_out_again_while_its_worker_may_still_run(package: Package) -> None:
    queue, failed = package.resources["PartsQueue"], package.resources["PartsFailedQueue"]
    seconds = package.resources["MakeExportParts"].properties["Timeout"]

    assert queue.properties == {
        "VisibilityTimeout": 960,
        "MessageRetentionPeriod": 86400,
        "SqsManagedSseEnabled": True,
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["PartsFailedQueue", "Arn"]}, "maxReceiveCount": 3},
    }
    assert failed.properties == {"MessageRetentionPeriod": 1209600, "SqsManagedSseEnabled": True}
    assert seconds == 900
    assert timedelta(seconds=960) < AGAIN


def test_only_the_schedule_sends_for_parts_and_only_their_function_takes(package: Package) -> None:
    granted = [(role, each) for role in POLICIES for each in package.statements(role) if "PartsQueue" in targets_of(each.resource)]
    said = {(role, action) for role, each in granted for action in actions_of(each)}

    assert said == {
        ("ContinueExportsRole", "sqs:SendMessage"),
        *(("MakeExportPartsRole", f"sqs:{action}") for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")),
    }


def test_what_large_exports_are_written_to_has_room(package: Package) -> None:
    assert package.resources["ContinueExports"].properties["EphemeralStorage"] == {"Size": 4096}
    assert package.resources["MakeExportParts"].properties["EphemeralStorage"] == {"Size": 1024}


def test_a_file_that_is_dropped_starts_its_preview(package: Package) -> None:
    (rule,) = (each for each in package.of_type("AWS::Events::Rule").values() if "EventPattern" in each.properties)

    assert rule.properties["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [{"Ref": "FilesBucket"}]}, "object": {"key": [{"prefix": "incoming/"}]}},
    }
    (target,) = msgspec.convert(rule.properties["Targets"], list[dict[str, object]])
    assert target["Arn"] == {"Fn::GetAtt": ["ImportDropped", "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DroppedFilesLeft", "Arn"]}}


def test_what_could_not_be_taken_in_of_a_dropped_file_is_kept_in_a_queue(package: Package) -> None:
    (config,) = package.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert config.properties == {
        "FunctionName": {"Ref": "ImportDropped"},
        "Qualifier": "$LATEST",
        "MaximumRetryAttempts": 2,
        "MaximumEventAgeInSeconds": 21_600,
        "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["DroppedFilesLeft", "Arn"]}}},
    }
    queue = package.resources["DroppedFilesLeft"]
    assert (queue.type, queue.deletion_policy) == ("AWS::SQS::Queue", "Retain")
    assert queue.properties == {"MessageRetentionPeriod": 1_209_600, "SqsManagedSseEnabled": True}
    policy = msgspec.convert(package.resources["DroppedFilesLeftPolicy"].properties["PolicyDocument"], PolicyDocument)
    assert [(each.effect, each.action, list(each.condition)) for each in policy.statement] == [("Allow", "sqs:SendMessage", ["ArnLike"])]


def test_whoever_previews_a_dropped_file_cannot_post_it(package: Package) -> None:
    granted = {action for statement in package.statements("ImportDroppedRole") for action in actions_of(statement)}

    assert "dynamodb:PutItem" in granted
    assert "dynamodb:UpdateItem" not in granted, "balances move by an update"


def schedule_of(package: Package, function: str) -> object:
    """When a function runs that has one schedule."""
    rules = package.of_type("AWS::Events::Rule").values()
    (rule,) = (each for each in rules if function in json.dumps(each.properties["Targets"]))
    return rule.properties["ScheduleExpression"]


def test_the_table_is_the_one_the_store_expects_and_hard_to_lose(package: Package) -> None:
    (table,) = package.of_type("AWS::DynamoDB::Table").values()

    assert (table.deletion_policy, table.update_replace_policy) == ("Retain", "Retain")
    assert table.properties == {
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}],
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
        "SSESpecification": {"SSEEnabled": True},
    }


def test_the_bucket_is_private_versioned_encrypted_and_hard_to_lose(package: Package) -> None:
    bucket = package.of_type("AWS::S3::Bucket")["FilesBucket"]

    assert (bucket.deletion_policy, bucket.update_replace_policy) == ("Retain", "Retain")
    assert bucket.properties == {
        "VersioningConfiguration": {"Status": "Enabled"},
        "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": {"Ref": "FilesKeptYears"}}},
        },
        "LifecycleConfiguration": {
            "Rules": [{"Id": "UploadsGivenUp", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}}],
        },
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    }


def test_the_pieces_bucket_is_private_encrypted_and_cleared_after_days(package: Package) -> None:
    bucket, files = package.resources["PiecesBucket"], package.resources["FilesBucket"]

    assert (bucket.deletion_policy, bucket.update_replace_policy) == ("Retain", "Retain")
    same = ("BucketEncryption", "OwnershipControls", "PublicAccessBlockConfiguration")
    assert bucket.properties == {
        "LifecycleConfiguration": {"Rules": [{"Id": "PiecesGone", "Status": "Enabled", "ExpirationInDays": 7}]},
        **{name: files.properties[name] for name in same},
    }


@pytest.mark.parametrize("bucket", ["FilesBucket", "PiecesBucket"])
def test_the_buckets_refuse_everything_that_comes_without_tls(package: Package, bucket: str) -> None:
    policy = package.of_type("AWS::S3::BucketPolicy")[f"{bucket}Policy"]

    assert policy.properties["Bucket"] == {"Ref": bucket}
    assert policy.deletion_policy == "Retain"
    assert policy.properties["PolicyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "NothingWithoutTls",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [{"Fn::GetAtt": [bucket, "Arn"]}, {"Fn::Sub": f"${{{bucket}.Arn}}/*"}],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def test_there_is_one_stage_and_it_is_throttled(package: Package) -> None:
    (stage,) = package.of_type("AWS::ApiGateway::Stage").values()

    assert stage.properties["StageName"] == "api"
    assert stage.properties["MethodSettings"] == [
        {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 50, "ThrottlingBurstLimit": 100}
    ]


def test_api_gateways_own_answers_are_problem_details_too(package: Package) -> None:
    answers = {
        kind: (response.status_code, json.loads(re.sub(r"(?<!\")\$[\w.]+", '"a message"', response.response_templates["application/json"])))
        for kind, response in package.gateway_responses().items()
    }

    assert {kind: status for kind, (status, _) in answers.items()} == {
        "MISSING_AUTHENTICATION_TOKEN": 404,
        "REQUEST_TOO_LARGE": 413,
        "THROTTLED": 429,
        "INTEGRATION_TIMEOUT": 504,
        "DEFAULT_4XX": None,
        "DEFAULT_5XX": None,
    }
    titles = {type_of(kind): title_of(kind) for kind in kinds()}
    for status, body in answers.values():
        assert body.get("status") == status
        assert body["instance"] == "$context.requestId"
        assert body["type"] == "about:blank" or body["title"] == titles[body["type"]]
    for response in package.gateway_responses().values():
        assert response.response_parameters["gatewayresponse.header.Content-Type"] == "'application/problem+json'"


def test_a_template_with_a_mistake_in_it_does_not_pass(package: Package, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(package.folder, broken)
    template = (broken / TEMPLATE).read_text()
    (broken / TEMPLATE).write_text(template.replace("DeletionProtectionEnabled", "DeletionProtectionEnable"))

    with pytest.raises(PackagingFailed, match="DeletionProtectionEnable"):
        check(broken)
