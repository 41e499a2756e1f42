"""A stand-in for GitLab's REST API v4, on loopback: it keeps projects, merge requests, notes and issues.

Paths, fields and status codes are those of GitLab's own documentation (doc/api/*.md of gitlab-org/gitlab, 17 and 18).
It was never held against a GitLab: what it answers is what is written, not what was seen.
"""

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

TOKENS = {"ada-token": 1, "bot-token": 7}
"""Who is let in, by user id."""
NAMES = {1: "ada", 2: "bob", 3: "rita", 4: "mallory", 7: "project_1_bot"}

Answer = tuple[int, Any]


class Asked(NamedTuple):
    """A request: its path is below /api/v4, with the question as it was sent."""

    method: str
    path: str
    body: Any


class GitLab:
    """What the server knows; tests read and write it."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.faults: list[Answer | None] = []
        """Answers of requests to come, instead of what would be; None does what is asked and loses the answer."""
        self.projects = {"acme/models": 1, "ada/models": 2}
        self.merge_requests: list[dict[str, Any]] = []
        self.notes: dict[int, list[dict[str, Any]]] = {}
        self.issues: list[dict[str, Any]] = []
        self.approvals: dict[int, list[dict[str, Any]]] = {}
        self.versions: dict[int, list[dict[str, Any]]] = {}
        self.jobs: dict[int, list[dict[str, Any]]] = {}
        self.commits: dict[int, list[dict[str, Any]]] = {}
        self.roles: dict[int, int] = {}
        self.groups: dict[str, list[int]] = {}
        self._numbers = itertools.count(100)

    def user(self, number: int) -> dict[str, Any]:
        return {"id": number, "username": NAMES[number], "name": NAMES[number].title(), "state": "active"}

    def _account(self, number: int) -> dict[str, Any]:
        found = self.user(number)
        return {**found, "bot": number == 7, "public_email": f"{found['username']}@acme.example"}

    def note(
        self,
        iid: int,
        author: int,
        body: str,
        *,
        system: bool = False,
        when: str = "2026-03-01T10:00:00.000Z",
    ) -> dict[str, Any]:
        made = {
            "id": next(self._numbers),
            "body": body,
            "author": self.user(author),
            "created_at": when,
            "updated_at": when,
            "system": system,
            "noteable_type": "MergeRequest",
            "noteable_iid": iid,
        }
        self.notes.setdefault(iid, []).append(made)
        return made

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, user: int) -> Answer:
        for verb, pattern, act in self._routes():
            found = re.fullmatch(pattern, path)
            if found is not None and verb == method:
                return act(query, body, user, *found.groups())
        return 404, {"error": "404 Not Found"}

    def _routes(self) -> Iterator[tuple[str, str, Callable[..., Answer]]]:
        project, request = r"/projects/([^/]+)", r"/merge_requests/(\d+)"
        yield "GET", "/user", lambda _q, _b, user: (200, self.user(user))
        yield (
            "GET",
            r"/users/(\d+)",
            lambda _q, _b, _u, id_: (200, self._account(int(id_))),
        )
        yield "GET", r"/groups/([^/]+)/members/all", self._members
        yield "GET", f"{project}/members/all/(\\d+)", self._member
        yield "GET", f"{project}/repository/commits/([^/]+)/merge_requests", self._of_commit
        yield (
            "GET",
            f"{project}{request}/commits",
            lambda q, _b, _u, _p, iid: _page(q, self.commits[int(iid)]),
        )
        yield "GET", project, self._project
        yield "GET", f"{project}/merge_requests", self._list_requests
        yield "POST", f"{project}/merge_requests", self._make_request
        yield "GET", project + request, lambda _q, _b, _u, _p, iid: (200, self._request(iid))
        yield "PUT", project + request, self._edit_request
        yield (
            "GET",
            f"{project}{request}/notes",
            lambda q, _b, _u, _p, iid: _page(q, self.notes.get(int(iid), [])),
        )
        yield (
            "POST",
            f"{project}{request}/notes",
            lambda _q, b, u, _p, iid: (201, self.note(int(iid), u, b["body"])),
        )
        yield "PUT", f"{project}{request}/notes/(\\d+)", self._edit_note
        yield "GET", f"{project}{request}/approvals", self._approved
        yield (
            "GET",
            f"{project}{request}/versions",
            lambda q, _b, _u, _p, iid: _page(q, self.versions[int(iid)]),
        )
        yield (
            "GET",
            f"{project}/pipelines/(\\d+)/jobs",
            self._jobs,
        )
        yield "GET", f"{project}/issues", self._list_issues
        yield "POST", f"{project}/issues", self._make_issue
        yield "PUT", f"{project}/issues/(\\d+)", self._edit_issue

    def _project(self, _q: Any, _b: Any, _u: int, name: str) -> Answer:
        known = self.projects.get(unquote(name)) or (int(name) if name.isdecimal() else None)
        return (200, {"id": known}) if known else (404, {"message": "404 Project Not Found"})

    def _members(self, query: dict[str, str], _b: Any, _u: int, name: str) -> Answer:
        known = self.groups.get(unquote(name))
        found = [self.user(number) for number in known or ()]
        return (404, {"message": "404 Group Not Found"}) if known is None else _page(query, found)

    def _member(self, _q: Any, _b: Any, _u: int, _p: str, id_: str) -> Answer:
        role = self.roles.get(int(id_))
        told = {**self.user(int(id_)), "access_level": role}
        return (200, told) if role is not None else (404, {"message": "404 Not found"})

    def _jobs(self, query: dict[str, str], _b: Any, _u: int, name: str, id_: str) -> Answer:
        if int(name) not in self.projects.values():
            return 404, {"message": "404 Project Not Found"}
        return _page(query, self.jobs[int(id_)])

    def _of_commit(self, query: dict[str, str], _b: Any, _u: int, _p: str, commit: str) -> Answer:
        found = [each for each in self.merge_requests if commit in {each["sha"], each["merge_commit_sha"]}]
        return _page(query, found)

    def _request(self, iid: str) -> dict[str, Any]:
        return next(each for each in self.merge_requests if each["iid"] == int(iid))

    def _list_requests(self, query: dict[str, str], _b: Any, _u: int, name: str) -> Answer:
        asked = {key: query[key] for key in ("state", "source_branch", "target_branch") if key in query}
        target = self.projects[unquote(name)]
        return _page(
            query,
            [
                each
                for each in self.merge_requests
                if each["target_project_id"] == target and asked.items() <= each.items()
            ],
        )

    def _make_request(self, _q: Any, body: dict[str, Any], user: int, name: str) -> Answer:
        source = self.projects[unquote(name)]
        target = body.get("target_project_id", source)
        same = {"state": "opened", "source_project_id": source, "target_project_id": target}
        same |= {"source_branch": body["source_branch"], "target_branch": body["target_branch"]}
        for each in self.merge_requests:
            if same.items() <= each.items():
                told = f"Another open merge request already exists for this source branch: !{each['iid']}"
                return 409, {"message": [told]}
        iid = len(self.merge_requests) + 1
        page = next(path for path, id_ in self.projects.items() if id_ == target)
        made = {
            **same,
            "id": next(self._numbers),
            "iid": iid,
            "title": body["title"],
            "description": body["description"],
            "labels": [label for label in body.get("labels", "").split(",") if label],
            "author": self.user(user),
            "web_url": f"{self.url}/{page}/-/merge_requests/{iid}",
        }
        self.merge_requests.append(made)
        return 201, made

    def _edit_request(self, _q: Any, body: dict[str, Any], _u: int, _p: str, iid: str) -> Answer:
        found = self._request(iid)
        found |= {key: value for key, value in body.items() if key in {"title", "description"}}
        found["labels"] += [label for label in body.get("add_labels", "").split(",") if label]
        return 200, found

    def _edit_note(self, _q: Any, body: dict[str, Any], user: int, _p: str, iid: str, id_: str) -> Answer:
        found = next(note for note in self.notes[int(iid)] if note["id"] == int(id_))
        if found["author"]["id"] != user:
            return 403, {"message": "403 Forbidden"}
        found["body"] = body["body"]
        return 200, found

    def _approved(self, _q: Any, _b: Any, _u: int, _p: str, iid: str) -> Answer:
        return 200, {"iid": int(iid), "approved": True, "approved_by": self.approvals.get(int(iid), [])}

    def _list_issues(self, query: dict[str, str], _b: Any, _u: int, _p: str) -> Answer:
        wanted = set(query["labels"].split(","))
        return _page(
            query,
            [
                each
                for each in self.issues
                if wanted <= set(each["labels"]) and each["state"] == query["state"]
            ],
        )

    def _make_issue(self, _q: Any, body: dict[str, Any], user: int, _p: str) -> Answer:
        iid = len(self.issues) + 1
        made = {
            "id": next(self._numbers),
            "iid": iid,
            "state": "opened",
            "author": self.user(user),
            "title": body["title"],
            "description": body["description"],
            "labels": body["labels"].split(","),
            "web_url": f"{self.url}/acme/models/-/issues/{iid}",
        }
        self.issues.append(made)
        return 201, made

    def _edit_issue(self, _q: Any, body: dict[str, Any], _u: int, _p: str, iid: str) -> Answer:
        found = self.issues[int(iid) - 1]
        found |= {key: value for key, value in body.items() if key in {"title", "description"}}
        found["state"] = "closed" if body.get("state_event") == "close" else found["state"]
        return 200, found


def _page(query: dict[str, str], items: list[dict[str, Any]]) -> Answer:
    size, page = int(query.get("per_page", 20)), int(query.get("page", 1))
    return 200, items[(page - 1) * size : page * size]


@contextmanager
def running() -> Iterator[GitLab]:
    """Serve a GitLab on a free port."""
    known = GitLab()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            path = parts.path.removeprefix("/api/v4")
            known.asked.append(Asked(self.command, f"{path}?{parts.query}" if parts.query else path, body))
            user = TOKENS.get(self.headers.get("PRIVATE-TOKEN") or "")
            fault = known.faults.pop(0) if known.faults else ()
            if user is None:
                status, answer = 401, {"message": "401 Unauthorized"}
            elif fault:
                status, answer = fault
            else:
                status, answer = known.answer(self.command, path, dict(parse_qsl(parts.query)), body, user)
            if fault is None:
                self.connection.close()
                return
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if 300 <= status < 400:
                self.send_header("Location", str(answer))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the base class's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield known
        server.shutdown()
        thread.join()
