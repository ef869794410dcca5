import { bootstrap } from './bootstrap/bootstrap.mjs';
import { runCommand } from './bootstrap/CommandError.mjs';
import { Progress } from './bootstrap/Progress.mjs';

/** A signal that comes so soon after another is the same Ctrl-C. */
const SAME_SIGNAL_MS = 1000;

await runCommand(async () => {
  const progress = Progress.create();
  if (!(await bootstrap(progress))) return;

  const { readDemoSettings } = await import('./demo/settings.mjs');
  const { prepareDirectory, runDemo } = await import('./demo/runDemo.mjs');
  const { readyMessage } = await import('./demo/announceReady.mjs');
  const { Supervisor } = await import('./demo/Supervisor.mjs');

  const settings = readDemoSettings(process.env);
  prepareDirectory(settings.directory);
  const supervisor = await Supervisor.create(settings.directory);
  const ended = endOfSignals(() => supervisor.kill());
  try {
    const started = runDemo(settings, supervisor, progress).then(
      ({ clusterName }) => {
        process.stdout.write(readyMessage(settings, clusterName));
        return supervisor.died;
      },
    );
    await Promise.race([started, supervisor.died, ended]);
  } finally {
    await supervisor.stop();
  }
});
// Whatever still waits for an answer is of no use any more.
process.exit();

/**
 * Ends at the first SIGINT, SIGTERM or SIGHUP.
 *
 * @param {() => void} onImpatience - called when the user asks a second time
 * @returns {Promise<void>}
 */
function endOfSignals(onImpatience) {
  return new Promise(resolve => {
    let firstAt = 0;
    const onSignal = () => {
      if (!firstAt) {
        firstAt = Date.now();
        process.stdout.write('\nEnding the demo ...\n');
        resolve();
      } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
        onImpatience();
      }
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, onSignal);
    }
  });
}
