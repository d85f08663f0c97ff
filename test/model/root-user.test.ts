import { isRootUser } from "../../src/model/root-user.js";
import { assert, suite } from "../support/suite.js";

const test = suite("model/root-user");

test("root by name and by any spelling of its number, with a group or without", () => {
  for (const user of ["root", "0", "00", "root:users", "0:1000"]) assert.ok(isRootUser(user), user);
  for (const user of ["app", "1000", "rootless", "10", "1000:0", ""]) assert.not(isRootUser(user), user);
});

test.run();
