import type { CodeKind, LayerEntry } from "../model/attribution.js";

/** Names of files that interpreters load, whatever is in them. */
const MODULE =
  /\.(?:py|pyw|pyi|pth|egg-link|js|mjs|cjs|jsx|ts|mts|cts|tsx|pl|pm|rb|gemspec|php|phtml|phar|lua|tcl|r|jl|groovy|gvy|kts|clj|cljs|ps1|psm1|psd1|sh|bash|zsh|ksh|csh|fish|awk|sed|el|scm|raku|ex|exs|wsf|vbs|bat|cmd|jsp|jspx|asp|aspx|erb|ejs|pug|hbs|cgi|fcgi)$/i;
const BYTECODE = /\.(?:pyc|pyo|class|elc|beam|luac|qmlc|jsc|wasm|rbc|go\.o)$/i;
const LIBRARY = /\.(?:so|a|o|ko|node|dll|dylib|lib|la|pyd|xs)$|\.(?:so|dylib)\.[0-9][^/]*$/i;
const ARCHIVE =
  /\.(?:jar|war|ear|jmod|pyz|pyzw|whl|egg|zip|apk|aar|nupkg|snupkg|gem|crate|deb|udeb|rpm|tar|tgz|tbz2?|txz|tzst|cpio|7z|rar|squashfs|sqfs|appimage|snap|flatpak|img|iso|qcow2)$|\.tar\.[a-z0-9]+$/i;

/** Programs read these and then load, run or fetch something. */
const SETTINGS: readonly RegExp[] = [
  /^\/etc\/ld\.so\.(?:preload|conf|conf\.d\/.*|cache)$|^\/etc\/ld-musl-[^/]*\.path$/,
  /^\/etc\/(?:apt|dpkg|yum|yum\.repos\.d|dnf|libdnf5?|tdnf|zypp|apk|pacman\.d|rpm|pip|pip3)\//,
  /^\/etc\/(?:yum|dnf|pacman|pip|pip3|wgetrc|curlrc|npmrc|gemrc|gitconfig|inputrc|nanorc|screenrc|bash\.bashrc|bashrc|bash_logout|profile|environment|zshenv|zprofile|csh\.cshrc|csh\.login|sudoers|sudo\.conf|doas\.conf|crontab|anacrontab|inittab|rc\.local|nsswitch\.conf|pam\.conf|shells|xinetd\.conf|inetd\.conf|login\.defs)(?:\.conf)?$/,
  /^\/etc\/(?:profile\.d|pam\.d|security|sudoers\.d|cron[^/]*|init\.d|init|rc[^/]*\.d|systemd|runit|sv|s6[^/]*|cont-init\.d|services\.d|supervisor[^/]*|logrotate\.d|update-motd\.d|environment\.d|xdg|X11|skel|zsh|fish|kernel|modprobe\.d|modules-load\.d|udev|binfmt\.d|tmpfiles\.d|sysctl\.d|ssl\/openssl\.cnf|gss|krb5\.conf\.d|entrypoint\.d|docker-entrypoint[^/]*)(?:\/|$)/,
  /^\/(?:usr\/)?(?:local\/)?lib\/(?:systemd|udev|tmpfiles\.d|sysctl\.d|modprobe\.d|binfmt\.d|sysusers\.d|rpm|apt|dpkg)\//,
  /^\/var\/spool\/(?:cron|at|anacron)\//,
  /^\/var\/lib\/(?:dpkg|rpm|apk|apt|dnf|pacman)\/|^\/usr\/lib\/sysimage\/|^\/lib\/apk\//,
  /^\/docker-entrypoint[^/]*\.d\//,
  /\/(?:npmrc|\.npmrc|\.yarnrc|\.yarnrc\.yml|\.pnpmrc|\.bunfig\.toml|bunfig\.toml|pip\.conf|\.pip|pydistutils\.cfg|\.pydistutils\.cfg|\.pypirc|\.gemrc|\.irbrc|\.pryrc|\.rspec|\.condarc|condarc|\.cargo|\.m2|\.gradle|\.mavenrc|\.sbt|\.config\/(?:pip|uv|go|composer|nuget|fish|git|systemd|autostart)|NuGet\.Config|\.composer|\.bundle|uv\.toml|pyvenv\.cfg|sitecustomize\.[^/]*|usercustomize\.[^/]*|[^/]+\._?pth|\.pythonrc[^/]*|\.perltidyrc|\.perldb|\.Rprofile|\.Renviron|Rprofile\.site|Renviron\.site|\.lua[^/]*rc[^/]*|php\.ini|\.user\.ini|\.htaccess|jvm\.options|JDK_JAVA_OPTIONS|java\.security|\.mvn|\.envrc|\.env|\.babelrc|\.noderc|\.node_repl_history)(?:$|\/)/i,
  /\/\.(?:bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zshenv|zprofile|zlogin|kshrc|mkshrc|cshrc|tcshrc|login|logout|inputrc|vimrc|exrc|nanorc|emacs|emacs\.d|vim|gdbinit|lldbinit|gitconfig|git|ssh|curlrc|wgetrc|netrc|forward|procmailrc|pam_environment|xinitrc|xsession|xprofile|tmux\.conf|screenrc|local\/lib)(?:$|\/)/,
  /\/php[^/]*\/(?:[^/]+\/)*conf\.d\//,
  /\/(?:nginx|apache2?|httpd|lighttpd)\/.*\.(?:conf|load)$/,
];

/** Package managers and the loader read these in every image that derives from this one. */
const SETTINGS_OF_CHILDREN: readonly RegExp[] = [
  /^\/etc\/ld\.so\.(?:preload|conf|conf\.d\/.*)$|^\/etc\/ld-musl-[^/]*\.path$/,
  /^\/etc\/(?:apt|dpkg|yum|yum\.repos\.d|dnf|libdnf5?|tdnf|apk|rpm|pip|pip3)\//,
  /^\/etc\/(?:yum|dnf|pip|npmrc|gemrc)(?:\.conf)?$|^\/usr\/(?:local\/)?etc\/(?:npmrc|pip\.conf|gemrc)$/,
  /^(?:\/root|\/home\/[^/]+)\/\.(?:npmrc|pip|gemrc|condarc|bundle|m2|config\/(?:pip|uv|go))(?:$|\/)/,
  /\/(?:site|dist)-packages\/(?:(?:site|user)customize\.[^/]*|[^/]+\.pth)$/,
];

/** Whether a file changes what package managers and programs do in the images that derive from this one. */
export const isSettingOfChildren = (path: string) => SETTINGS_OF_CHILDREN.some((pattern) => pattern.test(path));

/** Places of modules of interpreters and plug-ins of programs: what is put there is loaded. */
const LOADED =
  /\/(?:node_modules|site-packages|dist-packages|site_perl|vendor_perl|site_ruby|vendor_ruby|gems|pear|gconv|ossl-modules)\//;

const DEVICE_DIRECTORY = /^\/dev\//;

const SETUID = 0o6000;
const EXECUTE = 0o111;

/** What a file is that its name, its permissions or its first and last bytes show to run, or to make something else run. */
export function codeKinds(entry: LayerEntry): readonly CodeKind[] {
  const { path, mode, form } = entry;
  const kinds = new Set<CodeKind>(grantedKinds(entry, 0));
  if (entry.kind === "device" || DEVICE_DIRECTORY.test(path)) kinds.add("device");
  if (SETTINGS.some((pattern) => pattern.test(path))) kinds.add("setting");
  if (LIBRARY.test(path) || form === "library") kinds.add("library");
  else if (form === "elf" || form === "program" || (form === "script" && (mode & EXECUTE) !== 0))
    kinds.add("executable");
  if (ARCHIVE.test(path) || form === "archive") kinds.add("archive");
  if (BYTECODE.test(path) || form === "bytecode") kinds.add("bytecode");
  if (MODULE.test(path) || form === "script" || LOADED.test(path)) kinds.add("module");
  return [...kinds].sort();
}

/** What the permissions make of a file beyond those that its maker gave it. */
export function grantedKinds({ kind, mode, size, capable }: LayerEntry, before: number): readonly CodeKind[] {
  if (kind !== "file") return [];
  const isExecutable = size > 0 && (mode & EXECUTE) !== 0 && (before & EXECUTE) === 0;
  return [
    ...(capable ? (["capability"] as const) : []),
    ...(isExecutable ? (["executable"] as const) : []),
    ...((mode & SETUID & ~before) !== 0 ? (["setuid"] as const) : []),
  ];
}
