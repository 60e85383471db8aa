"""What a learner's own code can reach, tried from inside a kernel of the learner's server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from harness.demo import Demo
from harness.person import Person

WALK = """
import json, os
SECRETS = "gradebook.db", "trailbook.db", "jupyterhub.sqlite", "cookie_secret", "passwords.json", "course.yaml"
found = {"answers": [], "databases": [], "homes": os.listdir("/home"), "folders": sorted(os.listdir("/"))}
for folder, folders, names in os.walk("/"):
    if folder in ("/proc", "/sys"):
        folders.clear()
    for name in names:
        path = os.path.join(folder, name)
        if name.endswith((".ipynb", ".zip", ".tar", ".gz")) and os.path.isfile(path):
            text = open(path, encoding="utf-8", errors="replace").read()
            if "BEGIN SOLUTION" in text or "BEGIN HIDDEN TESTS" in text:
                found["answers"].append(path)
        if name in SECRETS:
            found["databases"].append(path)
print(json.dumps(found))
"""

READ = """
import json
def kind(path):
    try:
        with open(path, "rb") as file:
            file.read(1)
    except OSError as error:
        return type(error).__name__
    return "read"
print(json.dumps([kind(path) for path in PATHS]))
"""

PROCESSES = """
import json, os
seen = {}
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        words = open(f"/proc/{pid}/cmdline", "rb").read().split(b"\\0")
        environment = open(f"/proc/{pid}/environ", "rb").read()
    except OSError:
        words, environment = [], b""
    seen[pid] = [" ".join(word.decode("utf-8", "replace") for word in words), environment.decode("utf-8", "replace")]
print(json.dumps(seen))
"""

KNOCK = """
import http.client, json, socket
answers = {}
for port in PORTS:
    for path in PATHS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            answers[f"{port} {path}"] = [response.status, response.getheader("Location", "")]
        except (OSError, http.client.HTTPException) as error:
            answers[f"{port} {path}"] = [0, type(error).__name__]
        finally:
            connection.close()
print(json.dumps(answers))
"""

LISTENING = """
import json
ports = set()
for table in ("/proc/net/tcp", "/proc/net/tcp6"):
    try:
        lines = open(table).read().splitlines()[1:]
    except FileNotFoundError:
        continue
    ports |= {int(line.split()[1].rpartition(":")[2], 16) for line in lines if line.split()[3] == "0A"}
print(json.dumps(sorted(ports)))
"""

TOKEN = """
import json, os, urllib.error, urllib.request
def ask(method, path, base=None):
    request = urllib.request.Request((base or os.environ["JUPYTERHUB_API_URL"]) + path, method=method)
    request.add_header("Authorization", "token " + os.environ["JUPYTERHUB_API_TOKEN"])
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return error.code
print(json.dumps([ask(*each) for each in ASKED]))
"""


@pytest.fixture(scope="module")
def ada(demo: Demo) -> Iterator[Person]:
    with Person(demo.url, "ada", demo.passwords["ada"]) as person:
        person.start_server()
        yield person


@pytest.fixture(scope="module", autouse=True)
def grace(demo: Demo) -> Iterator[Person]:
    """Another learner whose server runs too, so that there is something to reach."""
    with Person(demo.url, "grace", demo.passwords["grace"]) as person:
        person.start_server()
        yield person


def test_no_answer_and_no_state_is_anywhere_in_a_learners_file_system(ada: Person) -> None:
    found = json.loads(ada.run_in_kernel(WALK))
    assert (found["answers"], found["databases"], found["homes"]) == ([], [], ["learner"])


def test_paths_of_the_host_cannot_be_read(demo: Demo, ada: Person) -> None:
    course = demo.course("first-course")
    source = next(course.glob("source/*/*.ipynb"))
    secrets = [
        source,
        course / "course.yaml",
        course / "gradebook.db",
        demo.state / "service/trailbook.db",
        demo.state / "hub/jupyterhub.sqlite",
        demo.state / "hub/cookie_secret",
        demo.state / "hub/passwords.json",
        demo.state / "sign-ins.txt",
        demo.state / "hub.yaml",
        demo.state / "logs/hub.log",
    ]
    missing = [path for path in secrets if not path.is_file()]
    assert not missing
    code = f"PATHS = {[str(path) for path in [*secrets, '/etc/shadow', '/proc/kcore']]!r}\n{READ}"
    assert "read" not in json.loads(ada.run_in_kernel(code))


def test_processes_of_others_are_not_seen(demo: Demo, ada: Person) -> None:
    seen = json.loads(ada.run_in_kernel(PROCESSES))
    words = " ".join(command for command, _ in seen.values())
    assert "ipykernel" in words
    for other in ("jupyterhub_config", "trailbook_service", "configurable-http-proxy", "grace"):
        assert other not in words
    environments = "\n".join(environment for _, environment in seen.values())
    for secret in ("TRAILBOOK_SETTINGS", "CONFIGPROXY_AUTH_TOKEN", str(demo.state)):
        assert secret not in environments


OPEN_TO_ALL = {"/hub/login", "/hub/api", "/hub/health"}
ASKED_FOR = [
    "/",
    "/hub/login",
    "/hub/api",
    "/hub/health",
    "/hub/api/users",
    "/hub/api/proxy",
    "/hub/metrics",
    "/api/routes",
    "/metrics",
    "/services/trailbook/",
    "/services/trailbook/api/v1/home",
    "/services/trailbook/api/v1/events",
    "/services/staff-first-course/api/contents",
    "/services/staff-first-course/lab",
    "/services/staff-first-course/formgrader/",
    "/services/staff-course101/api/contents",
    "/user/grace/api/contents",
    "/user/grace/api/kernels",
    "/user/grace/api/status",
    "/json",
    "/status",
    "/info/main/workers.html",
]


def test_no_port_answers_without_a_credential(demo: Demo, ada: Person) -> None:
    ports = sorted(demo.listening_ports())
    assert set(ports) <= set(json.loads(ada.run_in_kernel(LISTENING)))  # a kernel does see them
    answers = json.loads(ada.run_in_kernel(f"PORTS = {ports!r}\nPATHS = {ASKED_FOR!r}\n{KNOCK}"))
    told = {
        asked: answer
        for asked, answer in answers.items()
        if not 300 <= answer[0] < 500 and asked.partition(" ")[2] not in OPEN_TO_ALL
    }
    assert told == {}


def test_a_learners_token_opens_nothing_of_others(ada: Person) -> None:
    asked = [
        ("GET", "/users"),
        ("GET", "/users/grace"),
        ("POST", "/users/grace/server"),
        ("DELETE", "/users/grace/server"),
        ("POST", "/users/ada/tokens"),
        ("GET", "/groups"),
        ("GET", "/services"),
        ("GET", "/proxy"),
        ("POST", "/shutdown"),
    ]
    assert set(json.loads(ada.run_in_kernel(f"ASKED = {asked!r}\n{TOKEN}"))) <= {403, 404}


def test_a_learner_cannot_use_anothers_server_or_the_staff_server(ada: Person) -> None:
    for path in ("/user/grace/api/contents", "/services/staff-first-course/lab", "/hub/user/grace/", "/hub/admin"):
        assert ada.client.get(path).status_code in (403, 404), path


def test_a_learners_server_lists_only_the_extensions_it_needs(demo: Demo) -> None:
    log = "\n".join(line for line in demo.log_lines() if line.startswith("ada.log"))
    assert "trailbook_server | extension was successfully loaded" in log
    for other in ("jupyterlab", "voila.server_extension", "nbgrader", "notebook", "jupyter_server_terminals"):
        assert f" {other} | extension was" not in log
