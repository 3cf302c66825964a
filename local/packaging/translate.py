"""`python -m local.packaging.translate SAM_TEMPLATE CLOUDFORMATION_TEMPLATE`: what CloudFormation makes of a SAM template.

A program of its own because the translator takes the region from its process's environment.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import cast

# The translator carries no types.
from samtranslator.translator.transform import transform  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

Template = dict[str, dict[str, dict[str, dict[str, object]]]]
UPLOADED = "s3://where-the-archive-is-uploaded/deployment.zip"


class _NoManagedPolicies:
    """The translator asks this for the ARNs of policies that a function names; ours name none."""

    def load(self) -> dict[str, str]:
        return {}


def translated(sam: Path) -> Template:
    """A SAM template's translation, with a stand-in for the archive that `aws cloudformation package` uploads."""
    template = cast("Template", yaml_parse(sam.read_text()))
    for resource in template["Resources"].values():
        if "CodeUri" in resource.get("Properties", {}):
            resource["Properties"]["CodeUri"] = UPLOADED
    return cast("Template", transform(template, {}, _NoManagedPolicies()))


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(translated(Path(sys.argv[1])), indent=2) + "\n")
