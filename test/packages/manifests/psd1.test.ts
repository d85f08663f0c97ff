import { readPsd1 } from "../../../src/packages/manifests/psd1.js";
import { asked, refused } from "../../support/manifests.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/manifests/psd1");

test("names, versions and ranges", () => {
  const text = `<# of
ours #>
@{
  'Az.Accounts' = @{ version = "[2.0,3.0)"; prerelease = 'false' }
  Exact = @{
    Version = '1.2.3'   # and no other
  }
  Bracketed = @{ version = '[1.0.0]'; prerelease = $false }; Any = @{}
  Star = @{ version = '2.*' }
}
`;
  assert.equal(asked(readPsd1, text), [
    "4:3 Az.Accounts [2.0,3.0)",
    "5:3 Exact =1.2.3",
    "8:3 Bracketed =1.0.0",
    "8:62 Any",
    "9:3 Star 2.*",
  ]);
  assert.equal(asked(readPsd1, "@{}"), []);
});

test("everything else is code, or not complete", () => {
  const bad = [
    "@{ A = @{ version = $(id) } }",
    "@{ A = @{ version = (Get-Date) } }",
    '@{ A = @{ version = "$x" } }',
    "Get-Date",
    "@{ A = 1 }",
    "@{ A = @{ version = '1' + '2' } }",
    "@{} ; Get-Date",
    "@{ A = @{ version = '1' }",
    "@{ A @{} }",
    "",
    "& { id }",
    "@{ A = @{ version = `id` } }",
  ];
  for (const text of bad) assert.match(refused(readPsd1, text).join(), /is not accepted here|is not complete/, text);
});

test("a repository of its own, or no version", () => {
  assert.match(
    refused(readPsd1, "@{\n A = @{ repository = 'Evil' } }").join(),
    /^2:2 `repository` of `A` .*a setting of the machine/,
  );
  assert.match(refused(readPsd1, "@{ A = @{ version = 'newest' } }").join(), "`newest` is not a version of `A`");
  assert.match(refused(readPsd1, "@{ A = @{ __proto__ = 'x' } }").join(), "`__proto__` of `A` is not accepted");
});

test.run();
