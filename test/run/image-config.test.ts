import type { Healthcheck } from "../../src/model/definition.js";
import type { Instruction } from "../../src/model/instructions.js";
import { additionsFor, withAdditions } from "../../src/run/image-config.js";
import { assert, suite } from "../support/suite.js";

const test = suite("run/image-config");

const exec = { type: "command", command: { form: "exec", argv: ["/x", "y z"] } } as const;
const shell = { type: "command", command: { form: "shell", text: "x && y" } } as const;
const checked = (healthcheck: Healthcheck): Instruction[] => [{ type: "healthcheck", healthcheck }];
const Shell = ["/bin/bash", "-c"];
const HEALTHCHECK = { Test: ["CMD", "/base"], Retries: 1 };

test("a healthcheck is what Docker makes of it", () => {
  assert.equal(additionsFor(checked(exec), undefined), { Healthcheck: { Test: ["CMD", "/x", "y z"] } });
  assert.equal(additionsFor(checked(shell), undefined), { Healthcheck: { Test: ["CMD-SHELL", "x && y"] } });
  assert.equal(additionsFor(checked({ type: "none" }), undefined), { Healthcheck: { Test: ["NONE"] } });
  const times = { interval: 3e10, timeout: 5, startPeriod: 0, retries: 0 };
  assert.equal(additionsFor(checked({ ...exec, ...times }), undefined)?.Healthcheck, {
    Test: ["CMD", "/x", "y z"],
    Interval: 3e10,
    Timeout: 5,
  });
});

test("each of both is inherited by itself, and a healthcheck as a whole", () => {
  const base = { config: { Healthcheck: HEALTHCHECK, Shell } };
  assert.equal(additionsFor([], base), { Healthcheck: HEALTHCHECK, Shell });
  assert.equal(additionsFor([{ type: "shell", argv: ["/bin/sh"] }], base), {
    Healthcheck: HEALTHCHECK,
    Shell: ["/bin/sh"],
  });
  assert.equal(additionsFor(checked(shell), base), { Healthcheck: { Test: ["CMD-SHELL", "x && y"] }, Shell });
  assert.equal(additionsFor([], { config: { Shell } }), { Shell });
});

test("where there is nothing to say nothing is added", () => {
  assert.is(additionsFor([], undefined), undefined);
  assert.is(additionsFor([], {}), undefined);
  assert.is(additionsFor([], { config: {} }), undefined);
});

test("everything else stays as it is and where it is", () => {
  const text =
    '{"created":"1980-01-01T00:00:00Z","config":{"Env":["A=b"],"Labels":{"x":"<&>"}},"rootfs":{"type":"layers","diff_ids":[]}}';
  const added = JSON.stringify(withAdditions(JSON.parse(text), { Shell }));
  assert.is(added, text.replace('"x":"<&>"}', '"x":"<&>"},"Shell":["/bin/bash","-c"]'));
  assert.is(
    JSON.stringify(withAdditions(JSON.parse('{"os":"linux"}'), { Shell })),
    '{"os":"linux","config":{"Shell":["/bin/bash","-c"]}}',
  );
});

test.run();
