import { readPom } from "../../../src/packages/manifests/pom.js";
import { asked, refused } from "../../support/manifests.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/manifests/pom");

const pom = (dependencies: string, more = "") => `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>app</artifactId><version>1</version>${more}
  <dependencies>
${dependencies}
  </dependencies>
</project>
`;
const dependency = (version: string, more = "", artifact = "parser") =>
  `    <dependency><groupId>org.example</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${more}</dependency>`;

test("dependencies, ranges and properties", () => {
  const properties = "<properties><a.version>1.$\u007bb}</a.version><b>7</b></properties>";
  const text = pom(
    [
      dependency("1.2"),
      dependency("[1,2)", "<scope>runtime</scope>", "ranged"),
      dependency("$\u007ba.version}", "<optional>true</optional>", "computed"),
      dependency("RELEASE", "<exclusions><exclusion><groupId>x</groupId></exclusion></exclusions>", "newest"),
    ].join("\n"),
    properties,
  );
  assert.equal(asked(readPom, text), [
    "5:5 org.example:parser =1.2",
    "6:5 org.example:ranged [1,2)",
    "7:5 org.example:computed =1.7 ?",
    "8:5 org.example:newest RELEASE",
  ]);
  assert.equal(asked(readPom, "<project><modelVersion>4.0.0</modelVersion></project>"), []);
});

test("what would run code or fetch from elsewhere", () => {
  for (const element of [
    "parent",
    "build",
    "repositories",
    "pluginRepositories",
    "profiles",
    "dependencyManagement",
    "modules",
  ])
    assert.match(
      refused(readPom, pom("", `\n<${element}><x>1</x></${element}>`)).join(),
      /^4:1 <[a-zA-Z]+> is not accepted/,
      element,
    );
  assert.match(refused(readPom, pom("", "<packaging>war</packaging>")).join(), "the packaging `war`");
});

test("dependencies that are refused", () => {
  const bad = {
    [dependency("1-SNAPSHOT")]: "`1-SNAPSHOT` is not a version of org.example:parser",
    [dependency("$\u007bunknown}")]: "is not a version",
    [dependency("1", "<scope>system</scope><systemPath>/x</systemPath>")]: "<systemPath> of a dependency",
    [dependency("1", "<scope>test</scope>")]: "the scope `test`",
    [dependency("1", "<type>war</type>")]: "is not a jar",
    [dependency("1", "<classifier>x</classifier>")]: "<classifier>",
    [dependency("1", "", "../x")]: "names no artifact",
    "<dependency><groupId>a</groupId><artifactId>b</artifactId></dependency>": "`` is not a version",
  };
  for (const [text, expected] of Object.entries(bad)) assert.match(refused(readPom, pom(text)).join(), expected, text);
});

test("document types, entities, processing instructions, and what is no XML", () => {
  const entity = `<!DOCTYPE project [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\n${pom(dependency("&b;"))}`;
  assert.match(refused(readPom, entity).join(), /^1:1 document types/);
  assert.match(refused(readPom, "<?php x ?><project/>").join(), "document types and processing instructions");
  for (const text of ["", "x", "<a/>", "<project>", "<project></other>", "<a>".repeat(300_000), "[".repeat(1_000_000)])
    assert.match(refused(readPom, text).join(), "is not an XML document with <project>", text.slice(0, 20));
});

test("properties that lead back to themselves, and names that JavaScript knows", () => {
  const loop = "<properties><a>$\u007bb}$\u007bb}</a><b>$\u007ba}$\u007ba}</b></properties>";
  assert.match(refused(readPom, pom(dependency("$\u007ba}"), loop)).join(), "is not a version");
  assert.match(refused(readPom, pom(dependency("$\u007b__proto__}"))).join(), "is not a version");
  assert.ok(refused(readPom, pom("", "<__proto__><polluted>1</polluted></__proto__>")).length > 0);
  assert.is(({} as { polluted?: string }).polluted, undefined);
});

test.run();
