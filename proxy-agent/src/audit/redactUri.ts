import { REDACTED } from './redactBody';

/** A longer URI is cut, in UTF-16 code units. */
const MAX_URI_LENGTH = 16 * 1024;
/** Query parameters that may carry a credential. */
const SECRET_PARAMETER =
  /([?&;](?:[^=&;]*(?:token|password|secret|authorization)[^=&;]*)=)[^&;]*/gi;

/** A request's URI without credentials in its query. */
export function redactUri(uri: string): string {
  return uri
    .slice(0, MAX_URI_LENGTH)
    .replace(SECRET_PARAMETER, `$1${encodeURIComponent(REDACTED)}`);
}
