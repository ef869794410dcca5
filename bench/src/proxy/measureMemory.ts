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

const rest = () =>
  new Promise(resolve => {
    setTimeout(resolve, REST_MS);
  });

/**
 * Measures the memory of a contender that was just started.
 *
 * @param scenario - the calls that warm it up
 */
export async function measureMemory(
  name: string,
  running: RunningContender,
  transport: Transport,
  scenario: Scenario,
): Promise<MemoryMeasurement> {
  const { address } = running;
  await warmUp(address, scenario.request(running), WARM_UP_REQUESTS);

  const peakGrowth = async (action: () => Promise<void>) => {
    await rest();
    resetPeak(running.pids);
    const before = residentBytes(running.pids);
    await action();
    return Math.max(0, peakResidentBytes(running.pids) - before);
  };
  const hugeUpload = await peakGrowth(async () => {
    const connection = await LoadConnection.open(address);
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
      throw new Error(`${name} answered a huge body with ${status}`);
    }
  });
  const hugeDownload = await peakGrowth(async () => {
    const connection = await LoadConnection.open(address);
    await connection.exchange(requestHead(running, 'GET', PATHS.hugeDownload));
    connection.close();
    if (connection.bodyBytes !== HUGE_BYTES) {
      throw new Error(`${name} passed ${connection.bodyBytes} bytes on`);
    }
  });

  await rest();
  const before = residentBytes(running.pids);
  const watch = requestHead(running, 'GET', PATHS.idleWatch);
  const connections: LoadConnection[] = [];
  while (connections.length < IDLE_WATCHES) {
    await Promise.all(
      Array.from({ length: OPENED_AT_ONCE }, async () => {
        const connection = await LoadConnection.open(address);
        await connection.begin(watch);
        connections.push(connection);
      }),
    );
  }
  await rest();
  const perIdleWatch =
    (residentBytes(running.pids) - before) / connections.length;
  connections.forEach(connection => connection.close());
  return {
    contender: name,
    transport,
    perIdleWatch,
    hugeUpload,
    hugeDownload,
  };
}
