"""Write what is found below each input of each table: `PYTHONPATH=tests python -m corpus --write`."""

import sys

from corpus import generated, judged, tables

if sys.argv[1:] != ["--write"]:
    sys.exit(__doc__)
for kind in judged.kinds():
    known = tables.read(kind)
    made = generated.inputs(judged.sound(kind)) if kind not in judged._OTHERS else ()
    inputs = dict.fromkeys([*known, *made])
    found = {given: judged.judge(kind, given) for given in inputs}
    (tables.FOLDER / f"{kind}.txt").write_text(tables.text(found), "utf-8")
    print(f"{kind}: {len(found)} cases")  # noqa: T201 - a writer says what it wrote
