import { json } from "node:stream/consumers";
import type { TestRequest } from "../model/definition.js";
import { answerProblem, excerpt } from "./check-answer.js";
import { mismatch } from "./mismatch.js";
import { lastLines } from "./process.js";
import { isListening, sendTestRequest } from "./send-test-request.js";
import type { Problem, ServeJob } from "./serve-test.js";
import { type ServerProcess, startServer } from "./server-process.js";

/*
 * Program: the first process of a server's network namespace (serve-test.ts). Its arguments start the server; its standard input has
 * the requests. It writes what is wrong to standard output, and the server's output to standard error.
 */

/** Milliseconds. */
const POLL = 25;

async function main(command: readonly string[]): Promise<Problem | undefined> {
  const over = new AbortController();
  // Sent by Slipway when it is interrupted or dies, and by a terminal.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => over.abort());
  const job = (await json(process.stdin)) as ServeJob;
  const late = AbortSignal.timeout(job.test.timeout * 1000);
  const server = startServer(command);
  try {
    return await conduct(server, job, AbortSignal.any([over.signal, late]));
  } finally {
    await server.kill();
  }
}

async function conduct(server: ServerProcess, job: ServeJob, signal: AbortSignal): Promise<Problem | undefined> {
  const { test, stopSignal } = job;
  const problem = (message: string, ...first: readonly string[]) => ({
    message,
    tail: [...first, ...lastLines(server.output())],
  });
  const unready = await untilReady(server, job, signal);
  if (unready) return problem(unready);
  for (const [index, request] of test.requests.entries()) {
    const what = `request ${index + 1} (${request.method} ${request.path})`;
    const { wrong, answer } = await ask(test.port, request, signal);
    if (wrong) {
      const why = signal.aborted ? `no answer within the test's ${test.timeout} s` : wrong;
      // The end of a server says more than a broken connection.
      const ended = await server.endedSoon();
      return problem(`${what}: ${why}${ended === undefined ? "" : `; ${ended}`}`, ...answer);
    }
  }
  const early = server.ended();
  if (early !== undefined) return problem(`${early} before it was stopped`);
  const exit = await server.stop(stopSignal);
  if (test.exit !== undefined && exit !== test.exit)
    return problem(`exit code ${exit} after ${stopSignal}, expected ${test.exit}`);
  for (const stream of ["stdout", "stderr"] as const) {
    const expected = test[stream];
    const wrong = expected && mismatch(server.text(stream), expected);
    if (wrong) return { message: `${stream} ${wrong}`, tail: lastLines(server.text(stream)) };
  }
  return undefined;
}

async function untilReady(server: ServerProcess, { test }: ServeJob, signal: AbortSignal) {
  const { port, ready, timeout } = test;
  for (;;) {
    const early = server.ended();
    if (early !== undefined) return `${early} before it was ready`;
    if (ready === undefined ? await isListening(port) : server.output().includes(ready)) return undefined;
    if (signal.aborted) {
      const lacking =
        ready === undefined ? `nothing listens on port ${port}` : `it has not said ${JSON.stringify(ready)}`;
      return `not ready within ${timeout} s: ${lacking}`;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

async function ask(port: number, request: TestRequest, signal: AbortSignal) {
  try {
    const answer = await sendTestRequest(port, request, signal);
    const wrong = answerProblem(answer, request.answer);
    return { wrong, answer: [`answered ${answer.status}: ${excerpt(answer.body)}`] };
  } catch (error) {
    return { wrong: `no answer: ${error instanceof Error ? error.message : error}`, answer: [] };
  }
}

const problem = await main(process.argv.slice(2));
if (problem) {
  process.stdout.write(JSON.stringify(problem));
  process.exitCode = 1;
}
