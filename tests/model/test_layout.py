"""Where documents lie: each place is written and read alike, and nothing else is a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelry.model import layout
from modelry.model.layout import Place

V = "registry/models/churn/versions/1.2.0"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (layout.POLICY, Place("policy")),
        (layout.model("churn"), Place("model", "churn")),
        (layout.version("churn", "1.2.0"), Place("version", "churn", "1.2.0")),
        (layout.version("churn", "1.2.0", "card.md"), Place("card", "churn", "1.2.0")),
        (layout.version("churn", "1.2.0", "yanked.yaml"), Place("yank", "churn", "1.2.0")),
        (
            layout.version("churn", "1.2.0", "model.onnx.dvc"),
            Place("pointer", "churn", "1.2.0", "model.onnx.dvc"),
        ),
        (layout.version("churn", "1.0.0-rc.1+b.1"), Place("version", "churn", "1.0.0-rc.1+b.1")),
        (layout.evaluation("churn", "1.2.0", "fairness"), Place("evaluation", "churn", "1.2.0", "fairness")),
        (layout.stage("churn", "eu-canary"), Place("assignment", "churn", "eu-canary")),
        ("registry/models/churn/waivers/slow-cluster.yaml", Place("waiver", "churn", "slow-cluster")),
        ("registry/models/churn/training/train.py", Place("training", "churn", "", "train.py")),
        ("registry/models/churn/training/a/b.yaml", Place("training", "churn", "", "a/b.yaml")),
        (
            f"registry/.store/files/md5/ab/{'c' * 30}",
            Place("object", "", "", f".store/files/md5/ab/{'c' * 30}"),
        ),
        (
            f"registry/.store/files/md5/ab/{'c' * 30}.dir",
            Place("object", "", "", f".store/files/md5/ab/{'c' * 30}.dir"),
        ),
    ],
)
def test_a_path_stands_for_what_was_written_there(path: str, place: Place) -> None:
    assert layout.place(path) == place


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        ".",
        "..",
        "registry",
        "registry/",
        "registry.yaml",
        "Registry/registry.yaml",
        "registry/Registry.yaml",
        "registry/registry.yml",
        "registry/registry.yaml/",
        "registry//registry.yaml",
        "/registry/registry.yaml",
        "./registry/registry.yaml",
        "registry/./registry.yaml",
        "registry/models/../registry.yaml",
        "x/registry/registry.yaml",
        "registry\\registry.yaml",
        "registry/README.md",
        "registry/index.json",
        "registry/.gitignore",
        "registry/.store",
        "registry/.store/files/md5/ab",
        f"registry/../files/md5/ab/{'c' * 30}",
        f"registry/./files/md5/ab/{'c' * 30}",
        f"registry/.store/files/md5/ab/{'c' * 30}.exe",
        "registry/.store/files/sha1/ab/cdef",
        "registry/.store/files/md5/ab/cd/ef",
        "registry/store/files/md5/ab/cdef",
        "registry/models",
        "registry/models/churn",
        "registry/models/model.yaml",
        "registry/model/churn/model.yaml",
        "registry/models/Churn/model.yaml",
        "registry/models/CHURN/model.yaml",
        "registry/models/ch\u00fcrn/model.yaml",
        "registry/models/\uff43hurn/model.yaml",
        "registry/models/chur\u0438/model.yaml",
        "registry/models/churn\u200b/model.yaml",
        "registry/models/churn /model.yaml",
        "registry/models/-churn/model.yaml",
        "registry/models/.churn/model.yaml",
        "registry/models/../model.yaml",
        "registry/models/a_b/model.yaml",
        f"registry/models/{'a' * 64}/model.yaml",
        "registry/models/churn/Model.yaml",
        "registry/models/churn/model.yml",
        "registry/models/churn/model.yaml.bak",
        "registry/models/churn/model.yaml\n",
        "registry/models/churn/.gitignore",
        "registry/models/churn/training",
        "registry/models/churn/Training/train.py",
        "registry/models/churn/stage/production.yaml",
        "registry/models/churn/stages/production",
        "registry/models/churn/stages/production.yml",
        "registry/models/churn/stages/Production.yaml",
        "registry/models/churn/stages/latest.yaml",
        "registry/models/churn/stages/v1.yaml",
        "registry/models/churn/stages/.yaml",
        "registry/models/churn/stages/eu/production.yaml",
        "registry/models/churn/stages/../stages/production.yaml",
        "registry/models/churn/waivers/.yaml",
        "registry/models/churn/waivers/Slow.yaml",
        "registry/models/churn/waivers/slow.json",
        "registry/models/churn/version/1.2.0/version.yaml",
        "registry/models/churn/versions/version.yaml",
        "registry/models/churn/versions/1.2/version.yaml",
        "registry/models/churn/versions/v1.2.0/version.yaml",
        "registry/models/churn/versions/01.2.0/version.yaml",
        "registry/models/churn/versions/1.2.0 /version.yaml",
        "registry/models/churn/versions/1.2.\u0660/version.yaml",
        "registry/models/churn/versions/../versions/1.2.0/version.yaml",
        "registry/models/churn/versions/1.2.0/../1.2.0/version.yaml",
        f"{V}",
        f"{V}/",
        f"{V}/Version.yaml",
        f"{V}/version.yml",
        f"{V}/CARD.md",
        f"{V}/card.markdown",
        f"{V}/yanked.yml",
        f"{V}/model.onnx",
        f"{V}/model.onnx.DVC",
        f"{V}/sub/model.onnx.dvc",
        f"{V}/.gitignore",
        f"{V}/.dvc",
        f"{V}/../../../../x.dvc",
        f"{V}/-x.dvc",
        f"{V}/a b.dvc",
        f"{V}/\u202etxt.dvc",
        f"{V}/evaluations",
        f"{V}/evaluations/.yaml",
        f"{V}/evaluations/Fairness.yaml",
        f"{V}/evaluations/fairness.json",
        f"{V}/evaluations/sub/fairness.yaml",
        f"{V}/evaluations/../version.yaml",
    ],
)
def test_nothing_may_lie_elsewhere(path: str) -> None:
    assert layout.place(path) is None


@pytest.mark.parametrize("inner", ["", ".", "..", "../../../../etc/passwd", "a/../b", "a//b", "a/"])
def test_training_code_stays_in_its_folder(inner: str) -> None:
    assert layout.place(f"registry/models/churn/training/{inner}") is None


@pytest.mark.parametrize("a", ["", "..", "AB", "abc", "zz"])
def test_an_object_lies_where_dvc_puts_it(a: str) -> None:
    assert layout.place(f"registry/.store/files/md5/{a}/{'c' * 30}") is None


@given(st.text(max_size=40))
def test_no_text_makes_it_fall_over(text: str) -> None:
    assert layout.place(text) is None
    assert layout.place(f"registry/{text}") is None or text
