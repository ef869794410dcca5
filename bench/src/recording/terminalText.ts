// The generator belongs to the agent's tests, which no package exports.
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import { SeededRandom } from '../../../proxy-agent/test/faults/SeededRandom';

const ESC = '\x1b[';
const LEVELS = ['INFO ', 'INFO ', 'INFO ', 'DEBUG', 'WARN ', 'ERROR'];
const COMPONENTS = [
  'http.server',
  'payments.ledger',
  'cache.session',
  'db.pool',
  'scheduler',
  'queue.consumer',
];
const MESSAGES = [
  (n: number) => `request completed in ${n % 900} ms, status ${200 + (n % 5)}`,
  (n: number) => `acquired connection ${n % 64} after ${n % 40} ms`,
  (n: number) => `entry ${n} written to partition ${n % 12}`,
  (n: number) => `evicted ${n % 300} sessions, ${n % 9000} remain`,
  (n: number) => `retrying job ${n.toString(36)} (attempt ${n % 4})`,
  (n: number) => `consumed offset ${n} of topic orders-${n % 7}`,
];
const COMMANDS = ['ls -la', 'git status', 'make test', 'tail -f log', 'top'];
const WORDS = ['main', 'index', 'store', 'config', 'worker', 'README', 'cart'];

function logLine(random: SeededRandom, milliseconds: number): string {
  const time = new Date(Date.UTC(2026, 0, 5) + milliseconds).toISOString();
  const id = random.between(0, 0xffffffff).toString(16).padStart(8, '0');
  const message = random.pick(MESSAGES)(random.between(0, 1_000_000));
  const component = random.pick(COMPONENTS);
  return `${time} ${random.pick(
    LEVELS,
  )} [${component}] trace=${id} ${message}\n`;
}

function listingLine(random: SeededRandom): string {
  const size = `${random.between(40, 900_000)}`.padStart(9);
  const name = `${random.pick(WORDS)}-${random.between(1, 400)}`;
  const minute = `${random.between(10, 59)}`;
  return random.chance(0.2)
    ? `drwxr-xr-x  2 app app ${size} Nov 22 08:${minute} ${ESC}01;34m${name}${ESC}0m\r\n`
    : `-rw-r--r--  1 app app ${size} Nov 22 08:${minute} ${name}.ts\r\n`;
}

function processLine(random: SeededRandom): string {
  const column = (low: number, high: number, width: number) =>
    `${random.between(low, high)}`.padStart(width);
  return `${column(1, 32_000, 7)} app  20 0 ${column(1e5, 9e6, 8)} ${column(
    1e3,
    9e5,
    7,
  )} S ${column(0, 99, 3)}.${random.between(0, 9)} 0:${column(
    10,
    59,
    2,
  )}.${column(10, 99, 2)} ${random.pick(WORDS)}${ESC}K\r\n`;
}

/** What a page of a terminal's life looks like: a command, and what came of it. */
function scene(random: SeededRandom, milliseconds: number): string {
  const prompt = `${ESC}1;32mapp@web${ESC}0m:${ESC}1;34m~${ESC}0m$ ${random.pick(
    COMMANDS,
  )}\r\n`;
  const lines = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('');
  if (random.chance(0.15)) {
    return `${ESC}H${ESC}7m    PID USER PR NI     VIRT     RES S %CPU TIME+ COMMAND${ESC}0m\r\n${lines(
      40,
      () => processLine(random),
    )}`;
  }
  return random.chance(0.3)
    ? `${prompt}${lines(50, () => listingLine(random))}`
    : `${prompt}${lines(80, index =>
        logLine(random, milliseconds + index * random.between(1, 40)),
      )}`;
}

/**
 * Something like the output of a working day: logs, listings, screens that are
 * drawn again. The same for the same seed.
 */
export function terminalText(bytes: number, seed: number): Buffer {
  const random = SeededRandom.create(seed);
  const scenes: Buffer[] = [];
  let length = 0;
  for (let i = 0; length < bytes; i++) {
    const next = Buffer.from(scene(random, i * 5000));
    scenes.push(next);
    length += next.length;
  }
  return Buffer.concat(scenes).subarray(0, bytes);
}
