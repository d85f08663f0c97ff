import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type CompletionItem,
  type CompletionList,
  createProtocolConnection,
  type Diagnostic,
  type Hover,
  type MarkupContent,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const SERVER = fileURLToPath(
  new URL("../../../node_modules/yaml-language-server/bin/yaml-language-server", import.meta.url),
);

const SETTINGS = {
  yaml: {
    validate: true,
    hover: true,
    completion: true,
    // The network's list of schemas, from which other editors guess.
    schemaStore: { enable: false, url: "" },
    kubernetesCRDStore: { enable: false },
  },
};

/** The YAML language server that most editors use, with the editor's side of the conversation. */
export class LanguageServer {
  /** Its requests to the network, which must be none. */
  requests: readonly string[] = [];
  readonly #waiting = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();
  #opened = 0;

  private constructor(
    readonly directory: string,
    readonly child: ChildProcess,
    readonly connection: ProtocolConnection,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(directory: string): Promise<LanguageServer> {
    const requests: string[] = [];
    const proxy = createServer((request, response) => {
      requests.push(String(request.url));
      response.writeHead(502).end();
    });
    proxy.on("connect", (request, socket) => {
      requests.push(String(request.url));
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const env = { PATH: process.env.PATH ?? "", HOME: directory, http_proxy: address, https_proxy: address };
    const child = spawn(process.execPath, [SERVER, "--stdio"], {
      cwd: directory,
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    const exited = once(child, "exit");
    const stop = async () => {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      await exited;
      connection.dispose();
      proxy.close();
      proxy.closeAllConnections();
    };
    const server = new LanguageServer(directory, child, connection, stop);
    server.requests = requests;
    await server.#initialise();
    return server;
  }

  async #initialise(): Promise<void> {
    const { connection } = this;
    connection.onRequest("workspace/configuration", ({ items }: { items: { section?: string }[] }) =>
      items.map(({ section }) => (section === "yaml" ? SETTINGS.yaml : section === "http" ? {} : null)),
    );
    connection.onRequest("client/registerCapability", () => null);
    connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: PublishDiagnosticsParams) => {
      this.#waiting.get(uri)?.(diagnostics);
    });
    connection.listen();
    const rootUri = pathToFileURL(this.directory).href;
    await connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri,
      workspaceFolders: [{ uri: rootUri, name: "catalogue" }],
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
        textDocument: { completion: { completionItem: { documentationFormat: ["markdown"] } } },
      },
    });
    await connection.sendNotification("initialized", {});
  }

  /** Opens a text as if it were at a path, and waits for its marks: `line:column message`. */
  async open(path: string, text: string): Promise<{ readonly uri: string; readonly marks: readonly string[] }> {
    // A new name each time; only the folder matters for the schema.
    const uri = pathToFileURL(`${this.directory}/${path}`).href.replace(/\.yaml$/, `-${++this.#opened}.yaml`);
    const marked = new Promise<readonly Diagnostic[]>((resolve) => this.#waiting.set(uri, resolve));
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    const marks = (await marked).map(
      ({ range: { start }, message }) => `${start.line + 1}:${start.character + 1} ${message}`,
    );
    return { uri, marks };
  }

  /** Labels of the completions offered at `▌`. */
  async complete(path: string, text: string): Promise<readonly string[]> {
    const { uri, position } = await this.#openAt(path, text);
    const answer = await this.connection.sendRequest("textDocument/completion", { textDocument: { uri }, position });
    const items = (answer as CompletionList).items ?? (answer as CompletionItem[]);
    return items.map(({ label }) => label);
  }

  /** The hover text at `▌`. */
  async hover(path: string, text: string): Promise<string> {
    const { uri, position } = await this.#openAt(path, text);
    const answer = await this.connection.sendRequest("textDocument/hover", { textDocument: { uri }, position });
    return ((answer as Hover | null)?.contents as MarkupContent | undefined)?.value ?? "";
  }

  async #openAt(path: string, text: string) {
    const before = text.slice(0, text.indexOf("▌"));
    const { uri } = await this.open(path, text.replace("▌", ""));
    const lines = before.split("\n");
    return { uri, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
  }
}
