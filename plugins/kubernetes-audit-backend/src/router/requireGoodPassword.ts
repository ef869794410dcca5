import { InputError } from '@backstage/errors';
import {
  ExportPasswordProblem,
  findExportPasswordProblem,
  LONG_EXPORT_PASSWORD_LENGTH,
  MAX_EXPORT_PASSWORD_LENGTH,
  MIN_EXPORT_PASSWORD_LENGTH,
} from 'backstage-plugin-kubernetes-audit-common';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

const MESSAGES: Record<ExportPasswordProblem, string> = {
  tooShort: `password: it needs at least ${MIN_EXPORT_PASSWORD_LENGTH} characters`,
  tooLong: `password: it may have at most ${MAX_EXPORT_PASSWORD_LENGTH} characters`,
  tooWeak: `password: it is too easy to guess; it needs at least ${LONG_EXPORT_PASSWORD_LENGTH} characters, or fewer that are no words, names, dates or rows of keys`,
};

let estimator: ZxcvbnFactory | undefined;

/**
 * The request for an encrypted export, if its password is good enough.
 *
 * @throws InputError that says what it needs
 */
export function requireGoodPassword<T extends { password: string }>(
  request: T,
): T {
  const problem = findExportPasswordProblem(request.password, password => {
    // Its word lists become tables, which many a portal never needs.
    estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
    return estimator.check(password).score;
  });
  if (problem) {
    throw new InputError(MESSAGES[problem]);
  }
  return request;
}
