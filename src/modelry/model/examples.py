"""One whole, valid example of each kind of document: shown in the schemas and in the docs, held by the tests."""

from typing import Any

_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TRAINED = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
"""What a version was trained on is not what it is measured on."""

OF: dict[str, dict[str, Any]] = {
    "registry": {
        "schema": "registry/v1",
        "id": "acme-models",
        "title": "Acme models",
        "url": "https://acme.github.io/models",
        "repository": "https://github.com/acme/models",
        "remotes": {"store": {"url": "s3://acme-models/dvc"}},
        "metrics": {"auc": {"goal": "maximize"}, "p99_ms": {"goal": "minimize", "unit": "ms"}},
        "formats": {"production": ["onnx", "safetensors", "skops"]},
        "limits": {"artifact_size": 2_000_000_000, "card_size": 65_536},
        "sources": {"hosts": ["huggingface.co", "*.hf.co"], "artifact_size": 1_000_000_000},
        "profiles": {"high-risk": {"fields": ["training.seed"], "card_sections": ["Limitations"]}},
        "signers": {"ci": {"public_key": "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}},
        "webhooks": {
            "deployer": {
                "format": "cloudevents",
                "url": "https://deploy.acme.example/models",
                "events": ["stage.changed", "version.yanked"],
                "stages": ["production"],
            },
            "growth": {"format": "slack", "models": ["churn"]},
            "gitops": {
                "format": "repository_dispatch",
                "repository": "https://github.com/acme/deployments",
                "events": ["stage.changed"],
            },
        },
        "stages": [
            {"name": "staging", "gates": [{"metric": "auc", "at_least": 0.8}]},
            {
                "name": "production",
                "after": ["staging"],
                "soak": "2d",
                "approvals": {"count": 1, "from": ["@acme/risk"], "author_may_approve": False},
                "expires_after": "26w",
                "gates": [
                    {
                        "metric": "auc",
                        "dataset": "customers-2026",
                        "no_worse_than": "production",
                        "tolerance": 0.005,
                    },
                    {"metric": "p99_ms", "at_most": 40.0},
                    {"require": "version.license == 'Apache-2.0'", "message": "is licensed for customers"},
                    {"evaluation": "fairness"},
                    {"fields": ["training.environment"]},
                ],
            },
        ],
    },
    "model": {
        "schema": "model/v1",
        "title": "Customer churn",
        "summary": "How likely a customer is to leave within 90 days.",
        "owners": ["@alice", "@acme/growth"],
        "task": "tabular-classification",
        "tags": ["customers"],
        "consumers": [
            {"name": "billing", "contact": "@acme/billing", "url": "https://wiki.acme.example/billing"}
        ],
        "profile": "high-risk",
        "deprecated": {"reason": "superseded by the household model", "replacement": "household-churn"},
    },
    "version": {
        "schema": "version/v1",
        "model": "churn",
        "version": "1.2.0",
        "created": "2026-03-01T12:00:00Z",
        "authors": ["@alice"],
        "summary": "Trained on the first quarter as well.",
        "artifact": {"path": "model.onnx", "format": "onnx", "size": 48_213, "sha256": _SHA256},
        "evaluations": [
            {
                "dataset": {"name": "customers-2026", "version": "1", "digest": f"sha256:{_SHA256}"},
                "metrics": {"auc": 0.914, "p99_ms": 12.5},
                "slices": {"new-customers": {"auc": 0.871}},
                "intervals": {"auc": {"low": 0.902, "high": 0.925}},
            }
        ],
        "training": {
            "data": [
                {
                    "name": "customers, 2024 to 2026",
                    "uri": "s3://acme-data/customers.parquet",
                    "digest": f"sha256:{_TRAINED}",
                    "license": "LicenseRef-internal",
                    "rows": 1_200_000,
                    "personal_data": True,
                }
            ],
            "code": {
                "repository": "https://github.com/acme/churn",
                "commit": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
                "path": "train.py",
            },
            "params": {"learning_rate": 0.05, "max_depth": 6, "features": ["tenure", "plan"]},
            "environment": {"python": "3.11", "scikit-learn": "1.9.1"},
            "run": {"tracker": "mlflow", "id": "0a1b2c", "url": "https://mlflow.acme.example/runs/0a1b2c"},
            "seed": 7,
            "duration": "25m",
            "hardware": "8 CPU cores",
            "energy_kwh": 0.4,
            "co2_kg": 0.1,
        },
        "signature": {
            "inputs": [{"name": "features", "dtype": "float32", "shape": [None, 12]}],
            "outputs": [{"name": "probability", "dtype": "float32", "shape": [None]}],
        },
        "license": "Apache-2.0",
        "parents": ["churn@1.1.0"],
        "tags": ["quarterly"],
        "extra": {"cost-centre": "growth"},
    },
    "evaluation": {
        "schema": "evaluation/v1",
        "created": "2026-04-01T09:30:00+02:00",
        "authors": ["@bob"],
        "summary": "No group falls behind by more than two points.",
        "dataset": {"name": "fairness-panel", "version": "3"},
        "metrics": {"auc": 0.908},
        "code": {
            "repository": "https://github.com/acme/fairness",
            "commit": "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
        },
    },
    "yank": {
        "schema": "yank/v1",
        "reason": "trained on rows of the test set",
        "severity": "high",
        "replacement": "1.2.1",
        "advisory": "https://acme.example/advisories/7",
    },
    "unyank": {
        "schema": "unyank/v1",
        "reason": "the rows were not of the test set: see the advisory",
        "yank": {
            "schema": "yank/v1",
            "reason": "trained on rows of the test set",
            "severity": "high",
            "advisory": "https://acme.example/advisories/7",
        },
    },
    "assignment": {
        "schema": "assignment/v1",
        "version": "1.2.0",
        "sha256": _SHA256,
        "previous": "1.1.0",
        "reason": "better on new customers, no worse elsewhere",
        "evidence": ["https://acme.example/reports/churn-1.2.0"],
    },
    "waiver": {
        "schema": "waiver/v1",
        "rule": "metric-misses-gate",
        "version": "1.2.0",
        "stage": "production",
        "gate": "p99_ms",
        "reason": "latency is measured on the old cluster until June",
        "approver": "@alice",
        "expires": "2026-06-30",
    },
    "scaffold": {
        "schema": "scaffold/v1",
        "answers": {
            "forge": "github",
            "id": "acme-models",
            "title": "Acme models",
            "url": "https://acme.github.io/models",
            "repository": "https://github.com/acme/models",
            "remote": "s3://acme-models/dvc",
            "owners": ["@acme/ml-platform"],
            "tool": "modelry==0.1.0",
        },
        "files": {".gitattributes": "6313b56c57848efce05faa7aa7e901ccfc2886ea"},
    },
}
