"""The corpus of bad inputs: what a pull request may bring, and what `modelry check` says to it.

    tables/<kind>.txt    the cases of a kind: an input, and each finding that it draws

    == artifact.size = "48213"
    10:9 invalid-document: `artifact.size` is '48213', expected a whole number

A case begins with `==` and its input, which `judging.py` explains for each kind. Below stand line, column, rule and
message of each finding; the path before them when it is not the file that the input is about; `passes` when there is
none. To add a case, write its first line and run

    PYTHONPATH=tests python -m corpus --write

which writes what is found below each input, and brings the cases that `generated.py` makes of every field of every
document. Read the difference before you commit it. Hostile YAML has a corpus of its own: `storage/yaml_cases`.
"""
