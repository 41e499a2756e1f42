"""A report for a person, a program, a pull request or CI. Nothing is imported here: a list needs no rules."""
