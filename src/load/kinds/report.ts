import type { GateReport } from "../../model/gate.js";
import { GATE_LIMITS } from "../../model/gate-limits.js";
import { report as validate } from "./report-validator.js";

/**
 * Reads a gate report from a machine on which the pull request's own code ran: its form is checked to the last field,
 * and nothing in it is trusted. Never throws; problems are described in our own words.
 */
export function readReport(text: string): { readonly report: GateReport } | { readonly problem: string } {
  // A character has at least one byte, so most reports that are too large need not be counted.
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

/** The report's own keys are its words: a place is shown only as far as our keys lead. */
function place(pointer: string): string {
  return /^(?:\/[A-Za-z0-9]{1,20}){1,8}$/.test(pointer) ? pointer : "its top";
}
