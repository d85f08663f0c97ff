/** Whether a user, as `run.user` and images name it, is root: by name or by a number, whatever group stands behind it. */
export const isRootUser = (user: string) => /^(?:root|0+)(?::|$)/.test(user);
