import { mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { AddressLoop, AddressLoopOptions } from './AddressLoop';
import { AgentIdentity } from './AgentIdentity';
import { KnownInstanceError } from './offerTunnel';
import { ProxyDialler } from './ProxyDialler';
import { LinkedTunnel, TunnelLinks } from './TunnelLinks';

const X = '019aa000-0000-7000-b000-00000000000a';
const Y = '019aa000-0000-7000-b000-00000000000b';
const MINUTE_MS = 60_000;
const PROXY = { url: 'https://proxy.example.com:6443' };
/** Milliseconds between dials that settle, where chance makes them as short as it can. */
const SETTLING = [250, 500, 1000, 2000, 4000, 8000, 16_000];

const gapsOf = (times: number[]) =>
  times.slice(1).map((time, index) => Math.round(time - times[index]));

describe('an address of a proxy', () => {
  let directory: string;
  let links: TunnelLinks;
  let identity: AgentIdentity;
  let stop: AbortController;
  let tunnel: LinkedTunnel;
  /** When each address was dialled. */
  let dials: Record<string, number[]>;
  let isDown: boolean;

  /** As another address has begun it. */
  const connect = (...instances: string[]) =>
    links.add(X, {
      tunnel,
      proxyUrl: PROXY.url,
      instances,
      owner: {},
      generation: links.generation,
    });
  const options = (): Omit<AddressLoopOptions, 'address'> => ({
    identity,
    links,
    hello: () => ({ name: 'edge-1', version: '1', clusters: [] }),
    serverOf: () => undefined,
    signal: stop.signal,
    onFailure: () => {},
    logger: pino({ level: 'silent' }),
    random: () => 0,
    reach: async ({ address = '' }, { reserve }) => {
      (dials[address] ??= []).push(performance.now());
      if (isDown) {
        throw new Error('the proxy is down');
      }
      expect(reserve(X)).toBe(false);
      throw new KnownInstanceError(X);
    },
  });
  const dialled = () => dials['192.0.2.2'] ?? [];
  /** Runs the loop of the other address, for so long. */
  const run = async (
    timeMs: number,
    others: Partial<AddressLoopOptions> = {},
  ) => {
    AddressLoop.run({
      ...options(),
      ...others,
      address: { proxy: PROXY, address: '192.0.2.2', httpProxy: undefined },
    }).catch(() => {});
    await jest.advanceTimersByTimeAsync(timeMs);
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'address-loop-'));
    identity = await AgentIdentity.open(directory);
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'],
    });
    links = TunnelLinks.create();
    stop = new AbortController();
    tunnel = {
      drain: () => {},
      cut: () => {},
      streams: 0,
      roundTripMs: undefined,
    };
    dials = {};
    isDown = false;
  });
  afterEach(() => {
    stop.abort();
    jest.useRealTimers();
    rmSync(directory, { recursive: true });
  });

  describe('that leads to an instance which another address has connected', () => {
    it('is dialled ever more rarely, every few minutes in the end', async () => {
      connect(X);
      await run(30 * MINUTE_MS);
      const gaps = gapsOf(dialled());
      expect(gaps.slice(0, SETTLING.length)).toEqual(SETTLING);
      expect(gaps.slice(-5)).toEqual(Array(5).fill(150_000));
      expect(gaps).toHaveLength(20);
    });

    it('is dialled at once when the proxy is lost, and settles anew when it is back', async () => {
      connect(X);
      await run(10 * MINUTE_MS);
      isDown = true;
      let before = dialled().length;
      links.ended(X, tunnel);
      await jest.advanceTimersByTimeAsync(0);
      expect(dialled()).toHaveLength(before + 1);
      await jest.advanceTimersByTimeAsync(MINUTE_MS);
      expect(Math.max(...gapsOf(dialled()).slice(before))).toBe(5000);

      isDown = false;
      connect(X);
      before = dialled().length;
      await jest.advanceTimersByTimeAsync(5 * MINUTE_MS);
      expect(gapsOf(dialled().slice(before)).slice(0, 7)).toEqual(SETTLING);
    });

    it('is searched for an instance that is known to be there, and left alone when it is not found', async () => {
      connect(X, Y);
      await run(30 * MINUTE_MS);
      const gaps = gapsOf(dialled());
      // Twenty tries for each of the two.
      expect(gaps.slice(0, 5)).toEqual([250, 500, 1000, 2000, 2500]);
      expect(Math.max(...gaps.slice(0, 40))).toBe(2500);
      expect(gaps.slice(40, 47)).toEqual(SETTLING);
      expect(gaps.at(-1)).toBe(150_000);
      const before = dialled().length;
      // The proxy tells that another one has come.
      links.named(X, [X, Y, '019aa000-0000-7000-b000-00000000000c']);
      await jest.advanceTimersByTimeAsync(MINUTE_MS);
      expect(dialled().length - before).toBeGreaterThan(20);
    });

    it('is dialled at once when the name has other addresses, and not when it has the same', async () => {
      connect(X);
      let addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.2'];
      ProxyDialler.run({
        ...options(),
        proxy: PROXY,
        httpProxy: undefined,
        resolve: async () => addresses,
      }).catch(() => {});
      await jest.advanceTimersByTimeAsync(10 * MINUTE_MS);
      expect(gapsOf(dialled()).slice(0, 7)).toEqual(SETTLING);
      const before = dialled().length;
      addresses = ['192.0.2.2', '192.0.2.3'];
      // The name is looked up again within half a minute.
      await jest.advanceTimersByTimeAsync(MINUTE_MS);
      expect(dialled().length - before).toBeGreaterThan(5);
      expect(dials['192.0.2.3'].length).toBeGreaterThan(5);
      expect(dials['192.0.2.1']).toHaveLength(before);
    });
  });

  describe('that has an instance of its own', () => {
    /** Ends the tunnel that there is. */
    let lose: () => void;

    const runOwn = (timeMs: number) =>
      run(timeMs, {
        reach: async (_address, { reserve }) => {
          (dials['192.0.2.2'] ??= []).push(performance.now());
          if (!reserve(X)) {
            throw new KnownInstanceError(X);
          }
          return { instance: X, instances: [X], socket: new Socket() };
        },
        serve: ({ onClosed }) => {
          lose = () => onClosed(undefined);
          return tunnel;
        },
      });

    it('is not dialled while it lacks none', async () => {
      await runOwn(60 * MINUTE_MS);
      expect(dialled()).toHaveLength(1);
      links.unsettle();
      await jest.advanceTimersByTimeAsync(MINUTE_MS);
      expect(dialled()).toHaveLength(1);
    });

    it('is dialled at once when the tunnel is lost, and later each time when it had hardly begun', async () => {
      await runOwn(MINUTE_MS);
      lose();
      await jest.advanceTimersByTimeAsync(0);
      expect(dialled()).toHaveLength(2);
      for (const pauseMs of [250, 500, 1000, 2000, 4000, 5000, 5000]) {
        const before = dialled().length;
        lose();
        await jest.advanceTimersByTimeAsync(pauseMs - 1);
        expect(dialled()).toHaveLength(before);
        await jest.advanceTimersByTimeAsync(1);
        expect(dialled()).toHaveLength(before + 1);
      }
      await jest.advanceTimersByTimeAsync(MINUTE_MS);
      const before = dialled().length;
      lose();
      await jest.advanceTimersByTimeAsync(0);
      expect(dialled()).toHaveLength(before + 1);
    });
  });
});
