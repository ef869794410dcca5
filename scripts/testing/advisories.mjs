import { yarnRelease } from '../bootstrap/dependencies.mjs';
import { runVisibly } from './runVisibly.mjs';

const AUDIT = [
  ...['npm', 'audit', '--all', '--recursive'],
  ...['--environment', 'production', '--severity', 'high'],
];
/** What Yarn says of a registry that has no such route, or that is out of reach. */
const NOT_ANSWERED = /YN0035|Response Code|RequestError|ENOTFOUND|ECONNREFUSED/;

/**
 * Whether the registry knows of holes in what is installed in production.
 *
 * @returns {Promise<import('./StepResult.mjs').StepResult>}
 */
export async function checkAdvisories() {
  const { code, output } = await runVisibly([yarnRelease(), ...AUDIT]);
  if (code === 0) return { passed: 1, failed: 0, failures: [] };
  if (NOT_ANSWERED.test(output)) {
    return {
      passed: 0,
      failed: 0,
      failures: [],
      leftOut: 'The npm registry here tells of no advisories.',
    };
  }
  return {
    passed: 0,
    failed: 1,
    failures: [`yarn ${AUDIT.join(' ')}\n${output}`],
  };
}
