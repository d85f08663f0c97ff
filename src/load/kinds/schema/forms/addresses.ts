import { CONTROL, type Form, HIDDEN } from "./form.js";

const PORT = "(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

export const EXTERNAL_REFERENCE: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9._:/@-]*$",
  patternErrorMessage: "an image reference such as `registry.example/name:tag`, or `scratch`",
  maxLength: 512,
};

export const REGISTRY: Form = {
  pattern: `^(?:oci:[^${CONTROL}${HIDDEN}:-][^${CONTROL}${HIDDEN}:]*|docker://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9][a-z0-9._/-]*)?)$`,
  patternErrorMessage: "`oci:DIRECTORY` or `docker://HOST[:PORT][/PREFIX]`",
  maxLength: 512,
};

/** No user or password: everybody can read the address. */
export const DOWNLOAD_URL: Form = {
  pattern: "^https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[A-Za-z0-9._~/%!$&'()*+,;=:@?-]*$",
  patternErrorMessage: "an address `https://host/path` without user and password",
  maxLength: 2048,
};

/** The beginning of addresses: at a `/`, so that no other host begins with it. */
export const URL_PREFIX: Form = {
  pattern: "^https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?/(?:[A-Za-z0-9._~/%!$&'()*+,;=:@-]*/)?$",
  patternErrorMessage: "the beginning of an address, `https://host/` or `https://host/path/`, with `/` at its end",
  maxLength: 2048,
};

export const HOST: Form = {
  pattern: "^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$",
  patternErrorMessage: "the name or the IPv4 address of a host",
  maxLength: 253,
};

/** Of an address only the host counts, so none has a path. */
export const PACKAGE_HOST: Form = {
  pattern: `^(?:http://)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::${PORT})?$`,
  patternErrorMessage: "`HOST` or `HOST:PORT`, with `http://` before it where it has no TLS",
  maxLength: 270,
};

/** A token of RFC 9110, limited to the letters that methods have. */
export const HTTP_METHOD: Form = {
  pattern: "^(?!CONNECT$)[A-Z]+(?:-[A-Z]+)*$",
  patternErrorMessage: "a method of HTTP in capitals, for instance `POST`, and not `CONNECT`",
  maxLength: 32,
};

export const HEADER_NAME: Form = {
  pattern: "^[A-Za-z0-9][A-Za-z0-9-]*$",
  patternErrorMessage: "the name of a header: letters, digits and `-`",
  maxLength: 128,
};

/** Path and query of RFC 3986; the author must percent-encode everything else. */
export const REQUEST_PATH: Form = {
  pattern: "^/[A-Za-z0-9._~%!$&'()*+,;=:@/?-]*$",
  patternErrorMessage: "a path beginning with `/`, without spaces and fragment",
  maxLength: 8000,
};

export const PORT_AND_PROTOCOL: Form = {
  pattern: `^${PORT}(?:/(?:tcp|udp|sctp))?$`,
  patternErrorMessage: "a port from 1 to 65535, with `/udp` or `/sctp` where it is not TCP",
};

/** Without a password, which would become part of the image's recipe. */
export const REPOSITORY_URL: Form = {
  pattern: "^https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%+$=,@-]*)*$",
  patternErrorMessage: "a URL such as `https://packages.example/$releasever/$basearch/`",
  maxLength: 1024,
};
