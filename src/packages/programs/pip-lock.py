import json, os, subprocess, sys

directory = sys.argv[1]
path = lambda name: os.path.join(directory, name)
with open(path("request.json")) as file:
    steps = json.load(file)
os.environ.update(PIP_BREAK_SYSTEM_PACKAGES="1", PIP_ROOT_USER_ACTION="ignore",
                  PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PYTHONDONTWRITEBYTECODE="1")

def pip(*args):
    done = subprocess.run([sys.executable, "-m", "pip", *args], stdout=sys.stderr)
    if done.returncode != 0:
        sys.exit(done.returncode)

reports = []
for number, arguments in enumerate(steps):
    arguments = [path(word[1:]) if word.startswith("@") else word for word in arguments]
    pip("install", "--progress-bar", "off", "--dry-run", "--report", path("report-%d" % number), *arguments)
    with open(path("report-%d" % number)) as file:
        report = json.load(file)
    reports.append(report)
    install = report["install"]
    urls = [entry["download_info"]["url"].partition("#")[0].partition("?")[0] for entry in install]
    if any(not url.endswith(".whl") for url in urls):
        break
    if install:
        names = [entry["metadata"]["name"] + "==" + entry["metadata"]["version"] for entry in install]
        pip("download", "--progress-bar", "off", "--no-deps", "--only-binary", ":all:", "--dest", path("files"), *names)
    if number + 1 < len(steps):
        pip("install", "--progress-bar", "off", *arguments)
with open(path("report"), "w") as file:
    json.dump(reports, file)
