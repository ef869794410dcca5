import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import type { PasswordScore } from 'backstage-plugin-kubernetes-audit-common';

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** How hard a password is to guess by somebody who knows how people choose them. */
export function estimatePassword(password: string): PasswordScore {
  return estimator.check(password).score;
}
