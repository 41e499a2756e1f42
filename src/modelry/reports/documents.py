"""What the reports for programs say, as documents: their JSON Schemas are published beside the registry's own."""

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from modelry.doctor.settings import ForgeSettings
from modelry.model import schema
from modelry.model.audit import Audit
from modelry.model.deployments import Reported
from modelry.model.evidence import Statement
from modelry.model.files import Files
from modelry.model.ledger import Ledger
from modelry.reports import past
from modelry.reports.answers import CacheReport, ListReport, Lock, ResolveReport, ShowReport
from modelry.reports.bisected import BisectReport
from modelry.reports.changed import ChangesReport
from modelry.reports.checked import CheckReport
from modelry.reports.diff import DiffReport
from modelry.reports.due import Dues
from modelry.reports.mirrored import MirrorReport
from modelry.reports.notices import Notice
from modelry.reports.review import Review
from modelry.reports.running import RunningReport
from modelry.reports.tags import Tags
from modelry.reports.versions import Listing

PUBLISHED: dict[str, type[BaseModel]] = {
    "bisect": BisectReport,
    "cache": CacheReport,
    "changes": ChangesReport,
    "check-report": CheckReport,
    "deployment": Reported,
    "diff": DiffReport,
    "event": Notice,
    "evidence": Statement,
    "history": past.HistoryReport,
    "list": ListReport,
    "lock": Lock,
    "mirror": MirrorReport,
    "resolution": ResolveReport,
    "review": Review,
    "running": RunningReport,
    "show": ShowReport,
    "audit": Audit,
    "audit-export": Ledger,
    "tags": Tags,
    "versions": Listing,
    "due": Dues,
    "forge-settings": ForgeSettings,
}
"""Every kind of report, and of record that is no file of the registry, with its model."""


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's own signature
        return False


def of(kind: str) -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a kind of report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{schema.HOME}/{kind}/v1.json",
        **PUBLISHED[kind].model_json_schema(by_alias=True, schema_generator=_Generator),
        "title": f"{kind}/v1",
    }


def schemas() -> Files:
    """Give the schemas of the reports as files: `schemas/<kind>/v1.json`."""
    return {
        f"schemas/{kind}/v1.json": (json.dumps(of(kind), indent=2, ensure_ascii=False) + "\n").encode()
        for kind in PUBLISHED
    }
