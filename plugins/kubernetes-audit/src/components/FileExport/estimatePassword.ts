import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

/** From 0, guessed at once, to 4, out of reach. */
export type PasswordScore = 0 | 1 | 2 | 3 | 4;

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** How hard a password is to guess by somebody who knows how people choose them. */
export function estimatePassword(password: string): PasswordScore {
  return estimator.check(password).score;
}
