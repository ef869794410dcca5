import { quantile } from '../report';
import { Address, LoadConnection } from './LoadConnection';

/** What a load found. */
export type LoadResult = {
  requests: number;
  /** With those of the warm-up. */
  allRequests: number;
  /** From the first request to the last answer, in seconds. */
  seconds: number;
  /** In milliseconds. */
  p50: number;
  /** In milliseconds. */
  p99: number;
};

/**
 * Sends the same request over some connections, on each the next when the last
 * is answered.
 *
 * @throws Error for an answer with another status
 */
export async function runLoad(
  address: Address,
  options: {
    request: Buffer;
    status: number;
    connections: number;
    seconds: number;
    /** Called when the connections are warm: requests count from here. */
    onWarm: () => void;
    warmUpSeconds: number;
  },
): Promise<LoadResult> {
  const { request, status, seconds } = options;
  const connections = await Promise.all(
    Array.from({ length: options.connections }, () =>
      LoadConnection.open(address),
    ),
  );
  const latencies: number[] = [];
  let allRequests = 0;

  const loop = async (duration: number, record: boolean) => {
    const end = performance.now() + duration * 1000;
    await Promise.all(
      connections.map(
        connection =>
          new Promise<void>((resolve, reject) => {
            connection.onFailure(reject);
            let start = performance.now();
            const onAnswer = (received: number) => {
              if (received !== status) {
                reject(new Error(`answered ${received} instead of ${status}`));
                return;
              }
              allRequests++;
              const now = performance.now();
              if (record) {
                latencies.push(now - start);
              }
              if (now >= end) {
                resolve();
                return;
              }
              start = now;
              connection.exchangeThen(request, onAnswer);
            };
            connection.exchangeThen(request, onAnswer);
          }),
      ),
    );
  };

  try {
    await loop(options.warmUpSeconds, false);
    options.onWarm();
    const start = performance.now();
    await loop(seconds, true);
    const took = (performance.now() - start) / 1000;
    const sorted = Float64Array.from(latencies).sort();
    return {
      requests: sorted.length,
      allRequests,
      seconds: took,
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99),
    };
  } finally {
    connections.forEach(connection => connection.close());
  }
}

/** Connections that warm a contender up. */
const WARM_UP_CONNECTIONS = 32;

/** Sends so many requests, so that all that is compiled at run time is compiled. */
export async function warmUp(
  address: Address,
  request: Buffer,
  count: number,
): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: Math.min(count, WARM_UP_CONNECTIONS) }, async () => {
      const connection = await LoadConnection.open(address);
      while (left-- > 0) {
        await connection.exchange(request);
      }
      connection.close();
    }),
  );
}
