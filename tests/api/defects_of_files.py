"""Defects of the original service that are not here: files, exports, letters, stale answers."""

import io
from dataclasses import replace

import openpyxl

from tests import post, test_mail
from tests.api.asking import TASKS, make, read, refused
from tests.api.defect_stage import Stage
from tests.api.sending import END, Sent, attach, part, send, send_raw
from tests.api.table import done
from tests.api.test_comments import say
from tests.swept import blobs_of, sweep_files
from tracker.services import sweeping

EXPORT, OVERVIEW = "/api/analytics/export", "/api/analytics/overview"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NASTY = '<b>&"'


def strangers_have_no_rights(stage: Stage) -> None:
    ann, bob, task = stage.ann, stage.bob, make(stage.ann, "hers")["id"]
    path = f"{TASKS}/{task}/files/{attach(ann, task)[0]['id']}"
    for reply in (bob.delete(path), bob.get(path), bob.delete(f"{TASKS}/{task}")):
        refused(reply, 404)
    assert done(bob.get(f"{EXPORT}?format=json")) == []
    assert [user["email"] for user in done(bob.get("/api/auth/users"))] == ["bob@example.com"]
    assert ann.get(path).status == 200


def an_upload_is_cut_off_and_looked_at(stage: Stage) -> None:
    ann = stage.another(max_file_size=1_000_000).as_("ann")
    task = make(ann)["id"]
    sent = io.BytesIO(part(b"x" * 9_000_000) + END)
    length = {"CONTENT_LENGTH": str(len(sent.getvalue()))}
    reply = send_raw(ann, task, None, input_stream=sent, environ_overrides=length)
    assert "exceeds maximum size" in refused(reply, 400)["detail"]
    assert 1_000_000 <= sent.tell() < 2_000_000
    refused(send(ann, task, Sent(), Sent(b"<html><script>", "a.png", "image/png")), 400)
    assert (blobs_of(stage.world), stage.store.db.files.count_documents({})) == ([], 0)
    (made,) = attach(ann, task, Sent(name="é;x.txt"))
    told = ann.get(f"{TASKS}/{task}/files/{made['id']}").headers["Content-Disposition"]
    assert told == "attachment; filename=\"e;x.txt\"; filename*=UTF-8''%C3%A9%3Bx.txt"


def an_export_holds_no_formula(stage: Stage) -> None:
    make(stage.ann, "=cmd|' /C calc'!A0")
    with stage.client.app.test_client(use_cookies=False) as asked:
        headers = {"Authorization": f"Bearer {stage.ann.token}"}
        reply = asked.get(EXPORT, headers=headers)
        assert (reply.is_streamed, reply.headers["Content-Type"]) == (True, XLSX)
        sheet = openpyxl.load_workbook(io.BytesIO(reply.get_data()))["Tasks"]
        reply.close()
    title = sheet.cell(2, 2)
    assert (title.data_type, title.value) == ("s", "'=cmd|' /C calc'!A0")


def letters_are_escaped_and_leave_later(stage: Stage) -> None:
    ann, users = stage.ann, stage.store.db.users
    users.update_one({"username": "ann"}, {"$set": {"email_confirmed_at": stage.clock.now}})
    late = {"due_date": "2020-01-01", "notify_overdue": True, "assigned_to": ann.me["id"]}
    task = make(ann, NASTY, **late)["id"]
    done(ann.post(f"{TASKS}/{task}/notify-overdue"))
    done(ann.delete(f"{TASKS}/{task}/files/{attach(ann, task)[0]['id']}"))
    assert (stage.box.letters, len(blobs_of(stage.world))) == ([], 1)
    sweeping.sweep(stage.world)
    sweep_files(stage.world)
    assert blobs_of(stage.world) == []
    (letter,) = (one for one in stage.box.letters if one.template == "overdue")
    message = test_mail.kept(replace(stage.config, data=stage.folder / "sent"), letter)
    assert message["Subject"] == f"Overdue: {NASTY}"
    assert "&lt;b&gt;&amp;&#34;" in post.text(message, "html")
    assert "<b>" not in post.text(message, "html")


def nothing_is_stale(stage: Stage) -> None:
    ann = stage.ann
    task = make(ann)["id"]
    for deed in (lambda: say(ann, task), lambda: attach(ann, task)):
        known = {path: ann.get(path).etag for path in (TASKS, f"{TASKS}/{task}")}
        deed()
        for path, etag in known.items():
            assert ann.get(path, headers={"If-None-Match": etag}).status == 200
    shown = read(ann, task)
    assert (len(shown["comments"]), len(shown["files"])) == (1, 1)
    assert done(ann.get(TASKS))["tasks"][0]["comments"] == shown["comments"]
