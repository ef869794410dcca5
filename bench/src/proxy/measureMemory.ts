import { LoadConnection, warmUp } from '../load';
import { peakResidentBytes, residentBytes, resetPeak } from '../machine';
import type { RunningContender, Transport } from './Contender';
import { HUGE_BYTES, PATHS, requestHead, Scenario } from './scenarios';

const IDLE_WATCHES = 1000;
/** Watches that are opened at the same time. */
const OPENED_AT_ONCE = 50;
/** How long memory has to come to rest, in milliseconds. */
const REST_MS = 1500;
const PIECE_BYTES = 64 * 1024;
/** So that what the process compiles and caches once does not count. */
const WARM_UP_REQUESTS = 5000;

/** What one contender needs, in bytes. */
export type MemoryMeasurement = {
  contender: string;
  transport: Transport;
  perIdleWatch: number;
  /** Growth of the peak while a huge body passes to the API server … */
  hugeUpload: number;
  /** … and from it. */
  hugeDownload: number;
};

type MemoryKind = 'perIdleWatch' | 'hugeUpload' | 'hugeDownload';

const rest = () =>
  new Promise(resolve => {
    setTimeout(resolve, REST_MS);
  });

/** The growth of the most memory held while something is done, in bytes. */
async function peakGrowth(
  { pids }: RunningContender,
  action: () => Promise<void>,
): Promise<number> {
  await rest();
  resetPeak(pids);
  const before = residentBytes(pids);
  await action();
  return Math.max(0, peakResidentBytes(pids) - before);
}

/** Sends a huge body to the API server. */
async function upload(running: RunningContender): Promise<void> {
  const connection = await LoadConnection.open(running.address);
  const status = await connection.upload(
    requestHead(running, 'PUT', PATHS.hugeUpload, [
      'Content-Type: application/json',
      `Content-Length: ${HUGE_BYTES}`,
    ]),
    Buffer.alloc(PIECE_BYTES, 'x'),
    HUGE_BYTES / PIECE_BYTES,
  );
  connection.close();
  if (status !== 200) {
    throw new Error(`a huge body was answered with ${status}`);
  }
}

/** Gets a huge body from the API server. */
async function download(running: RunningContender): Promise<void> {
  const connection = await LoadConnection.open(running.address);
  await connection.exchange(requestHead(running, 'GET', PATHS.hugeDownload));
  connection.close();
  if (connection.bodyBytes !== HUGE_BYTES) {
    throw new Error(`of a huge body came ${connection.bodyBytes} bytes`);
  }
}

/** The memory of one idle watch among many, in bytes. */
async function perIdleWatch(running: RunningContender): Promise<number> {
  await rest();
  const before = residentBytes(running.pids);
  const watch = requestHead(running, 'GET', PATHS.idleWatch);
  const connections: LoadConnection[] = [];
  while (connections.length < IDLE_WATCHES) {
    await Promise.all(
      Array.from({ length: OPENED_AT_ONCE }, async () => {
        const connection = await LoadConnection.open(running.address);
        await connection.begin(watch);
        connections.push(connection);
      }),
    );
  }
  await rest();
  const grown = residentBytes(running.pids) - before;
  connections.forEach(connection => connection.close());
  return grown / connections.length;
}

/**
 * Measures the memory of a contender.
 *
 * @param start - starts it: what it has taken before would hide what it takes
 * @param scenario - the calls that warm it up
 */
export async function measureMemory(
  start: () => Promise<RunningContender>,
  scenario: Scenario,
): Promise<Pick<MemoryMeasurement, MemoryKind>> {
  const fresh = async <T>(
    measure: (running: RunningContender) => Promise<T>,
  ): Promise<T> => {
    const running = await start();
    await warmUp(running.address, scenario.request(running), WARM_UP_REQUESTS);
    const measured = await measure(running);
    await running.stop();
    return measured;
  };
  return {
    perIdleWatch: await fresh(perIdleWatch),
    hugeUpload: await fresh(running =>
      peakGrowth(running, () => upload(running)),
    ),
    hugeDownload: await fresh(running =>
      peakGrowth(running, () => download(running)),
    ),
  };
}
