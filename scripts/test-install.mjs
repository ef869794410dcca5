import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from './bootstrap/bootstrap.mjs';
import { CommandError, runCommand } from './bootstrap/CommandError.mjs';
import { Progress } from './bootstrap/Progress.mjs';

const FLAVOURS = ['new', 'legacy'];

/*
 * Whether the packages can be installed as the README says: they are packed,
 * a fresh Backstage is made, the README's blocks are followed one by one, and
 * what came out is used. It takes some ten minutes for each frontend system
 * and needs the npm registry. `npm run test:install -- legacy` runs it for one
 * of them; INSTALL_PORT_BASE=n moves the ports, INSTALL_KEEP=1 keeps the apps,
 * INSTALL_BUILT=1 packs the builds that are there.
 */
await runCommand(async () => {
  if (!(await bootstrap(Progress.create()))) return;
  const asked = process.argv.slice(2);
  const unknown = asked.filter(name => !FLAVOURS.includes(name));
  if (unknown.length > 0) {
    throw new CommandError(
      `There is no ${unknown.join(', ')}.`,
      `There are: ${FLAVOURS.join(', ')}`,
    );
  }
  const { testInstallation } = await import(
    './installing/testInstallation.mjs'
  );
  const directory = mkdtempSync(join(tmpdir(), 'kubernetes-audit-install-'));
  mkdirSync(directory, { recursive: true });
  const { passed, failures } = await testInstallation(
    directory,
    FLAVOURS.filter(name => asked.length === 0 || asked.includes(name)),
  );
  if (process.env.INSTALL_KEEP) console.log(`Kept: ${directory}`);
  else rmSync(directory, { recursive: true, force: true });
  for (const failure of failures) console.log(`\n* ${failure}`);
  console.log(`\n${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
});
