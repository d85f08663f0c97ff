import concurrent.futures, json, re, subprocess, sys
try:
    from pip._vendor.packaging.version import InvalidVersion, Version
except ImportError:
    from packaging.version import InvalidVersion, Version

PIP = """
import sys
from pip._internal.cli.main import main
from pip._internal.index.package_finder import PackageFinder
find = PackageFinder.find_all_candidates
PackageFinder.find_all_candidates = lambda self, name: [c for c in find(self, name) if not c.link.is_yanked]
sys.exit(main(["index", "versions", "-vv", "--retries", "2", "--disable-pip-version-check", "--no-color", "--", sys.argv[1]]))
"""

def is_newer(version, other):
    try:
        return Version(version) > Version(other)
    except InvalidVersion:
        return False

def newer(version, current):
    return " ".join(other for other in current if is_newer(version, other))

def rows(question):
    name, current = question["name"], question["current"]
    yield from (("current", name, version, newer(version, current)) for version in current)
    answer = subprocess.run([sys.executable, "-c", PIP, name], capture_output=True, text=True)
    available = [line for line in answer.stdout.splitlines() if line.startswith("Available versions: ")]
    errors = [line for line in answer.stderr.splitlines() if line.startswith("ERROR: ")]
    missing = any("No matching distribution" in line for line in errors)
    unread = [re.sub("<[^>]*>: ", "", line.strip()) for line in (answer.stdout + answer.stderr).splitlines()
              if "Could not fetch URL" in line and ": 404 " not in line]
    if available:
        for version in available[0][len("Available versions: "):].split(", "):
            yield "offered", name, version, newer(version, current)
    elif unread or not missing:
        yield "problem", name, (unread or errors or answer.stderr.splitlines() or ["pip said nothing"])[-1], ""

with concurrent.futures.ThreadPoolExecutor(8) as pool:
    for answer in pool.map(lambda question: list(rows(question)), json.loads(sys.argv[1])):
        for row in answer:
            print("\t".join(row))
