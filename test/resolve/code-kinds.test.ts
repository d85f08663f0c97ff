import type { LayerEntry } from "../../src/model/attribution.js";
import { codeKinds, grantedKinds } from "../../src/resolve/code-kinds.js";
import { assert, suite } from "../support/suite.js";

const test = suite("resolve/code-kinds");

const entry = (path: string, fields: Partial<LayerEntry> = {}): LayerEntry => ({
  path,
  stage: 0,
  kind: "file",
  mode: 0o644,
  size: 1,
  ...fields,
});

test("data is nothing of all this", () => {
  for (const path of ["/srv/data", "/etc/passwd", "/app/config.json", "/app/page.html", "/usr/share/doc/x/README"])
    assert.equal(codeKinds(entry(path)), [], path);
  assert.equal(codeKinds(entry("/run/empty", { mode: 0o755, size: 0 })), []);
  assert.equal(codeKinds(entry("/srv/link", { kind: "link", mode: 0o777, target: "data" })), []);
});

test("names, contents and permissions each tell", () => {
  const cases: readonly (readonly [LayerEntry, ...string[]])[] = [
    [entry("/x", { form: "elf" }), "executable"],
    [entry("/x", { mode: 0o755 }), "executable"],
    [entry("/x", { form: "script", mode: 0o755 }), "executable", "module"],
    [entry("/usr/lib/libx.so.1.2", { form: "elf" }), "library"],
    [entry("/x.jar"), "archive"],
    [entry("/x.pyc"), "bytecode"],
    [entry("/app/index.js"), "module"],
    [entry("/usr/lib/python3/dist-packages/x/data"), "module"],
    [entry("/x", { mode: 0o4644 }), "setuid"],
    [entry("/x", { capable: true }), "capability"],
    [entry("/x", { kind: "device" }), "device"],
    [entry("/dev/shm/x"), "device"],
  ];
  for (const [file, ...kinds] of cases) assert.equal(codeKinds(file), kinds, file.path);
});

test("settings that make programs load or fetch something else", () => {
  const paths = `/etc/ld.so.preload /etc/ld.so.conf.d/x.conf /etc/apt/sources.list.d/x.list /etc/yum.repos.d/x.repo /etc/apk/repositories
    /root/.npmrc /usr/local/etc/npmrc /etc/npmrc /etc/pip.conf /root/.pip/pip.conf /root/.config/pip/pip.conf /root/.gemrc /root/.condarc
    /home/app/.bashrc /etc/profile.d/x /etc/environment /etc/pam.d/login /etc/cron.d/x /etc/init.d/x /etc/systemd/system/x.service
    /etc/sudoers.d/x /root/.ssh/authorized_keys /usr/lib/systemd/system/x.service /etc/dpkg/dpkg.cfg.d/x /root/.m2/settings.xml
    /root/.pam_environment /etc/bash.bashrc /docker-entrypoint.d/x`;
  for (const path of paths.split(/\s+/)) assert.ok(codeKinds(entry(path)).includes("setting"), path);
});

test("permissions count as far as their maker did not give them", () => {
  assert.equal(grantedKinds(entry("/x", { mode: 0o755 }), 0o644), ["executable"]);
  assert.equal(grantedKinds(entry("/x", { mode: 0o755 }), 0o700), []);
  assert.equal(grantedKinds(entry("/x", { mode: 0o4755 }), 0o755), ["setuid"]);
  assert.equal(grantedKinds(entry("/x", { mode: 0o4755 }), 0o4755), []);
});

test.run();
