"""A review for a program; the schema is `review/v1`."""

from modelry.reports.review.facts import Review


def json(review: Review) -> str:
    """Give all that a review says."""
    return review.model_dump_json(indent=2, by_alias=True) + "\n"
