import { bootstrap } from './bootstrap/bootstrap.mjs';
import { CommandError, runCommand } from './bootstrap/CommandError.mjs';
import { formatElapsed, Progress } from './bootstrap/Progress.mjs';

// `npm test` runs every test, `npm test -- types lint` only these steps.
await runCommand(async () => {
  if (!(await bootstrap(Progress.create()))) return;

  const { STEPS } = await import('./testing/steps.mjs');
  const names = process.argv.slice(2);
  const unknown = names.filter(name => !STEPS.some(step => step.name === name));
  if (unknown.length > 0) {
    throw new CommandError(
      `There is no step ${unknown.join(', ')}.`,
      `There are: ${STEPS.map(({ name }) => name).join(', ')}`,
    );
  }
  const steps = STEPS.filter(({ name, isOnlyRunByName }) =>
    names.length === 0 ? !isOnlyRunByName : names.includes(name),
  );

  const startedAt = Date.now();
  let passed = 0;
  let failed = 0;
  const summary = [];
  const failures = [];
  for (const { title, run } of steps) {
    console.log(
      `\n=== ${title} (at ${formatElapsed(Date.now() - startedAt)}) ===\n`,
    );
    const stepStartedAt = Date.now();
    const result = await run().catch(error => ({
      passed: 0,
      failed: 1,
      failures: [String(error?.stack ?? error)],
      leftOut: undefined,
    }));
    passed += result.passed;
    failed += result.failed;
    failures.push(...result.failures.map(failure => `${title}: ${failure}`));
    summary.push(
      `${title}: ${result.passed} passed, ${
        result.failed
      } failed in ${formatElapsed(Date.now() - stepStartedAt)}`,
      ...(result.leftOut ? [`  left out: ${result.leftOut}`] : []),
    );
  }

  if (failures.length > 0) {
    console.log('\n=== Failures ===');
    for (const failure of failures) console.log(`\n* ${failure.trimEnd()}`);
  }
  console.log('\n=== Summary ===\n');
  for (const line of summary) console.log(line);
  console.log(`Total time: ${formatElapsed(Date.now() - startedAt)}\n`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
});
