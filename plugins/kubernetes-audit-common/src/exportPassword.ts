/** The shortest password of an encrypted export, in characters. @public */
export const MIN_EXPORT_PASSWORD_LENGTH = 8;
/** A password of so many characters is long enough, whatever it is. @public */
export const LONG_EXPORT_PASSWORD_LENGTH = 12;
/** The longest password of an encrypted export, in characters. @public */
export const MAX_EXPORT_PASSWORD_LENGTH = 256;

/** What a shorter password needs at the least: "fair". */
const MIN_SCORE = 2;

/** How hard a password is to guess, from 0, guessed at once, to 4, out of reach. @public */
export type PasswordScore = 0 | 1 | 2 | 3 | 4;

/** Why an export is not encrypted with a password. @public */
export type ExportPasswordProblem = 'tooShort' | 'tooLong' | 'tooWeak';

/**
 * The rule for passwords of encrypted exports, which the form and the portal
 * share.
 *
 * @param estimate - how hard it is to guess by somebody who knows how people
 *   choose passwords; asked only where the length does not decide
 * @public
 */
export function findExportPasswordProblem(
  password: string,
  estimate: (password: string) => PasswordScore,
): ExportPasswordProblem | undefined {
  if (password.length < MIN_EXPORT_PASSWORD_LENGTH) {
    return 'tooShort';
  }
  if (password.length > MAX_EXPORT_PASSWORD_LENGTH) {
    return 'tooLong';
  }
  const isLong = password.length >= LONG_EXPORT_PASSWORD_LENGTH;
  return isLong || estimate(password) >= MIN_SCORE ? undefined : 'tooWeak';
}
