import type { LockManager } from "../../model/lock.js";
import { aptLock } from "./apt-lock.js";
import { dnfLock } from "./dnf-lock.js";
import type { LockResolver } from "./lock-resolver.js";
import { npmLock } from "./npm-lock.js";
import { pipLock } from "./pip-lock.js";

export const LOCK_RESOLVERS: Readonly<Record<LockManager, LockResolver>> = {
  apt: aptLock,
  dnf: dnfLock,
  pip: pipLock,
  npm: npmLock,
};
