/** An escape sequence that terminals ignore (a private OSC), for the moments at which a test looks at the screen. */
export const SCENE_MARK = "\u001b]7771;moment\u0007";
