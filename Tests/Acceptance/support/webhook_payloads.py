"""What others send to webhooks: GitHub's documented payloads, cut down to the usual members with some that nobody reads."""

SENDER = {"login": "octocat", "html_url": "https://github.com/octocat", "avatar_url": "https://avatars.githubusercontent.com/u/1?v=4", "id": 1}
REPOSITORY = {
    "id": 7, "full_name": "owls/athens", "name": "athens", "html_url": "https://github.com/owls/athens", "private": False,
    "owner": {"login": "owls", "type": "Organization"}, "default_branch": "main",
}  # fmt: skip
ISSUE = {"number": 12, "title": "It hoots", "html_url": "https://github.com/owls/athens/issues/12", "body": "At night.", "labels": []}
PULL_REQUEST = {
    "number": 13, "title": "Hoot less", "html_url": "https://github.com/owls/athens/pull/13", "body": "By day.", "merged": False, "draft": False,
    "head": {"ref": "quiet", "sha": "a" * 40},
}  # fmt: skip


def event(**members):
    return {"repository": REPOSITORY, "sender": SENDER} | members


def commit(number, message="Feed the owls\n\nThey were hungry."):
    identifier = f"{number:040x}"
    return {
        "id": identifier, "message": message, "url": f"https://github.com/owls/athens/commit/{identifier}",
        "author": {"name": "Ann", "email": "ann@example.com", "username": "ann"}, "added": ["a"], "removed": [], "modified": [],
    }  # fmt: skip


def push(commits, *, ref="refs/heads/main", **more):
    compare = "https://github.com/owls/athens/compare/a...b"
    head = commits[-1] if commits else None
    members = {"ref": ref, "before": "0" * 40, "after": "1" * 40, "created": False, "deleted": False, "forced": False, "compare": compare}
    return event(**members, commits=commits, head_commit=head, pusher={"name": "ann"}) | more


COMMENT = {"id": 3, "html_url": "https://github.com/owls/athens/issues/12#issuecomment-3", "body": "Me too."}
RELEASE = {"tag_name": "v1.0", "name": "First flight", "html_url": "https://github.com/owls/athens/releases/tag/v1.0", "body": "Wings."}
DISCUSSION = {"number": 4, "title": "Why owls?", "html_url": "https://github.com/owls/athens/discussions/4", "body": "Wise."}


def run(conclusion, name="build", **more):
    url = "https://github.com/owls/athens/actions/runs/5"
    return {"name": name, "conclusion": conclusion, "status": "completed", "html_url": url, "head_branch": "main", "check_suite": {"head_branch": "main"}} | more


#: Event, payload, what the title says, the colour (None: whatever).
GREEN, RED, PURPLE = 3066993, 15158332, 10181046
SHOWN = [
    ("push", push([commit(1)]), "owls/athens:main - 1 commit", None),
    ("push", push([commit(1), commit(2)]), "owls/athens:main - 2 commits", None),
    ("push", push([commit(1)], forced=True), "owls/athens:main force-pushed", None),
    ("create", event(ref="quiet", ref_type="branch"), "owls/athens: branch quiet created", GREEN),
    ("delete", event(ref="v1", ref_type="tag"), "owls/athens: tag v1 deleted", RED),
    ("issues", event(action="opened", issue=ISSUE), "owls/athens: issue #12 opened: It hoots", GREEN),
    ("issues", event(action="closed", issue=ISSUE), "owls/athens: issue #12 closed: It hoots", RED),
    ("issues", event(action="reopened", issue=ISSUE), "owls/athens: issue #12 reopened: It hoots", None),
    ("issue_comment", event(action="created", issue=ISSUE, comment=COMMENT), "owls/athens: comment on #12 It hoots", None),
    ("pull_request", event(action="opened", number=13, pull_request=PULL_REQUEST), "owls/athens: PR #13 opened: Hoot less", GREEN),
    ("pull_request", event(action="closed", number=13, pull_request=PULL_REQUEST), "owls/athens: PR #13 closed: Hoot less", RED),
    ("pull_request", event(action="closed", number=13, pull_request=PULL_REQUEST | {"merged": True}), "owls/athens: PR #13 merged: Hoot less", PURPLE),
    ("pull_request_review", event(action="submitted", pull_request=PULL_REQUEST, review={"state": "approved", "html_url": "https://x.example/r", "body": "Yes."}),
     "owls/athens: review approved on PR #13", None),
    ("commit_comment", event(action="created", comment=COMMENT | {"commit_id": "a" * 40}), "owls/athens: comment on", None),
    ("discussion", event(action="created", discussion=DISCUSSION), "owls/athens: discussion #4 created: Why owls?", None),
    ("release", event(action="published", release=RELEASE), "owls/athens: release First flight", None),
    ("fork", event(forkee={"full_name": "bob/athens", "html_url": "https://github.com/bob/athens"}), "owls/athens:", None),
    ("star", event(action="created"), "owls/athens:", None),
    ("watch", event(action="started"), "owls/athens:", None),
    ("public", event(), "owls/athens:", None),
    ("member", event(action="added", member=SENDER), "owls/athens:", None),
    ("workflow_run", event(action="completed", workflow_run=run("failure")), "owls/athens: build failure on main", RED),
    ("check_run", event(action="completed", check_run=run("timed_out")), "owls/athens: build timed_out on main", None),
]  # fmt: skip

#: What is taken and not shown.
SILENT = [
    ("ping", {"zen": "Design for failure.", "hook_id": 1}), ("push", push([], deleted=True)), ("push", push([commit(1)], ref="refs/tags/v1")),
    ("push", push([])), ("issues", event(action="labeled", issue=ISSUE)), ("issue_comment", event(action="deleted", issue=ISSUE, comment=COMMENT)),
    ("pull_request", event(action="synchronize", pull_request=PULL_REQUEST)), ("release", event(action="created", release=RELEASE)),
    ("star", event(action="deleted")), ("member", event(action="removed", member=SENDER)), ("workflow_run", event(action="requested", workflow_run=run(None))),
    ("workflow_run", event(action="completed", workflow_run=run("success"))), ("sponsorship", event(action="created")), ("issues", {}),
    ("push", {"ref": 7, "commits": "x"}), ("pull_request", event(action="opened", pull_request=None)), ("issues", event(action=["opened"], issue=[])),
]  # fmt: skip
