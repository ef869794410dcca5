import { installDependencies } from './dependencies.mjs';
import { onSuitableNode } from './suitableNode.mjs';

/**
 * What each command does first: a Node that fits, dependencies that are there.
 * Until it returns, nothing but Node's own modules can be imported.
 *
 * @param {import('./Progress.mjs').Progress} progress
 * @returns {Promise<boolean>} false when the caller has nothing left to do
 */
export async function bootstrap(progress) {
  if (!(await onSuitableNode(progress))) return false;
  await installDependencies(progress);
  return true;
}
