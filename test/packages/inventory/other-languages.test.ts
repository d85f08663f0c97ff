import type { InventoryPackage } from "../../../src/model/inventory.js";
import { readInventory } from "../../../src/packages/inventory/read-inventory.js";
import { imageFiles } from "../../support/image-files.js";
import { assert, suite } from "../../support/suite.js";

const test = suite("packages/inventory/languages");

const read = (files: Readonly<Record<string, string>>) => readInventory(imageFiles(files)).packages;
const short = ({ type, name, version, license, place, requires, ownedBy }: InventoryPackage) => ({
  id: `${type} ${name} ${version}`,
  ...(license === undefined ? {} : { license }),
  place,
  needs: requires.flat().join(" "),
  ...(ownedBy === undefined ? {} : { ownedBy }),
});

test("Python: wheels, eggs and single files; names in their normal form", () => {
  const site = "/usr/lib/python3/dist-packages";
  const found = read({
    [`${site}/ruamel.yaml-0.17.21.dist-info/METADATA`]: `Metadata-Version: 2.1
Name: ruamel.yaml
Version: 0.17.21
License: MIT license
Classifier: License :: OSI Approved :: MIT License
Requires-Dist: ruamel.yaml.clib (>=0.2.6) ; platform_python_implementation=="CPython"
Requires-Dist: Jinja_2>=2.3; extra == 'jinja2'

Name: not this
`,
    [`${site}/old-1.0.egg-info/PKG-INFO`]:
      "Name: old\nVersion: 1.0\nLicense: UNKNOWN\nClassifier: License :: OSI Approved :: BSD License\n",
    [`${site}/old-1.0.egg-info/requires.txt`]: "six\n\n[test]\npytest>=1\n",
    [`${site}/single-2.0.egg-info`]: "Name: single\nVersion: 2.0\nLicense-Expression: Apache-2.0\n",
    "/opt/eggs/zope-3.0-py3.11.egg/EGG-INFO/PKG-INFO": "",
    "/app/broken-1.2.3.dist-info/METADATA": "",
  }).map(short);
  assert.equal(found, [
    { id: "pypi broken 1.2.3", place: "/app/broken-1.2.3.dist-info", needs: "" },
    { id: "pypi old 1.0", license: "BSD License", place: `${site}/old-1.0.egg-info`, needs: "six pytest" },
    {
      id: "pypi ruamel-yaml 0.17.21",
      license: "MIT license",
      place: `${site}/ruamel.yaml-0.17.21.dist-info`,
      needs: "ruamel-yaml-clib jinja-2",
    },
    { id: "pypi single 2.0", license: "Apache-2.0", place: `${site}/single-2.0.egg-info`, needs: "" },
    { id: "pypi zope 3.0", place: "/opt/eggs/zope-3.0-py3.11.egg/EGG-INFO", needs: "" },
  ]);
});

test("a Python package of a Debian package is that package's, also where Debian says /lib", () => {
  const path = "/usr/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO";
  const files = { [path]: "Name: six\nVersion: 1.16.0\n", "/var/lib/dpkg/info/python3-six:all.list": `/.\n${path}\n` };
  assert.is(read(files)[0]?.ownedBy, "python3-six");
  const other = { ...files, "/var/lib/dpkg/info/python3-six:all.list": `/.\n${path.replace("/usr", "")}\n` };
  assert.is(read(other)[0]?.ownedBy, "python3-six");
  assert.is(read({ ...files, "/var/lib/dpkg/info/python3-six:all.list": `${path}x\n` })[0]?.ownedBy, undefined);
});

test("Node.js: directly below node_modules or a scope there, nothing that a Debian package has", () => {
  const found = read({
    "/usr/local/lib/node_modules/express/package.json": JSON.stringify({
      name: "express",
      version: "4.19.2",
      license: "MIT",
      dependencies: { accepts: "~1.3.8" },
      optionalDependencies: { fsevents: "2" },
      peerDependencies: { "@types/node": "*" },
    }),
    "/usr/local/lib/node_modules/express/lib/package.json": '{"name":"inside","version":"1"}',
    "/usr/local/lib/node_modules/express/node_modules/@a/b/package.json":
      '\uFEFF{"version":"1.0.0","licenses":[{"type":"MIT"},{"type":"BSD"}]}',
    "/usr/local/lib/node_modules/.cache/package.json": '{"name":"hidden","version":"1"}',
    "/srv/node_modules/odd/package.json": "no JSON",
    "/srv/node_modules/odder/package.json": '{"name":{},"version":[1],"dependencies":"x","license":{"type":7}}',
    "/srv/package.json": '{"name":"app","version":"1"}',
    "/usr/share/nodejs/ms/package.json": '{"name":"ms","version":"2.1.3"}',
    "/usr/share/nodejs/mine/package.json": '{"name":"mine","version":"1.0.0"}',
    "/var/lib/dpkg/info/node-ms.list": "/usr/share/nodejs/ms/package.json\n",
  }).map(short);
  assert.equal(found, [
    {
      id: "npm @a/b 1.0.0",
      license: "(MIT OR BSD)",
      place: "/usr/local/lib/node_modules/express/node_modules/@a/b",
      needs: "",
    },
    {
      id: "npm express 4.19.2",
      license: "MIT",
      place: "/usr/local/lib/node_modules/express",
      needs: "accepts fsevents @types/node",
    },
    { id: "npm mine 1.0.0", place: "/usr/share/nodejs/mine", needs: "" },
    { id: "npm odd ", place: "/srv/node_modules/odd", needs: "" },
    { id: "npm odder ", place: "/srv/node_modules/odder", needs: "" },
  ]);
});

test("gems, Go modules, jars and PowerShell modules", () => {
  const gem = `# -*- encoding: utf-8 -*-
Gem::Specification.new do |s|
  s.name = "rack-session".freeze
  s.version = "2.0.0"
  s.licenses = ["MIT".freeze]
  s.add_runtime_dependency(%q<rack>.freeze, [">= 3.0.0".freeze])
  s.add_development_dependency(%q<rake>.freeze, [">= 0".freeze])
end
`;
  const found = read({
    "/var/lib/gems/3.1.0/specifications/rack-session-2.0.0.gemspec": gem,
    "/usr/local/lib/go/mod/github.com/!burnt!sushi/toml@v1.3.2/go.mod":
      "module github.com/BurntSushi/toml\n\ngo 1.18\n\nrequire (\n\tgolang.org/x/text v0.3.0 // indirect\n)\nrequire rsc.io/quote v1.5.2\n",
    "/usr/local/lib/go/mod/cache/download/rsc.io/quote/@v/v1.5.2.mod": "module rsc.io/quote\n",
    "/root/.m2/repository/org/example/parser/1.2/parser-1.2.jar": "",
    "/root/.m2/repository/org/example/parser/1.2/parser-1.2-sources.jar": "",
    "/root/.m2/repository/org/example/parser/1.2/parser-1.2.pom":
      "<project><dependencies><dependency><groupId>${project.groupId}</groupId>\n<artifactId>lexer</artifactId></dependency></dependencies></project>",
    "/srv/app.jar": "",
    "/usr/local/share/powershell/Modules/Pester/5.5.0/Pester.psd1":
      "@{\n  RequiredModules = @('Base', @{ ModuleName = 'Other'; ModuleVersion = '1.0' })\n  PrivateData = @{ PSData = @{\n    Prerelease = 'rc1'\n  } }\n}\n",
    "/usr/local/share/powershell/Modules/Pester/5.5.0/Pester.Format.psd1": "@{}",
  }).map(short);
  assert.equal(found, [
    {
      id: "gem rack-session 2.0.0",
      license: "MIT",
      place: "/var/lib/gems/3.1.0/specifications/rack-session-2.0.0.gemspec",
      needs: "rack",
    },
    {
      id: "golang github.com/BurntSushi/toml v1.3.2",
      place: "/usr/local/lib/go/mod/github.com/!burnt!sushi/toml@v1.3.2",
      needs: "golang.org/x/text rsc.io/quote",
    },
    {
      id: "maven org.example:parser 1.2",
      place: "/root/.m2/repository/org/example/parser/1.2",
      needs: "org.example:lexer",
    },
    {
      id: "nuget Pester 5.5.0-rc1",
      place: "/usr/local/share/powershell/Modules/Pester/5.5.0",
      needs: "Base Other",
    },
  ]);
});

test("long names and huge lists are cut, and take no time", () => {
  const long = "x".repeat(1_000_000);
  const dependencies = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`d${index}`, "1"]));
  // Whoever looks at these twice for each of their letters is not done before the runner ends the file.
  const [found] = read({
    "/srv/node_modules/a/package.json": JSON.stringify({
      name: "a".repeat(10_000),
      version: "1".repeat(9999),
      dependencies,
    }),
    "/srv/b.dist-info/METADATA": `Name: ${long}\nVersion: ${" ".repeat(500_000)}\n${"Requires-Dist: (\n".repeat(50_000)}`,
    "/var/lib/gems/specifications/c-1.gemspec": `  s.licenses = [${'"'.repeat(1_000_000)}`,
    "/Modules/d/1/d.psd1": `RequiredModules = @(${"'".repeat(500_000)}`,
    "/var/lib/dpkg/status": `Package: a\nVersion: 1\nDepends: ${"(|".repeat(300_000)}\n${"\n ".repeat(300_000)}`,
  });
  assert.equal([found?.type, found?.name], ["deb", "a"]);
});

test.run();
