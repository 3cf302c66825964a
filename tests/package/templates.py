"""Templates in typed hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct, field

from local.packaging.build import ARCHIVE, TRANSLATION

POLICIES = {
    "ApiHandlerRole": "api_handler",
    "PublishMonthlyRole": "publish_monthly",
    "ContinuePublicationsRole": "continue_publications",
    "ContinueExportsRole": "continue_exports",
    "MakeExportPartsRole": "make_export_parts",
    "ImportDroppedRole": "import_dropped",
    "RemindDailyRole": "remind_daily",
}


class Resource(Struct, rename="pascal"):
    """One resource of a CloudFormation template."""

    type: str
    properties: dict[str, object] = field(default_factory=dict)
    deletion_policy: str | None = None
    update_replace_policy: str | None = None


class Statement(Struct, rename="pascal"):
    """What a policy allows or denies."""

    effect: str
    action: str | list[str]
    resource: object
    condition: dict[str, dict[str, object]] = field(default_factory=dict)


class PolicyDocument(Struct, rename="pascal"):
    """A policy."""

    statement: list[Statement]


class NamedPolicy(Struct, rename="pascal"):
    """A policy of a role."""

    policy_document: PolicyDocument


class GatewayResponse(Struct, rename="camel"):
    """An answer of API Gateway's own."""

    response_parameters: dict[str, str]
    response_templates: dict[str, str]
    status_code: int | None = None


class Package:
    """What `make package` made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / ARCHIVE
        translation = json.loads((folder / TRANSLATION).read_bytes())
        self.resources = msgspec.convert(translation["Resources"], dict[str, Resource])

    def of_type(self, kind: str) -> dict[str, Resource]:
        """The resources of one type, by name."""
        return {name: resource for name, resource in self.resources.items() if resource.type == kind}

    def paths(self) -> dict[str, dict[str, object]]:
        """The API's methods by path."""
        return msgspec.convert(self._definition()["paths"], dict[str, dict[str, object]])

    def gateway_responses(self) -> dict[str, GatewayResponse]:
        """What API Gateway answers by itself, by type."""
        return msgspec.convert(self._definition()["x-amazon-apigateway-gateway-responses"], dict[str, GatewayResponse])

    def statements(self, role: str) -> list[Statement]:
        """Everything that a role's policies say."""
        policies = msgspec.convert(self.resources[role].properties["Policies"], list[NamedPolicy])
        return [statement for policy in policies for statement in policy.policy_document.statement]

    def variables(self, function: str) -> dict[str, object]:
        """A function's environment."""
        environment = msgspec.convert(self.resources[function].properties["Environment"], dict[str, dict[str, object]])
        return environment["Variables"]

    def _definition(self) -> dict[str, object]:
        return msgspec.convert(self.resources["RestAPI"].properties["Body"], dict[str, object])


def actions_of(statement: Statement) -> list[str]:
    """A statement's actions."""
    return [statement.action] if isinstance(statement.action, str) else statement.action


_IDENTITIES = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
"""What the name of every identity of the account begins with, in Amazon SES."""


def targets_of(resource: object) -> Iterator[str]:
    """What a statement is about: `LedgerTable`, `FilesBucket/exports/*`; a resource that is none of ours as it stands."""
    match resource:
        case list():
            for each in resource:
                yield from targets_of(each)
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield text.replace("${FilesBucket.Arn}", "FilesBucket").replace("${PiecesBucket.Arn}", "PiecesBucket").replace(_IDENTITIES, "")
        case _:
            yield str(resource)
