"""The manifest: which rules its figures follow, and what it says of each file."""

from hashlib import sha256

from chalicelib.domain.measures import MEASURES
from chalicelib.reports.manifest import INCLUSION, RULE_VERSION

RULES_OF_VERSION = {1: "0bc8d65b66aa5e2e", 2: "9f52e2d8eb937ced"}


def test_whoever_changes_what_figures_are_made_of_raises_the_version_of_the_rules() -> None:
    """When this fails: raise RULE_VERSION, and write the new digest beside it. Earlier publications followed the earlier rules."""
    measures = "".join(f"{each.name}={'+'.join(each.plus)}-{'-'.join(each.minus)};" for each in MEASURES.values())
    rules = "".join(f"{name}: {rule}" for name, rule in sorted(INCLUSION.items()))

    assert sha256((measures + rules).encode()).hexdigest()[:16] == RULES_OF_VERSION[RULE_VERSION]
