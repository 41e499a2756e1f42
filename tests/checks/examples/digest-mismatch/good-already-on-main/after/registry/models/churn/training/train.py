"""Train churn."""
