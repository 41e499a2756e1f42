"""What the servers of `githost` do with what a push says beside its commits; run as their hook: `requested.py KIND PAGE`.

`gitlab` is a post-receive hook, which opens a merge request for `-o merge_request.create`. `agit` is a proc-receive
hook, for which a push to refs/for/BRANCH is a pull request. Both keep them in `requests.json` and answer in the words
of those forges.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def told() -> list[str]:
    count = int(os.environ.get("GIT_PUSH_OPTION_COUNT", "0"))
    return [os.environ[f"GIT_PUSH_OPTION_{number}"] for number in range(count)]


def keep(source: str, target: str, options: Sequence[str], head: str) -> int:
    """Open a request, or update the one that is open from this source; give its number."""
    kept = Path("requests.json")
    requests = json.loads(kept.read_text("utf-8")) if kept.exists() else []
    found = next((request for request in requests if request["source"] == source), None)
    if found is None:
        found = {"number": len(requests) + 1, "source": source, "author": os.environ.get("REMOTE_USER", "")}
        requests.append(found)
    found |= {"target": target, "options": list(options), "head": head}
    kept.write_text(json.dumps(requests, indent=1), "utf-8")
    return int(found["number"])


def say(text: str) -> None:
    sys.stderr.write(f"\n{text}\n\n")


def gitlab(page: str) -> None:
    for pushed in sys.stdin:
        _, new, ref = pushed.split()
        branch, options = ref.removeprefix("refs/heads/"), told()
        if not ref.startswith("refs/heads/") or branch == "main" or not int(new, 16):
            continue
        if "merge_request.create" in options:
            target = next((option.partition("=")[2] for option in options if ".target=" in option), "main")
            number = keep(branch, target, options, new)
            say(f"View merge request for {branch}:\n  {page}/-/merge_requests/{number}")
        else:
            asked = f"merge_request%5Bsource_branch%5D={branch.replace('/', '%2F')}"
            say(f"To create a merge request for {branch}, visit:\n  {page}/-/merge_requests/new?{asked}")


def agit(page: str) -> None:
    """Speak with git in its packets: the version, the refs and the options of a push in; what came of each ref out."""
    _read()
    _write("version=1\0push-options")
    commands, options = _read(), _read()
    _write(*(line for command in commands for line in _taken(page, command, options)))


def _taken(page: str, command: str, options: Sequence[str]) -> list[str]:
    _, new, ref = command.split(" ")
    said = dict(option.split("=", 1) for option in options if "=" in option)
    target, _, session = ref.removeprefix("refs/for/").partition("/")
    topic = said.get("topic", session)
    if not topic:
        return [f"ng {ref} topic is missing"]
    source = f"{os.environ['REMOTE_USER']}/{topic}"
    requests = json.loads(Path("requests.json").read_text("utf-8")) if Path("requests.json").exists() else []
    old = next((request["head"] for request in requests if request["source"] == source), None)
    if old == new:
        return [f"ng {ref} new commit is same with old commit"]
    ahead = old is None or not _git("merge-base", "--is-ancestor", old, new).returncode
    if not ahead and said.get("force-push") != "true":
        return [f"ng {ref} request `force-push` push option"]
    number = keep(source, target, options, new)
    head = f"refs/pull/{number}/head"
    _git("update-ref", head, new).check_returncode()
    say(f"Visit the existing pull request:\n  {page}/pulls/{number} merges into {target}")
    moved = [f"option refname {head}", f"option old-oid {old or '0' * 40}", f"option new-oid {new}"]
    return [f"ok {ref}", *moved, *([] if ahead else ["option forced-update"])]


def _git(*args: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", *args], check=False, capture_output=True)


def _read() -> list[str]:
    lines = []
    while size := int(sys.stdin.buffer.read(4), 16):
        lines.append(sys.stdin.buffer.read(size - 4).decode().rstrip("\n"))
    return lines


def _write(*lines: str) -> None:
    for line in lines:
        data = line.encode()
        sys.stdout.buffer.write(b"%04x%s" % (len(data) + 4, data))
    sys.stdout.buffer.write(b"0000")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    {"agit": agit, "gitlab": gitlab}[sys.argv[1]](sys.argv[2])
