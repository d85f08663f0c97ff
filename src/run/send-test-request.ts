import { request } from "node:http";
import { connect } from "node:net";
import type { TestRequest } from "../model/definition.js";
import type { HttpAnswer } from "./check-answer.js";

const HOST = "127.0.0.1";
/** Bytes of a body that are read. */
const KEPT = 4_000_000;

/** Sends one request: redirects are not followed, and nothing is decoded. */
export function sendTestRequest(port: number, sent: TestRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, path, headers, body } = sent;
  return new Promise((resolve, reject) => {
    const message = request({ host: HOST, port, method, path, headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= KEPT) chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => {
        const values = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(values), body: text });
      });
    });
    message.on("error", reject);
    message.end(body);
  });
}

export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
