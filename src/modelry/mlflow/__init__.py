"""MLflow's side: a published registry as its model registry, read only, found by MLflow through entry points.

    MLFLOW_REGISTRY_URI=modelry+https://acme.github.io/models

Nothing here is imported by the rest of modelry, and MLflow is imported by nothing else.
"""
