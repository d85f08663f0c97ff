import { BatchParser, type BlobSink, collect, HEADER } from "./cat-file.js";
import { ended, type GitProcess, startGit } from "./git.js";

/** Something cannot be answered here: an object is missing, or Git has ended. Another way of reading tells why. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

export interface GitObject {
  /** Full object name. */
  readonly oid: string;
  readonly type: "commit" | "tree" | "blob" | "tag";
}

interface Question {
  /** Where the content goes; undefined: nobody wants it. */
  readonly open: (object: GitObject) => BlobSink;
  readonly missing: () => void;
  readonly fail: (error: Unanswered) => void;
}

const NO_SINK: BlobSink = { write() {}, end() {} };

/**
 * One `git cat-file --batch` process that answers question after question (git-cat-file(1)): starting Git takes longer than most of
 * its answers. It ends when `close` is called or this process ends.
 */
export class ObjectReader {
  readonly #child: GitProcess;
  readonly #questions: Question[] = [];
  #failure: Unanswered | undefined;

  constructor(directory: string) {
    this.#child = startGit(directory, ["cat-file", "--batch"]);
    const parser = new BatchParser((_, header) => this.#answer(header));
    this.#child.stdout.on("data", (chunk: Buffer) => parser.push(chunk));
    ended(this.#child, directory).then(
      () => this.#end(),
      () => this.#end(),
    );
  }

  close(): void {
    this.#child.stdin.end();
  }

  /** An object with its content; undefined: there is none of that name. `expression` has no line feeds (gitrevisions(7)). */
  read(expression: string): Promise<(GitObject & { readonly content: Buffer }) | undefined> {
    return new Promise((done, fail) => {
      this.#ask(expression, {
        open: (object) => collect((content) => done({ ...object, content })),
        missing: () => done(undefined),
        fail,
      });
    });
  }

  /** Passes the content of a blob to a sink. Throws Unanswered. */
  stream(oid: string, sink: BlobSink): Promise<void> {
    return new Promise((done, fail) => {
      const missing = () => fail(new Unanswered(`there is no blob ${oid}`));
      const open = ({ type }: GitObject): BlobSink => {
        if (type !== "blob") {
          missing();
          return NO_SINK;
        }
        return {
          write: (chunk) => sink.write(chunk),
          end: () => {
            sink.end();
            done();
          },
        };
      };
      this.#ask(oid, { open, missing, fail });
    });
  }

  #ask(expression: string, question: Question): void {
    if (this.#failure !== undefined) {
      question.fail(this.#failure);
      return;
    }
    this.#questions.push(question);
    this.#child.stdin.write(`${expression}\n`);
  }

  #answer(header: string): BlobSink {
    const question = this.#questions.shift();
    const [, oid, type] = HEADER.exec(header) ?? [];
    if (oid === undefined) question?.missing();
    else if (question !== undefined) return question.open({ oid, type: type as GitObject["type"] });
    return NO_SINK;
  }

  #end(): void {
    this.#failure = new Unanswered("git cat-file has ended");
    for (const { fail } of this.#questions.splice(0)) fail(this.#failure);
  }
}
