/**
 * Environment variables by which one program is made to load, run or fetch something else than it would: what no approved list knows. Read
 * from the manuals of the programs (ld.so(8), bash(1), python(1), node(1), perlrun(1), ruby(1), java(1), git(1), `go help environment`,
 * the configuration pages of the package managers). Patterns ignore letter case only where the program does.
 */
interface Group {
  readonly does: string;
  readonly names: RegExp;
}

const GROUPS: readonly Group[] = [
  {
    does: "makes programs load other libraries",
    names:
      /^(?:LD_.+|DYLD_.+|.+_PRELOAD|GCONV_PATH|GETCONF_DIR|GLIBC_TUNABLES|LOCPATH|NLSPATH|G(?:IO|TK|ST)_(?:EXTRA_MODULES|MODULES|MODULE_DIR|PATH|PLUGIN_PATH)|QT_PLUGIN_PATH|ODBC(?:INI|INSTINI|SYSINI)|KRB5_CONFIG)$/,
  },
  {
    does: "makes shells and other tools run something else",
    names:
      /^(?:BASH_ENV|ENV|BASH_FUNC_.+|BASH_LOADABLES_PATH|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|ZDOTDIR|FPATH|LESSOPEN|LESSCLOSE|TAR_OPTIONS|ZIPOPT|RSYNC_RSH|SVN_SSH|CVS_RSH|SSH_ASKPASS|SUDO_ASKPASS|AWKPATH|AWKLIBPATH|VIMINIT|EXINIT)$/,
  },
  {
    does: "makes Python load or run something else",
    names:
      /^(?:PYTHON(?:PATH|STARTUP|HOME|USERBASE|PLATLIBDIR|BREAKPOINT|WARNINGS|PYCACHEPREFIX|EXECUTABLE|INSPECT)|PYTHON_PRESITE)$/,
  },
  {
    does: "makes Node.js load something else",
    names: /^(?:NODE_(?:OPTIONS|PATH|REPL_EXTERNAL_MODULE|COMPILE_CACHE)|BUN_(?:OPTIONS|CONFIG_.+)|DENO_DIR)$/,
  },
  {
    does: "makes Perl load something else",
    names: /^(?:PERL5(?:OPT|LIB|DB|SHELL)|PERLLIB|PERL_(?:MM|MB|CPANM)_OPT)$/,
  },
  { does: "makes Ruby load something else", names: /^(?:RUBY(?:OPT|LIB|SHELL|PATH)|RUBYGEMS_.+|GEM_.+|GEMRC)$/ },
  {
    does: "makes Java load something else",
    names:
      /^(?:JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVAC?_OPTIONS|(?:IBM|OPENJ9)_JAVA_OPTIONS|JAVACMD|CLASSPATH|MAVEN_(?:OPTS|ARGS|CONFIG|DEBUG_OPTS|USER_HOME)|GRADLE_(?:OPTS|USER_HOME)|ORG_GRADLE_PROJECT_.+|(?:SBT|ANT)_OPTS|ANT_ARGS|COURSIER_REPOSITORIES)$/,
  },
  {
    does: "makes the interpreter of its language load something else",
    names:
      /^(?:LUA_(?:PATH|CPATH|INIT)(?:_5_\d)?|PHPRC|PHP_INI_SCAN_DIR|R_(?:PROFILE|ENVIRON)(?:_USER)?|R_LIBS(?:_USER|_SITE)?|R_HOME|TCLLIBPATH|TCL_LIBRARY|ERL_(?:A|Z)?FLAGS|ERL_LIBS|ELIXIR_ERL_OPTIONS|GUILE_LOAD(?:_COMPILED)?_PATH|JULIA_(?:LOAD|DEPOT)_PATH|DOTNET_(?:STARTUP_HOOKS|ADDITIONAL_DEPS|SHARED_STORE|ROOT.*)|CORECLR_.+|COR_(?:ENABLE_)?PROFIL.+)$/,
  },
  { does: "makes PowerShell load other modules", names: /^PSModulePath$/i },
  {
    does: "makes compilers and build tools run or read something else",
    names:
      /^(?:CC|CXX|COMPILER_PATH|GCC_EXEC_PREFIX|C(?:PLUS)?_INCLUDE_PATH|CPATH|LIBRARY_PATH|(?:GNU)?MAKEFLAGS|MAKEFILES|CMAKE_TOOLCHAIN_FILE|PKG_CONFIG_(?:PATH|LIBDIR)|CGO_.*FLAGS.*|RUSTC(?:_WORKSPACE)?(?:_WRAPPER)?|RUSTFLAGS|RUSTUP_.+)$/,
  },
  {
    does: "changes what Go fetches, checks or runs",
    names:
      /^(?:GO(?:PROXY|FLAGS|NOPROXY|NOSUMDB|NOSUMCHECK|SUMDB|PRIVATE|INSECURE|ENV|TOOLCHAIN|TOOLDIR|ROOT|WORK|VCS|AUTH|CACHEPROG|MODCACHE)|CARGO_.+)$/,
  },
  {
    does: "is a setting of npm or one of its relatives",
    names: /^(?:p?npm_config_.+|yarn_(?:npm_.+|.*(?:path|registry|proxy|script|unsafe).*|plugins|rc_filename))$/i,
  },
  { does: "is a setting of a package manager", names: /^(?:PIP|UV|BUNDLE|COREPACK|COMPOSER|POETRY|NUGET|CONDA)_.+$/ },
  {
    does: "is a setting of a package manager",
    names: /^(?:PIPENV_(?:PYPI_MIRROR|PIPFILE)|VIRTUALENV_.+|CONDARC|MAMBARC|XDG_CONFIG_(?:HOME|DIRS))$/,
  },
  {
    does: "is a setting of the system's package manager",
    names: /^(?:APT_CONFIG|DPKG_.+|DEBCONF_(?:SYSTEMRC|DB_.+)|RPM_.+|(?:DNF|YUM)\d|DNF_VAR_.+|APK_.+|ZYPP_.+)$/,
  },
  {
    does: "sends downloads somewhere else",
    names: /^(?!no_proxy$).+_proxy$|^(?:HOSTALIASES|LOCALDOMAIN|RES_OPTIONS|RESOLV_HOST_CONF)$/i,
  },
  { does: "makes download programs read other settings", names: /^(?:CURL_HOME|(?:SYSTEM_)?WGETRC)$/ },
  {
    does: "changes which certificates are trusted, or loads a module of OpenSSL",
    names:
      /^(?:SSL_CERT_.+|(?:CURL|REQUESTS|AWS)_CA_BUNDLE|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|DENO_CERT|OPENSSL_(?:CONF|CONF_INCLUDE|MODULES|ENGINES)|GNUTLS_SYSTEM_PRIORITY_FILE)$/,
  },
  {
    does: "makes Git run or fetch something else",
    names:
      /^GIT_(?:SSH|SSH_COMMAND|EXTERNAL_DIFF|PAGER|EDITOR|SEQUENCE_EDITOR|ASKPASS|PROXY_COMMAND|CONFIG.*|EXEC_PATH|TEMPLATE_DIR|(?:ALTERNATE_)?OBJECT_DIRECTOR(?:Y|IES)|DIR|COMMON_DIR|WORK_TREE|SSL_.+|ALLOW_PROTOCOL)$/,
  },
];

/** Settings of package managers that change neither what is fetched nor from where, nor what is run. */
const HARMLESS =
  /^(?:PIP_(?:NO_CACHE_DIR|DISABLE_PIP_VERSION_CHECK|ROOT_USER_ACTION|NO_INPUT|NO_COLOR|PROGRESS_BAR|DEFAULT_TIMEOUT|RETRIES|QUIET|VERBOSE|REQUIRE_HASHES|BREAK_SYSTEM_PACKAGES)|UV_(?:COMPILE_BYTECODE|LINK_MODE|NO_CACHE|NO_PROGRESS|FROZEN|LOCKED|OFFLINE)|BUNDLE_(?:JOBS|RETRY|FROZEN|DEPLOYMENT|SILENCE_ROOT_WARNING)|POETRY_(?:VERSION|NO_INTERACTION|VIRTUALENVS_(?:CREATE|IN_PROJECT))|COMPOSER_(?:ALLOW_SUPERUSER|NO_INTERACTION|MEMORY_LIMIT|VERSION)|COREPACK_ENABLE_.+|CARGO_(?:TERM_.+|INCREMENTAL|NET_OFFLINE))$|^npm_config_(?:loglevel|fund|audit|update_notifier|color|progress|production|omit|ignore_scripts|engine_strict|save_exact|yes)$/i;

/**
 * What a variable does that an administrator has to know of, as the rest of a sentence that begins with its name; undefined: nothing. An empty
 * value sets it back to what it is without the variable.
 */
export function dangerOf(name: string, value: string): string | undefined {
  if (value === "") return undefined;
  if (name === "PATH") return dangerOfPath(value);
  // Many programs have an environment of their own in it: `ENV=production` names no file.
  if (name === "ENV" && !/[/$`]/.test(value)) return undefined;
  if (HARMLESS.test(name)) return undefined;
  return GROUPS.find(({ names }) => names.test(name))?.does;
}

/** Directories that everybody may write to, or that are mounted only while something runs. */
const UNSAFE = /^\/+(?:tmp|var\/tmp|dev|proc|sys|run|var\/run|media|mnt)(?:\/|$)/;

/** Programs of the image's own may stand anywhere else: each of them is accounted for like other files. */
function dangerOfPath(value: string): string | undefined {
  const entries = value.split(":");
  const relative = entries.find((entry) => !entry.startsWith("/") || /(?:^|\/)\.\.(?:\/|$)/.test(entry));
  if (relative !== undefined)
    return `has the entry \`${relative}\`, which means another directory wherever a program is started`;
  const unsafe = entries.find((entry) => UNSAFE.test(entry));
  return unsafe === undefined ? undefined : `has the entry \`${unsafe}\`, where others may put programs`;
}
