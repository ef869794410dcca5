import { join } from 'node:path';
import { ESLint } from 'eslint';
import { REPOSITORY } from '../bootstrap/repository.mjs';

const RULE = 'import/no-restricted-paths';

/** Imports that lint must refuse, and some that it must let pass. */
const CASES = [
  {
    file: 'plugins/kubernetes-audit-common/src/example.ts',
    imports: 'backstage-plugin-kubernetes-audit-node',
    refused: true,
  },
  {
    file: 'plugins/kubernetes-audit/src/example.ts',
    imports: 'backstage-plugin-kubernetes-audit-backend',
    refused: true,
  },
  {
    file: 'plugins/kubernetes-audit-backend/src/example.ts',
    imports: 'backstage-plugin-kubernetes-audit-node',
    refused: false,
  },
  {
    file: 'proxy-agent/src/main.ts',
    imports: '@backstage/backend-defaults',
    refused: true,
  },
  {
    file: 'proxy-agent/src/login/example.ts',
    imports: '../server',
    refused: true,
  },
  {
    file: 'proxy-agent/src/spool/example.ts',
    imports: '../delivery',
    refused: true,
  },
  {
    file: 'proxy-agent/src/recording/example.ts',
    imports: '../audit',
    refused: true,
  },
  {
    file: 'proxy-agent/src/delivery/example.ts',
    imports: '../spool',
    refused: false,
  },
  {
    file: 'proxy-agent/src/protocol/example.ts',
    imports: 'zod',
    refused: true,
  },
  {
    file: 'proxy-agent/src/request/example.ts',
    imports: 'backstage-plugin-kubernetes-audit-common',
    refused: false,
  },
];

/**
 * Breaks the rule of the import directions, to see that lint notices.
 *
 * @returns {Promise<import('./StepResult.mjs').StepResult>}
 */
export async function checkImportDirections() {
  const eslint = new ESLint({ cwd: REPOSITORY });
  const failures = [];
  for (const { file, imports, refused } of CASES) {
    const [{ messages }] = await eslint.lintText(
      `import * as example from '${imports}';\n\nexport { example };\n`,
      { filePath: join(REPOSITORY, file) },
    );
    const isRefused = messages.some(({ ruleId }) => ruleId === RULE);
    if (isRefused !== refused) {
      failures.push(
        `${file} may${
          refused ? ' not' : ''
        } import ${imports}, says .eslintrc.js; lint ${
          isRefused ? 'refuses' : 'accepts'
        } it`,
      );
    }
  }
  const passed = CASES.length - failures.length;
  console.log(`${passed} of ${CASES.length} imports judged rightly`);
  return { passed, failed: failures.length, failures };
}
