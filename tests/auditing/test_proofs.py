"""What an audit proves of promotions, and what it finds when somebody tampers with main, its notes or its bytes."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

import builders
from modelry import auditing, proposals
from modelry.errors import NotFoundError, RegistryError
from modelry.forges import local, recording
from modelry.git import Repository
from modelry.model import evidence as model
from modelry.model import layout, names
from modelry.model.audit import Audit, Proof
from modelry.model.evidence import Approver, Check, Given, Proposed, Someone
from modelry.proposals import Proposal
from modelry.storage import commits, evidence, folders, keys

BOB = "Bob <bob@example.org>"
STAGES: list[dict[str, Any]] = [
    {"name": "staging", "gates": [{"metric": "auc", "at_least": 0.8}]},
    {
        "name": "production",
        "after": ["staging"],
        "approvals": {"count": 1},
        "gates": [{"metric": "auc", "at_least": 0.85}],
    },
]


def a_policy(store: Path, **overrides: Any) -> dict[str, bytes]:
    return builders.a_policy(**({"remotes": {"store": {"url": str(store)}}, "stages": STAGES} | overrides))


class World:
    """Ada proposes, Bob approves and merges, Eve pushes what she likes: three clones of one origin."""

    def __init__(self, ada: Repository, folder: Path, store: Path) -> None:
        self.ada, self.store, self.folder = ada, store, folder
        self.origin = Repository(Path(ada.run("remote", "get-url", "origin").strip()))
        self.bob, self.eve = self.clone("Bob"), self.clone("Eve")
        self.sign: evidence.Sign | None = None

    def clone(self, name: str) -> Repository:
        top = self.folder / name.lower()
        self.origin.run("clone", "--quiet", str(self.origin.path), str(top))
        made = Repository(top)
        made.run("config", "user.name", name)
        made.run("config", "user.email", f"{name.lower()}@example.org")
        return made

    def merge(self, branch: str, *, approve: bool = False) -> str:
        return local.merge(self.bob, branch, approve=approve, offline=True, sign=self.sign).commit

    def promote(self, version: str, stage: str) -> str:
        self.ada.run("fetch", "--quiet", "origin")
        registry = commits.registry(self.ada, self.ada.base)
        found = registry.find(names.reference(f"churn@{version}"))
        proposal = proposals.promote(registry, found, stage, "because")
        return self.merge(local.propose(proposal, self.ada).branch, approve=stage == "production")

    def decide(self, policy: dict[str, bytes]) -> None:
        """Change the policy as it should be changed: proposed, and merged."""
        self.ada.run("fetch", "--quiet", "origin")
        proposal = Proposal("policy", "Change the policy", "", files=policy)
        self.merge(local.propose(proposal, self.ada).branch)

    def push(self, files: dict[str, bytes], message: str = "Nothing to see here") -> str:
        """Let Eve write to main without asking anybody."""
        self.eve.run("fetch", "--quiet", "origin")
        self.eve.run("reset", "--quiet", "--hard", "origin/main")
        folders.write(files, self.eve.top)
        self.eve.run("add", "--all")
        self.eve.run("commit", "--quiet", "--message", message)
        self.eve.run("push", "--quiet", "origin", "HEAD:main")
        return self.eve.commit("HEAD")

    def remove(self, path: str) -> None:
        """Let Eve remove a file of main without asking anybody."""
        self.eve.run("rm", "--quiet", path)
        self.eve.run("commit", "--quiet", "--message", "Nothing to see here")
        self.eve.run("push", "--quiet", "origin", "HEAD:main")

    def rewrite(self, commit: str, change: Callable[[Any], None]) -> None:
        """Let Eve rewrite a note."""
        self.eve.run("fetch", "--quiet", "origin", f"+{evidence.REF}:{evidence.REF}")
        lines = self.eve.run("notes", "--ref=modelry", "show", commit).splitlines()
        held = [json.loads(line) for line in lines if line]
        for each in held:
            change(each)
        text = "\n".join(json.dumps(each) for each in held)
        self.eve.run("notes", "--ref=modelry", "add", "-f", "-m", text, commit)
        self.eve.run("push", "--quiet", "--force", "origin", evidence.REF)

    def audit(self, **options: Any) -> Audit:
        return auditing.verify(self.origin, "main", **options)

    def last(self) -> Proof:
        return self.audit().proofs[-1]


@pytest.fixture
def world(a_repo: Repository, tmp_path: Path, store: Path) -> World:
    """A registry in which 1.1.0 went to staging and to production as it should."""
    files = {
        **builders.a_model(versions=["1.0.0", "1.1.0", "1.2.0"]),
        **builders.an_assignment("churn", "1.0.0", "staging"),
        **builders.an_assignment("churn", "1.0.0", "production"),
        **a_policy(store),
    }
    folders.write(files, a_repo.top)
    a_repo.run("commit", "--quiet", "--all", "--amend", "--no-edit")
    a_repo.run("push", "--quiet", "--force")
    made = World(a_repo, tmp_path, store)
    made.promote("1.1.0", "staging")
    made.promote("1.1.0", "production")
    return made


BORN = "there was no policy to judge it by: the registry begins with it"
UNRECORDED = "no evidence is recorded"


def outcomes(audit: Audit) -> list[tuple[str | None, str | None, str]]:
    return [(proof.stage, proof.after, proof.outcome) for proof in audit.proofs]


def test_what_went_as_it_should_is_proven_and_the_beginning_is_not(world: World) -> None:
    audit = world.audit()
    assert outcomes(audit) == [
        ("production", "1.0.0", "cannot be proven"),
        ("staging", "1.0.0", "cannot be proven"),
        ("staging", "1.1.0", "proven"),
        ("production", "1.1.0", "proven"),
    ]
    assert audit.proofs[0].missing == (UNRECORDED, BORN)
    last = audit.proofs[-1]
    assert (last.kind, last.before, last.approvers, last.contradictions, last.missing) == (
        "promotion",
        "1.0.0",
        (BOB,),
        (),
        (),
    )
    assert last.policy == world.ada.run("rev-parse", f"origin/main:{layout.POLICY}").strip()
    assert [caveat.partition(":")[0] for caveat in audit.caveats] == [
        "the evidence is not signed",
        "who a name or an address belongs to is taken from git and the forge, and proven by neither",
        "times are those of whoever merged; soaks and waivers are judged by them",
    ]


def test_a_rollback_is_proven_without_gates_and_approvals(world: World) -> None:
    world.ada.run("fetch", "--quiet", "origin")
    registry = commits.registry(world.ada, world.ada.base)
    to = registry.find(names.reference("churn@1.0.0"))
    proposal = proposals.rollback(registry.model("churn"), "production", to, "worse")
    world.merge(local.propose(proposal, world.ada).branch)
    proof = world.last()
    assert (proof.kind, proof.after, proof.outcome, proof.approvers) == ("rollback", "1.0.0", "proven", ())


def test_several_that_are_promoted_together_are_each_proven(world: World) -> None:
    world.decide(builders.a_model("retention"))
    world.ada.run("fetch", "--quiet", "origin")
    registry = commits.registry(world.ada, world.ada.base)
    both = [registry.find(names.reference(each)) for each in ("churn@1.2.0", "retention@1.0.0")]
    proposal = proposals.promote_all(registry, both, "staging", "because")
    world.merge(local.propose(proposal, world.ada).branch)
    last = world.audit(hashing=False).proofs[-2:]
    assert [(proof.model, proof.after, proof.outcome) for proof in last] == [
        ("churn", "1.2.0", "proven"),
        ("retention", "1.0.0", "proven"),
    ]
    assert len({proof.commit for proof in last}) == 1
    assert [proof.model for proof in world.audit(model="retention", hashing=False).proofs] == ["retention"]


def test_a_version_that_was_yanked_and_unyanked_is_promoted_as_any(world: World) -> None:
    for unyank in (False, True):
        world.ada.run("fetch", "--quiet", "origin")
        registry = commits.registry(world.ada, world.ada.base)
        version = registry.find(names.reference("churn@1.2.0"))
        proposal = (
            proposals.unyank(version, "it was another")
            if unyank
            else proposals.yank(registry, version, "leaks", "high", None)
        )
        world.merge(local.propose(proposal, world.ada).branch, approve=unyank)
    world.promote("1.2.0", "staging")
    assert (world.last().after, world.last().outcome) == ("1.2.0", "proven")


@pytest.fixture
def bobs(world: World) -> World:
    """A registry whose churn belongs to Bob, by his address."""
    world.push({**builders.a_model(versions=["1.0.0", "1.1.0", "1.2.0"], owners=["bob@example.org"])})
    world.ada.run("fetch", "--quiet", "origin")
    return world


def a_waiver(**overrides: Any) -> dict[str, bytes]:
    given = {"version": "1.2.0", "stage": "production", "gate": None, "approver": "bob@example.org"}
    document = builders.a_document("waiver", **given | {"expires": "2999-12-31"} | overrides)
    return {layout.waiver("churn", "late"): builders.text("waiver", document)}


def test_a_waiver_is_proven_by_the_owner_whom_it_names(bobs: World) -> None:
    proposal = Proposal("waive", "Excuse churn@1.2.0", "", files=a_waiver())
    bobs.merge(local.propose(proposal, bobs.ada).branch, approve=True)
    last = bobs.last()
    assert (last.kind, last.stage, last.waiver, last.after, last.outcome, last.approvers) == (
        "waiver",
        "production",
        "late",
        "1.2.0",
        "proven",
        (BOB,),
    )
    for approver, why in (
        ({"name": "Eve", "email": "eve@example.org"}, "Eve <eve@example.org> is none of bob@example.org"),
        (None, "and none is on record"),
    ):
        bobs.rewrite(last.commit, approvers(*([approver] if approver else [])))
        found = bobs.last()
        assert found.outcome == ("contradicted" if approver else "cannot be proven")
        assert (*found.contradictions, *found.missing)[-1].endswith(why)


def test_a_waiver_and_its_end_that_were_pushed_prove_nothing(bobs: World) -> None:
    bobs.push(a_waiver(approver="eve@example.org", version=None, stage=None))
    last = bobs.last()
    assert (last.kind, last.stage, last.after, last.outcome, last.contradictions) == (
        "waiver",
        None,
        None,
        "contradicted",
        ("waiver-approver-not-owner: eve@example.org does not own churn",),
    )
    bobs.remove(layout.waiver("churn", "late"))
    assert bobs.last() == last


def test_a_lifted_yank_is_proven_by_an_owner_and_a_vanished_one_is_contradicted(bobs: World) -> None:
    for unyank in (False, True):
        bobs.ada.run("fetch", "--quiet", "origin")
        registry = commits.registry(bobs.ada, bobs.ada.base)
        version = registry.find(names.reference("churn@1.2.0"))
        proposal = (
            proposals.unyank(version, "it was another")
            if unyank
            else proposals.yank(registry, version, "leaks", "high", None)
        )
        bobs.merge(local.propose(proposal, bobs.ada).branch, approve=unyank)
    last = bobs.last()
    assert (last.kind, last.stage, last.after, last.outcome) == ("unyank", None, "1.2.0", "proven")
    bobs.push(builders.a_yank("churn", "1.1.0"))
    bobs.remove(layout.version("churn", "1.1.0", "yanked.yaml"))
    last = bobs.last()
    assert (last.kind, last.after, last.outcome, last.contradictions) == (
        "unyank",
        "1.1.0",
        "contradicted",
        ("unrecorded-unyank: churn@1.1.0 is yanked on main, and nothing says why no longer",),
    )


def test_a_plain_clone_has_no_evidence_and_says_how_to_fetch_it(world: World) -> None:
    clone = world.clone("Zoe")
    audit = auditing.verify(clone, "origin/main")
    assert {proof.outcome for proof in audit.proofs} == {"cannot be proven"}
    assert audit.caveats[0] == (
        "this clone has no evidence at all; a plain clone brings none: "
        "git fetch origin refs/notes/modelry:refs/notes/modelry"
    )
    assert audit.proofs[-1].missing[0] == (
        "no evidence is recorded; its message says it was proposed by Ada Test <ada@example.org>; "
        f"its message says it was approved by {BOB}, which whoever made the commit could write"
    )
    clone.run("fetch", "--quiet", "origin", f"{evidence.REF}:{evidence.REF}")
    assert auditing.verify(clone, "origin/main") == world.audit()


def test_a_bare_mirror_proves_the_same(world: World, tmp_path: Path) -> None:
    world.origin.run("clone", "--quiet", "--mirror", str(world.origin.path), str(tmp_path / "mirror.git"))
    assert auditing.verify(Repository(tmp_path / "mirror.git"), "main") == world.audit()


def test_one_models_moves_and_one_moments_are_asked_for_alone(world: World) -> None:
    assert outcomes(world.audit(model="churn")) == outcomes(world.audit())
    with pytest.raises(NotFoundError, match="there is no model churm"):
        world.audit(model="churm")
    assert outcomes(auditing.verify(world.origin, "main~1")) == outcomes(world.audit())[:-1]


def test_a_shallow_clone_cannot_be_audited(world: World, tmp_path: Path) -> None:
    url = f"file://{world.origin.path}"
    world.origin.run("clone", "--quiet", "--depth=1", url, str(tmp_path / "shallow"))
    with pytest.raises(RegistryError, match="this clone is shallow"):
        auditing.verify(Repository(tmp_path / "shallow"), "HEAD")


# Tampering


def approvers(*people: dict[str, str]) -> Callable[[Any], None]:
    def change(statement: Any) -> None:
        statement["predicate"]["approvers"] = list(people)

    return change


def test_an_approver_forged_into_a_note_is_found(world: World) -> None:
    world.rewrite(world.last().commit, approvers({"name": "Boss", "email": "boss@example.org"}))
    assert world.last().outcome == "contradicted"
    assert world.last().contradictions == (
        "its note says that Boss <boss@example.org> approved it, and the commit's own message does not",
    )


def test_an_author_who_approves_by_a_forged_note_is_found(world: World) -> None:
    world.rewrite(world.last().commit, approvers({"name": "Ada Test", "email": "ada@example.org"}))
    assert world.last().contradictions == (
        "its note says that Ada Test <ada@example.org> approved it, and the commit's own message does not",
        "1 approval is asked for, but Ada Test <ada@example.org> proposed it",
    )


def wrong_digest(statement: Any) -> None:
    statement["subject"][0]["digest"]["sha256"] = "0" * 64
    statement["predicate"]["moves"][0]["sha256"] = "0" * 64


def wrong_head(statement: Any) -> None:
    statement["predicate"]["head"] = "1" * 40


def wrong_policy(statement: Any) -> None:
    statement["predicate"]["policy"]["blob"] = "2" * 40


def wrong_time(statement: Any) -> None:
    statement["predicate"]["merged_at"] = "2001-01-01T00:00:00Z"


def wrong_author(statement: Any) -> None:
    statement["predicate"]["author"] = {"name": "Zoe", "email": "zoe@example.org"}


def wrong_registry(statement: Any) -> None:
    statement["predicate"]["registry"] = "another"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (wrong_digest, ["the moves", "the artifacts"]),
        (wrong_head, ["the head"]),
        (wrong_policy, ["the policy"]),
        (wrong_time, ["the time"]),
        (wrong_author, ["the author"]),
        (wrong_registry, ["the registry"]),
    ],
)
def test_a_note_that_says_another_thing_than_its_commit_is_found(
    world: World, change: Callable[[Any], None], what: list[str]
) -> None:
    world.rewrite(world.last().commit, change)
    proof = world.last()
    assert proof.outcome == "contradicted"
    told = "its note says another thing than the commit of "
    assert [each.removeprefix(told).partition(":")[0] for each in proof.contradictions] == what


def test_the_note_of_another_commit_is_found(world: World) -> None:
    staging, production = (proof.commit for proof in world.audit().proofs[-2:])
    line = model.line(evidence.read(world.origin)[staging].recorded[0].statement)
    world.eve.run("fetch", "--quiet", "origin", f"+{evidence.REF}:{evidence.REF}")
    world.eve.run("notes", "--ref=modelry", "add", "-f", "-m", line, production)
    world.eve.run("push", "--quiet", "--force", "origin", evidence.REF)
    told = world.last().contradictions
    assert f"its note says another thing than the commit of the commit: {staging}, not {production}" in told


def test_a_note_that_is_no_statement_is_found(world: World) -> None:
    world.rewrite(world.last().commit, lambda statement: statement.clear())
    assert world.last().contradictions[0].startswith("its note: line 1 is no statement of evidence/v1: ")


def test_a_missing_note_is_named(world: World) -> None:
    commit = world.last().commit
    world.eve.run("fetch", "--quiet", "origin", f"+{evidence.REF}:{evidence.REF}")
    world.eve.run("notes", "--ref=modelry", "remove", commit)
    world.eve.run("push", "--quiet", "--force", "origin", evidence.REF)
    proof = world.last()
    assert (proof.outcome, proof.contradictions) == ("cannot be proven", ())
    assert [each.partition(";")[0] for each in proof.missing] == [
        "no evidence is recorded",
        "1 approval is asked for, and none is on record",
    ]


def test_an_assignment_that_was_pushed_is_not_proven(world: World) -> None:
    world.push(builders.an_assignment("churn", "1.2.0", "staging", previous="1.1.0"))
    proof = world.last()
    assert (proof.after, proof.outcome, proof.missing) == ("1.2.0", "cannot be proven", (UNRECORDED,))


def test_a_pushed_assignment_that_the_policy_forbids_is_contradicted(world: World) -> None:
    world.push(builders.an_assignment("churn", "1.2.0", "production", previous="1.0.0", sha256="0" * 64))
    proof = world.last()
    assert proof.outcome == "contradicted"
    assert sorted(each.partition(":")[0] for each in proof.contradictions) == [
        "digest-mismatch",
        "stage-skipped",
        "stale-promotion",
    ]


def test_approvals_that_a_pushed_message_claims_prove_nothing(world: World) -> None:
    world.promote("1.2.0", "staging")
    files = builders.an_assignment("churn", "1.2.0", "production", previous="1.1.0")
    world.push(files, f"Promote\n\nProposed-by: Ada Test <ada@example.org>\nApproved-by: {BOB}")
    proof = world.last()
    assert (proof.outcome, proof.approvers) == ("cannot be proven", ())


def test_a_version_record_that_was_altered_later_is_found(world: World) -> None:
    path = layout.version("churn", "1.1.0")
    record = world.ada.tree("main").read(path) if world.ada.resolves("main") else b""
    commit = world.push({path: record.replace(b"summary: ", b"summary: so much better, ")})
    told = f"the record of churn@1.1.0 was altered since: version.yaml was changed in {commit[:12]}"
    assert [proof.contradictions for proof in world.audit().proofs[-2:]] == [(told,), (told,)]


def test_bytes_that_were_exchanged_in_the_remote_are_found(world: World) -> None:
    for path in world.store.rglob("files/md5/*/*"):
        if path.read_bytes() == builders.artifact("churn", "1.1.0"):
            path.chmod(0o644)
            path.write_bytes(b"evil weights")
    assert [each.partition(":")[0] for each in world.last().contradictions] == [
        "the remote has other bytes for churn@1.1.0"
    ]
    assert world.audit(hashing=False).proofs[-1].outcome == "proven"


def test_bytes_that_are_not_there_or_elsewhere_cannot_be_proven(world: World) -> None:
    for path in world.store.rglob("files/md5/*/*"):
        path.unlink()
    (told,) = world.last().missing
    assert told.startswith("the bytes of churn@1.1.0 cannot be read here: ")
    policy = a_policy(world.store, remotes={"far": {"url": "s3://bucket/models"}})
    world.push(policy)
    assert world.audit().proofs[-1].missing == (
        "the bytes of churn@1.1.0 cannot be read here: s3://bucket/models is not asked, for verification is offline",
    )


SOFT = [{"name": "staging"}, {"name": "production"}]


def test_a_policy_that_was_softened_for_one_promotion_and_restored_is_found(world: World) -> None:
    softened = world.push(a_policy(world.store, stages=SOFT), "Tidy up")
    world.promote("1.2.0", "production")
    restored = world.push(a_policy(world.store), "Tidy up again")
    proof = world.last()
    assert (proof.outcome, proof.contradictions, proof.missing) == (
        "contradicted",
        (
            (
                f"the policy was changed in {softened[:12]} and restored in {restored[:12]}; by that, stage-skipped: "
                "churn@1.2.0 never held staging, which production asks for"
            ),
        ),
        (f"the policy that judged it came by {softened[:12]}: no evidence is recorded",),
    )


def test_a_policy_that_was_changed_by_a_merge_is_as_good_as_any(world: World) -> None:
    world.decide(a_policy(world.store, stages=SOFT))
    world.promote("1.2.0", "production")
    assert (world.last().outcome, world.last().contradictions) == ("proven", ())


# Signatures


@pytest.fixture
def signing(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same, where policy names a signer, and Bob merges with that key."""
    key = ed25519.Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    monkeypatch.setenv("SIGNING_KEY", pem.decode())
    world.sign = keys.signing("env:SIGNING_KEY")
    signers = {"bob": {"public_key": base64.b64encode(der).decode()}}
    world.decide(a_policy(world.store, signers=signers))
    world.promote("1.2.0", "staging")
    world.promote("1.2.0", "production")
    return world


def test_what_a_trusted_key_signed_is_proven(signing: World) -> None:
    audit = signing.audit()
    assert [proof.outcome for proof in audit.proofs[-2:]] == ["proven", "proven"]
    assert not any("not signed" in caveat for caveat in audit.caveats)


def test_a_signed_note_that_was_altered_is_found(signing: World) -> None:
    def change(envelope: Any) -> None:
        text = base64.b64decode(envelope["payload"]).replace(b"Bob", b"Eve")
        envelope["payload"] = base64.b64encode(text).decode()

    signing.rewrite(signing.last().commit, change)
    assert signing.last().contradictions == ("its note was altered: the signature of bob does not hold",)


def test_an_unsigned_note_counts_for_nothing_where_policy_names_signers(signing: World) -> None:
    signing.sign = None
    signing.promote("1.1.0", "staging")
    proof = signing.last()
    assert (proof.outcome, proof.missing) == (
        "cannot be proven",
        ("none of the policy's signers (bob) signed its evidence: it is not signed",),
    )


# What a forge knows


def squashed(world: World, given: Given, allowed: str = "@bob") -> Proof:
    """Promote 1.2.0 to production as a forge's button does, in one commit, and record what the forge knows."""
    approvals = {"count": 1, "from": [allowed]}
    world.decide(a_policy(world.store, stages=[STAGES[0], STAGES[1] | {"approvals": approvals}]))
    world.promote("1.2.0", "staging")
    files = builders.an_assignment("churn", "1.2.0", "production", previous="1.1.0")
    commit = world.push(files, "Promote churn (#12)")
    world.ada.run("fetch", "--quiet", "origin")
    recording.record(world.ada, commit, given, None, dry_run=False)
    return world.last()


ZOE = Someone(name="zoe", forge="github", id="1001")
BOBS = Approver(name="bob", forge="github", id="1002")
GIVEN = Given(
    proposal=Proposed(number=12, url="https://github.com/acme/models/pull/12"),
    author=ZOE,
    approvers=(BOBS,),
    checks=(Check(name="ci", conclusion="success"),),
)


def test_what_a_forges_ci_recorded_proves_its_approvers(world: World) -> None:
    proof = squashed(world, GIVEN)
    assert (proof.outcome, proof.approvers, proof.pull_request) == (
        "proven",
        ("bob",),
        "https://github.com/acme/models/pull/12",
    )


@pytest.mark.parametrize(
    ("given", "allowed", "contradictions", "missing"),
    [
        (
            GIVEN.model_copy(update={"author": Someone(name="bob", forge="github", id="1002")}),
            "@bob",
            ("1 approval is asked for, but bob proposed it",),
            (),
        ),
        (GIVEN, "@carol", ("1 approval is asked for, but bob is none of @carol",), ()),
        (GIVEN, "@acme/risk", (), ("nothing here shows that bob is one of @acme/risk",)),
        (
            GIVEN.model_copy(update={"author": None}),
            "@bob",
            (),
            ("nothing here shows that bob is not its author, Eve <eve@example.org>",),
        ),
    ],
    ids=["the author's own", "not allowed", "a team's", "of an unknown author"],
)
def test_an_approval_is_held_against_what_policy_asks(
    world: World, given: Given, allowed: str, contradictions: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    proof = squashed(world, given, allowed)
    assert (proof.contradictions, proof.missing) == (contradictions, missing)


def test_statements_that_disagree_are_told(world: World) -> None:
    proof = squashed(world, GIVEN)
    again = GIVEN.model_copy(update={"author": Someone(name="eve", forge="github", id="6")})
    recording.record(world.ada, proof.commit, again, None, dry_run=False)
    assert world.last().contradictions == ("its note names more than one author's account: 1001, 6",)
