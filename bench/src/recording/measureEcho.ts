import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../report';
import type { Upstream } from '../proxy/startUpstream';
import { startRawContenders, UpgradedContender } from './measureUpgraded';
import { RawSession } from './RawSession';
import { echoPath, SessionTransport } from './sessionCommands';

/** Keystrokes that do not count, since code is still being compiled. */
const WARM_UP = 300;
/** Between two keystrokes, in milliseconds. */
const PAUSE_MS = 3;
const KEY = Buffer.from('x');

/** How long a keystroke takes until its echo is there, in milliseconds. */
export type EchoMeasurement = {
  contender: UpgradedContender;
  transport: SessionTransport;
  p50: number;
  p95: number;
  p99: number;
};

/** Types into one session of each contender at once, key by key in turn. */
export async function measureEcho(plan: {
  program: string;
  directory: string;
  upstream: Upstream;
  keystrokes: number;
}): Promise<EchoMeasurement[]> {
  const { upstream } = plan;
  const measured: EchoMeasurement[] = [];
  const { contenders, stop } = await startRawContenders(plan);
  try {
    for (const transport of ['websocket', 'spdy'] as const) {
      const typed: {
        name: UpgradedContender;
        session: RawSession;
        latencies: number[];
      }[] = [];
      for (const { name, port, prefix } of contenders) {
        const session = await RawSession.open(
          {
            port,
            path: `${prefix}${echoPath()}`,
            credential: upstream.credential,
          },
          transport,
        );
        typed.push({ name, session, latencies: [] });
      }
      // What a SPDY server says of the streams has come by then.
      await sleep(100);
      for (let key = -WARM_UP; key < plan.keystrokes; key++) {
        for (const { session, latencies } of typed) {
          const pause = key < 0 ? 0 : PAUSE_MS;
          await sleep(pause);
          const startedAt = performance.now();
          await session.typeAndWait(KEY);
          if (key >= 0) {
            latencies.push(performance.now() - startedAt);
          }
        }
      }
      for (const { name, session, latencies } of typed) {
        session.close();
        latencies.sort((a, b) => a - b);
        measured.push({
          contender: name,
          transport,
          p50: quantile(latencies, 0.5),
          p95: quantile(latencies, 0.95),
          p99: quantile(latencies, 0.99),
        });
      }
    }
  } finally {
    await stop();
  }
  return measured;
}
