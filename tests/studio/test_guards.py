"""A stranger's page, program or name gets nothing from the studio, and nothing is written outside its folder."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from plan_rules.listening import is_loopback
from plan_rules.studio.folder import Changed, Folder, NotKept, version_of
from plan_rules.studio.guards import Doors
from tests.studio.served import Studio, served, with_the_shipped_plan

PAGES = ("/", "/edit", "/prove", "/scenarios", "/matrix", "/edit/text")
ACTIONS = (
    "/decide",
    "/ask",
    "/why-not",
    "/keep",
    "/prove/claims",
    "/scenarios/run",
    "/matrix/rows",
    "/edit/check",
    "/edit/save",
    "/edit/drop",
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with served(with_the_shipped_plan(tmp_path_factory.mktemp("guarded"))) as running:
        yield running


@pytest.fixture
def unchanged(studio: Studio) -> Iterator[None]:
    """The folder holds the same bytes afterwards."""
    assert studio.folder is not None
    before = {file.name: file.read_bytes() for file in studio.folder.iterdir()}
    yield
    assert {file.name: file.read_bytes() for file in studio.folder.iterdir()} == before


# --------------------------------------------------------------------------- who asks


@pytest.mark.parametrize("path", [*PAGES, "/static/studio.js"])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "10.0.0.1:{port}",
        "",
        "127.0.0.1:{port}@evil.example",
    ],
)
def test_a_name_that_is_not_ours_is_answered_by_nothing_of_ours(studio: Studio, path: str, host: str) -> None:
    status, text, _ = studio.get(path, Host=host.format(port=studio.port))

    assert status == 421
    assert "预案" not in text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_the_names_of_the_loopback_are_ours(studio: Studio, host: str) -> None:
    assert studio.get("/", Host=f"{host}:{studio.port}")[0] == 200


def test_two_hosts_in_one_request_are_none(studio: Studio) -> None:
    with socket.create_connection(("127.0.0.1", studio.port), timeout=10) as raw:
        raw.sendall(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode()
        )
        answer = raw.makefile("rb").read()

    assert answer.split()[1] in (b"400", b"421")
    assert b"X-Studio-Token" not in answer


@pytest.mark.parametrize("path", ACTIONS)
@pytest.mark.parametrize(
    "headers",
    [
        {"X_Studio_Token": None},
        {"X_Studio_Token": "guess"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
    ids=("no-token", "wrong-token", "other-origin", "no-origin", "cross-site", "same-site"),
)
@pytest.mark.usefixtures("unchanged")
def test_what_a_page_of_ours_did_not_send_is_refused(studio: Studio, path: str, headers: dict[str, str | None]) -> None:
    assert studio.post(path, {"of": "saved"}, **headers)[0] == 403


def test_a_page_of_ours_is_answered(studio: Studio) -> None:
    status, text, _ = studio.post("/decide", {"f.staff_assaulted": "true"})

    assert status == 200
    assert "报警" in text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(studio: Studio, method: str) -> None:
    assert studio.ask(method, "/", b"")[0] in (400, 405)


@pytest.mark.parametrize("path", ACTIONS)
def test_nothing_is_done_by_following_a_link(studio: Studio, path: str) -> None:
    assert studio.get(path)[0] == 405


# --------------------------------------------------------------------------- what a page may do


@pytest.mark.parametrize("path", [*PAGES, "/static/studio.js", "/nothing-here"])
def test_every_answer_forbids_code_of_others_frames_and_sniffing(studio: Studio, path: str) -> None:
    headers = studio.get(path)[2]
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


@pytest.mark.parametrize("path", PAGES[:-1])
def test_pages_hold_no_code_and_no_style_of_their_own_and_nothing_from_elsewhere(studio: Studio, path: str) -> None:
    page = studio.get(path)[1]

    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page
    assert "//" not in page.replace("<!doctype html>", "").replace("http://127.0.0.1", "")
    assert all("src=" in tag for tag in page.split("<script")[1:] if tag)


def test_what_is_typed_comes_back_as_text(studio: Studio) -> None:
    nasty = '"><script>alert(1)</script>'
    for path, form in (
        ("/decide", {"f.complaint_location": nasty}),
        ("/why-not", {"clause": nasty}),
        ("/prove/difference", {"base": nasty}),
        ("/keep", {"id": nasty, "title": nasty}),
    ):
        assert "<script>" not in studio.post(path, form)[1], path


# --------------------------------------------------------------------------- how much


@pytest.mark.parametrize("path", ["/decide", "/keep", "/edit/save"])
@pytest.mark.usefixtures("unchanged")
def test_a_body_that_is_too_large_is_refused(studio: Studio, path: str) -> None:
    size = 10 * 1024 * 1024 if path == "/edit/save" else 300 * 1024
    stated = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nX-Studio-Token: {studio.csrf}\r\n"
    with socket.create_connection(("127.0.0.1", studio.port), timeout=30) as raw:
        raw.sendall(f"{stated}Content-Length: {size}\r\n\r\n".encode())
        assert raw.recv(100).split()[1] == b"413"


def test_a_body_of_no_stated_length_is_counted_as_it_comes(studio: Studio) -> None:
    head = f"POST /decide HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nX-Studio-Token: {studio.csrf}\r\n"
    with socket.create_connection(("127.0.0.1", studio.port), timeout=30) as raw:
        raw.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(6):
            raw.sendall(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")
        assert raw.recv(100).split()[1] == b"413"


@pytest.mark.parametrize("body", [b"\xff\xfe", "f.x=是".encode(), b"&".join([b"a=1"] * 4000), b"f.staff_assaulted=%ff"])
def test_a_body_that_is_no_form_is_refused_and_nothing_breaks(studio: Studio, body: bytes) -> None:
    status, text, _ = studio.post("/decide", body)

    assert status == 200
    assert 'role="alert"' in text
    assert studio.get("/")[0] == 200


# --------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    "name", ["../plan.yaml", "/etc/passwd", "..", "%2e%2e/plan.yaml", "sub/plan.yaml", "plan.yaml\x00", ""]
)
def test_no_name_leads_out_of_the_folder(studio: Studio, name: str) -> None:
    status, text, _ = studio.post("/prove/difference", {"base": name})

    assert status == 200
    assert "没有这个比较对象" in text


@pytest.mark.parametrize(
    "path",
    [
        "/static/../serving.py",
        "/static/%2e%2e/serving.py",
        "/static/..%2fserving.py",
        "/static//etc/passwd",
        "/static/vendor/../../serving.py",
    ],
)
def test_only_what_is_meant_to_be_served_is(studio: Studio, path: str) -> None:
    assert studio.get(path)[0] == 404


@pytest.mark.parametrize(
    "name", ["../plan.yaml", "a/b.yaml", "/tmp/x.yaml", ".yaml", "plan.txt", "", "a b.yaml", "plan.yaml\n"]
)
def test_a_folder_takes_bare_names_of_yaml_files_alone(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path)

    with pytest.raises(NotKept):
        folder.read(name)
    with pytest.raises(NotKept):
        folder.write(name, b"x", "")
    assert list(tmp_path.parent.glob("*.yaml")) == []


def test_a_link_is_neither_read_nor_written_through(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside.yaml", tmp_path / "inside"
    outside.write_bytes(b"theirs")
    inside.mkdir()
    (inside / "plan.yaml").symlink_to(outside)
    folder = Folder(inside)

    with pytest.raises(NotKept, match="链接"):
        folder.read("plan.yaml")
    for seen in ("", version_of(b"theirs")):
        with pytest.raises(NotKept):
            folder.write("plan.yaml", b"ours", seen)
    assert outside.read_bytes() == b"theirs"
    assert folder.names() == ()


def test_a_folder_that_becomes_a_link_is_still_the_folder_that_was_opened(tmp_path: Path) -> None:
    chosen, other = tmp_path / "chosen", tmp_path / "other"
    chosen.mkdir()
    other.mkdir()
    folder = Folder(chosen)
    chosen.rename(tmp_path / "moved")
    chosen.symlink_to(other)
    folder.write("plan.yaml", b"text", "")

    assert (tmp_path / "moved" / "plan.yaml").read_bytes() == b"text"
    assert list(other.iterdir()) == []


def test_a_pipe_in_the_folder_holds_nobody_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan.yaml")

    with pytest.raises(NotKept):
        Folder(tmp_path).read("plan.yaml")


def test_a_file_changed_elsewhere_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_bytes(b"first")
    folder = Folder(tmp_path)
    (tmp_path / "plan.yaml").write_bytes(b"second")

    with pytest.raises(Changed):
        folder.write("plan.yaml", b"third", version_of(b"first"))
    assert (tmp_path / "plan.yaml").read_bytes() == b"second"


def test_a_file_is_replaced_whole_with_its_rights_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(b"first")
    file.chmod(0o640)
    with file.open("rb") as held:
        assert Folder(tmp_path).write("plan.yaml", b"second", version_of(b"first")) == version_of(b"second")
        assert held.read() == b"first"
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"second", 0o640)
    assert [each.name for each in tmp_path.iterdir()] == ["plan.yaml"]


def test_the_shipped_plan_is_never_written() -> None:
    folder = Folder(None)
    text = folder.read("plan.yaml")

    with pytest.raises(NotKept, match="init"):
        folder.write("plan.yaml", b"x", version_of(text))
    assert folder.read("plan.yaml") == text


# --------------------------------------------------------------------------- where others can reach it


def test_on_another_address_nothing_is_told_without_the_token() -> None:
    with served(None, "--host", "0.0.0.0") as studio:
        token = studio.address.partition("token=")[2]
        ours = f"127.0.0.1:{studio.port}"

        assert [studio.get(path, Host=ours)[0] for path in PAGES] == [401] * len(PAGES)
        assert studio.get("/", Host=ours, Authorization="Bearer guess")[0] == 401
        assert studio.get("/?token=guess", Host=ours)[0] == 401
        assert studio.get("/", Host=ours, Authorization=f"Bearer {token}")[0] == 200
        assert studio.get("/", Host=f"evil.example:{studio.port}", Authorization=f"Bearer {token}")[0] == 421

        status, _, headers = studio.get(f"//evil.example?token={token}&lang=en", Host=ours)
        assert (status, headers["location"]) == (303, "/evil.example?lang=en")
        assert "HttpOnly" in headers["set-cookie"]
        assert "samesite=strict" in headers["set-cookie"].lower()
        cookie = headers["set-cookie"].partition(";")[0]
        assert studio.get("/", Host=ours, Cookie=cookie)[0] == 200
        assert studio.post("/decide", {}, Host=ours, Cookie=cookie)[0] == 403, "a cookie alone proves no page of ours"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.9", False),
        ("::", False),
        ("example", False),
    ],
)
def test_a_token_is_asked_for_unless_the_address_is_the_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_every_run_has_secrets_of_its_own() -> None:
    assert Doors("127.0.0.1", 1).csrf != Doors("127.0.0.1", 1).csrf


def test_nothing_that_was_stated_is_logged(tmp_path: Path) -> None:
    with served(with_the_shipped_plan(tmp_path)) as studio:
        studio.post("/decide", {"f.public_figure": "true", "at": "2025-05-20T09:15"})
        studio.post("/keep", {"id": "S900", "title": "SECRETTITLE", "f.public_figure": "nonsense"})
        studio.get("/?name=SECRETNAME")
        studio.process.terminate()
        out, err = studio.process.communicate(timeout=30)

    assert (out, err) == ("", "")
