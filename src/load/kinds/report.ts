import type { GateReport } from "../../model/gate.js";
import { GATE_LIMITS } from "../../model/gate-limits.js";
import { report as validate } from "./report-validator.js";

/**
 * A report of the gate that a machine wrote on which the pull request's own code ran: its form is checked to the last
 * field, and nothing that it says is to be believed. Never throws; the problem is in our own words.
 */
export function readReport(text: string): { readonly report: GateReport } | { readonly problem: string } {
  // A character is a byte at least: most of what is too large need not be counted.
  if (text.length > GATE_LIMITS.bytes || Buffer.byteLength(text) > GATE_LIMITS.bytes) {
    return { problem: `the report is larger than ${GATE_LIMITS.bytes / 1024 / 1024} MiB` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "the report is not JSON" };
  }
  if (validate(value)) return { report: value as GateReport };
  const [error] = validate.errors ?? [];
  return { problem: `the report does not have the form of one, at ${place(error?.instancePath ?? "")}` };
}

/** Keys of its own are the report's words: only where ours lead is shown. */
function place(pointer: string): string {
  return /^(?:\/[A-Za-z0-9]{1,20}){1,8}$/.test(pointer) ? pointer : "its top";
}
