import { REDACTED } from './redacted';

/** A longer URI is cut, in UTF-16 code units. */
const MAX_URI_LENGTH = 16 * 1024;
/** Names of query parameters that may carry a credential. The short ones are also parts of harmless words. */
const SECRET_NAME =
  /token|passw|passphrase|pwd|secret|authorization|credential|signature|jwt|bearer|(?:api|access|auth|private)[._-]?key|(?:^|[^a-z])(?:sig|o?auth2?)(?:[^a-z]|$)/i;
/** What may hold a signed token. */
const TOKEN_TEXT = /[\w.-]+/g;
/** How the first part of a signed token (RFC 7515) begins: `{"` in base64url. */
const TOKEN_START = 'eyJ';
/** So often a name is decoded: a service behind the API server may do it once more. */
const MAX_DECODINGS = 3;

const SHOWN_INSTEAD = encodeURIComponent(REDACTED);

/** A parameter's name without percent-encoding, or undefined when it has none that is valid. */
function decodeName(name: string): string | undefined {
  let decoded = name;
  try {
    for (let i = 0; i < MAX_DECODINGS && decoded.includes('%'); i++) {
      decoded = decodeURIComponent(decoded);
    }
  } catch {
    return undefined;
  }
  return decoded;
}

function redactParameter(parameter: string, hideCommand: boolean): string {
  // Some take `;` for a separator too, or a second `?`, others for a part of
  // the value: from the first secret on, all is hidden.
  let start = 0;
  for (const part of parameter.split(/[;?]/)) {
    const equals = part.indexOf('=');
    if (equals !== -1) {
      const name = decodeName(part.slice(0, equals));
      if (
        name === undefined ||
        SECRET_NAME.test(name) ||
        (hideCommand && name === 'command')
      ) {
        return `${parameter.slice(0, start + equals)}=${SHOWN_INSTEAD}`;
      }
    }
    start += part.length + 1;
  }
  return parameter;
}

/** Hides a signed token: three parts with dots between them. */
function redactToken(text: string): string {
  const start = text.indexOf(TOKEN_START);
  const isToken = start !== -1 && text.slice(start).split('.').length > 2;
  return isToken ? `${text.slice(0, start)}${SHOWN_INSTEAD}` : text;
}

/** A text without the signed tokens in it. */
export function redactTokens(text: string): string {
  return text.includes(TOKEN_START)
    ? text.replace(TOKEN_TEXT, redactToken)
    : text;
}

/**
 * A request's URI without credentials.
 *
 * @param options.hideCommand - hide also what an exec runs, the `command` parameters
 */
export function redactUri(
  uri: string,
  { hideCommand = false }: { hideCommand?: boolean } = {},
): string {
  const question = uri.indexOf('?');
  const redacted =
    question === -1
      ? uri
      : uri.slice(0, question + 1) +
        uri
          .slice(question + 1)
          .split('&')
          .map(parameter => redactParameter(parameter, hideCommand))
          .join('&');
  return redactTokens(redacted).slice(0, MAX_URI_LENGTH);
}
