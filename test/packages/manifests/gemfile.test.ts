import { readGemfile } from "../../../src/packages/manifests/gemfile.js";
import { asked, refused } from "../../support/manifests.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/manifests/gemfile");

test("the part of a Gemfile that has no meaning of its own", () => {
  const text = `# frozen_string_literal: true
source "https://gems.example"
ruby "3.1.2"

gem "rack", "~> 3.0", ">= 3.0.2"
gem 'puma', '6.4.0', require: false   # the server
gem "a_b", :require => "ab", group: :test
gem "plain"
group :development, :test do
  gem "rake", "= 13.0.6"
end
`;
  assert.equal(asked(readGemfile, text), [
    "5:1 rack ~> 3.0, >= 3.0.2",
    "6:1 puma =6.4.0",
    "7:1 a_b",
    "8:1 plain",
    "10:3 rake =13.0.6",
  ]);
});

test("Gemfile.lock says the version", () => {
  const lock =
    "GEM\n  remote: https://gems.example/\n  specs:\n    nio4r (2.5.9)\n    puma (6.4.0-java)\n      nio4r (~> 2.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  puma\n";
  assert.equal(asked(readGemfile, 'gem "puma"\n', { "Gemfile.lock": lock }), ["1:1 puma =6.4.0"]);
  for (const section of ["GIT", "PATH", "PLUGIN SOURCE"])
    assert.match(
      refused(readGemfile, "", { "Gemfile.lock": `${section}\n  remote: x\n` }).join(),
      `section ${section}`,
    );
  assert.match(refused(readGemfile, "", { "Gemfile.lock": "GEM\n  remote: file:///x\n" }).join(), "remote: file:///x");
});

test("everything else is code that would run", () => {
  const lines = [
    "`id`",
    "system('id')",
    'gem "a", git: "https://git.example/a"',
    'gem "a", path: "../a"',
    'gem "a", "#{`id`}"',
    "gem \"a\"; system 'id'",
    'gem "a", *versions',
    "eval_gemfile 'x'",
    "gemspec",
    'plugin "x"',
    'gem("a")',
    "end",
    'source "https://gems.example" do',
    'gem "a", "latest"',
    "git_source(:x) { |y| y }",
    'gem "a", require: `id`',
    "=begin",
    "__END__",
    'ruby file: ".ruby-version"',
  ];
  for (const line of lines)
    assert.match(refused(readGemfile, `gem "ok"\n ${line}\n`).join(), /^2:2 `.*is not accepted/, line);
});

test("one source, over https, without anything that could be a secret", () => {
  for (const source of [
    "http://gems.example",
    "https://user:pw@gems.example",
    "file:///gems",
    "https://gems.example/?a",
  ])
    assert.match(refused(readGemfile, `source "${source}"\n`).join(), "the source must be an https address");
  const two = 'source "https://a.example"\nsource "https://b.example"\n';
  assert.match(refused(readGemfile, two).join(), /^2:1 a second source/);
  assert.match(refused(readGemfile, "group :test do\n").join(), "a `group` has no `end`");
});

test.run();
