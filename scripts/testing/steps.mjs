import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { yarnRelease } from '../bootstrap/dependencies.mjs';
import { REPOSITORY } from '../bootstrap/repository.mjs';
import { checkAdvisories } from './advisories.mjs';
import { checkDocumentation } from './documentation.mjs';
import { checkImportDirections } from './importDirections.mjs';
import { startPostgres } from './postgres.mjs';
import { runVisibly } from './runVisibly.mjs';

/**
 * @typedef {import('./StepResult.mjs').Step} Step
 * @typedef {import('./StepResult.mjs').StepResult} StepResult
 */

const NODE_TRANSFORM = '@backstage/cli/config/nodeTransform.cjs';
const LIBRARIES = [
  'kubernetes-audit',
  'kubernetes-audit-backend',
  'kubernetes-audit-common',
  'kubernetes-audit-node',
  'kubernetes-backend-module-kubernetes-audit',
  'kubernetes-module-kubernetes-audit',
].map(folder => `plugins/${folder}`);
const NO_POSTGRES = 'No Postgres runs here: tests run on SQLite alone.';
/** Of TAP: the name, and what follows between `---` and `...`. */
const FAILED_TEST = /^ *not ok \d+ - (.*)\n *---\n([\s\S]*?)\n *\.\.\.$/gm;
const SKIPPED_TEST = /^ *ok \d+ - (.*) # SKIP *(.*)$/gm;
/** Failed because of another failure, which is listed. */
const CONSEQUENCE = /failureType: '(cancelledByParent|subtestsFailed)'/;
const END_TO_END_TESTS = 'packages/*/e2e-tests/*.test.ts';

/**
 * A step of commands, each of which counts as one test.
 *
 * @param {string} name
 * @param {string} title
 * @param {string[][]} commands - as given to `yarn`
 * @returns {Step}
 */
function commandStep(name, title, commands) {
  return {
    name,
    title,
    run: async () => {
      /** @type {StepResult} */
      const result = { passed: 0, failed: 0, failures: [] };
      for (const command of commands) {
        const { code, output } = await runVisibly([yarnRelease(), ...command]);
        if (code === 0) {
          result.passed++;
        } else {
          result.failed++;
          result.failures.push(`yarn ${command.join(' ')}\n${output}`);
        }
      }
      return result;
    },
  };
}

/** Whether the API reports in the repository tell what the packages export. */
async function runApiReports() {
  // They are made from the declarations that the step `types` leaves behind.
  if (!existsSync(join(REPOSITORY, 'dist-types'))) {
    await runVisibly([yarnRelease(), 'tsc']);
  }
  return commandStep('api', 'API reports', [
    [
      'backstage-repo-tools',
      'api-reports',
      // What is published as a library; the agent is a program.
      ...LIBRARIES,
      '--ci',
      '-o',
      'ae-wrong-input-file-type',
      '--allow-all-warnings',
    ],
  ]).run();
}

/**
 * All unit and integration tests, on SQLite and on Postgres.
 *
 * @returns {Promise<StepResult>}
 */
async function runJest() {
  const postgres = await startPostgres();
  const directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-jest-'));
  const report = join(directory, 'report.json');
  console.log(
    postgres ? `Tests run on SQLite and ${postgres.version}.` : NO_POSTGRES,
  );
  try {
    const { code, output } = await runVisibly(
      [
        yarnRelease(),
        'backstage-cli',
        'repo',
        'test',
        '--watchAll=false',
        '--silent',
        '--json',
        `--outputFile=${report}`,
      ],
      {
        // With CI=true the test utilities would look for Docker otherwise.
        BACKSTAGE_TEST_DISABLE_DOCKER: '1',
        ...(postgres && {
          BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING:
            postgres.connectionString,
        }),
      },
    );
    return {
      ...readJestReport(report, code, output),
      leftOut: postgres ? undefined : NO_POSTGRES,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await postgres?.stop();
  }
}

/**
 * @param {string} report
 * @param {number} code - the exit code
 * @param {string} output
 * @returns {StepResult}
 */
function readJestReport(report, code, output) {
  let content;
  try {
    content = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, failures: [`Jest failed:\n${output}`] };
  }
  /** @type {{ name: string, status: string, message: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[]} */
  const suites = content.testResults;
  const failures = suites
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(REPOSITORY, name);
      const failed = assertionResults.filter(
        ({ status }) => status === 'failed',
      );
      return failed.length > 0
        ? failed.map(
            ({ fullName, failureMessages }) =>
              `${file}: ${fullName}\n${failureMessages.join('\n')}`,
          )
        : [`${file}\n${message}`];
    });
  // A suite that cannot even be loaded has no failed test to count.
  const failed = content.numFailedTests + content.numRuntimeErrorTestSuites;
  if (failed === 0 && code !== 0) {
    return {
      passed: content.numPassedTests,
      failed: 1,
      failures: [`Jest ended with ${code}:\n${output}`],
    };
  }
  return { passed: content.numPassedTests, failed, failures };
}

/** @returns {Promise<StepResult>} */
async function runEndToEnd() {
  const directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-e2e-'));
  const report = join(directory, 'report.tap');
  try {
    const { code, output } = await runVisibly([
      '--require',
      NODE_TRANSFORM,
      '--test',
      '--test-concurrency=1',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      `--test-reporter-destination=${report}`,
      END_TO_END_TESTS,
    ]);
    return readTap(readFileSync(report, 'utf8'), code, output);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * @param {string} tap - as Node's test runner writes it
 * @param {number} code - the exit code
 * @param {string} output
 * @returns {StepResult}
 */
function readTap(tap, code, output) {
  const total = (/** @type {string} */ kind) =>
    Number(new RegExp(`^# ${kind} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0);
  const passed = total('pass');
  const failed = total('fail') + total('cancelled');
  if (failed === 0 && (passed === 0 || code !== 0)) {
    return {
      passed,
      failed: 1,
      failures: [`The runner ended with ${code}:\n${output}`],
    };
  }
  const failures = [...tap.matchAll(FAILED_TEST)]
    .filter(([, , details]) => !CONSEQUENCE.test(details))
    .map(([, name, details]) => `${name}\n${details}`);
  const leftOut = [...tap.matchAll(SKIPPED_TEST)].map(
    ([, name, reason]) => `${name}: ${reason}`,
  );
  return {
    passed,
    failed,
    failures,
    leftOut: leftOut.length > 0 ? leftOut.join('\n    ') : undefined,
  };
}

/** @type {Step[]} */
export const STEPS = [
  commandStep('types', 'Types', [['tsc'], ['tsc', '-p', 'scripts']]),
  commandStep('lint', 'Lint', [
    ['backstage-cli', 'repo', 'lint', '--max-warnings', '0'],
    ['eslint', '--ext', '.mjs', 'scripts'],
  ]),
  {
    name: 'imports',
    title: 'Import directions',
    run: checkImportDirections,
  },
  commandStep('format', 'Format', [['prettier', '--check', '.']]),
  { name: 'docs', title: 'Documentation', run: checkDocumentation },
  { name: 'api', title: 'API reports', run: runApiReports },
  { name: 'unit', title: 'Unit and integration tests', run: runJest },
  { name: 'e2e', title: 'End-to-end tests', run: runEndToEnd },
  {
    name: 'advisories',
    title: 'Advisories for dependencies',
    run: checkAdvisories,
    // What is published tomorrow must not fail what has not changed.
    isOnlyRunByName: true,
  },
];
