import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentBinary } from './AgentBinary';
import { FaultClient } from './FaultClient';
import { FaultRig } from './FaultRig';
import type { PortalFault } from './PortalGate';
import { reconcile, Reconciliation } from './reconcile';
import type { SeededRandom } from './SeededRandom';
import { SmallDisk } from './SmallDisk';

/** Of a small disk; some rounds fill it by themselves while the portal is away. */
const DISK_BYTES = 48 * 1024 * 1024;
/** The longest that a proxy lives after it is ready, in milliseconds … */
const MAX_LIFE_MS = 2000;
/** … and in calls that it answers; most live for much less. */
const MAX_LIFE_CALLS = 150;
/** The longest time between two looks whether that many are answered, in milliseconds. */
const LIFE_STEP_MS = 5;
/** The longest that a proxy lives that is killed while it starts, in milliseconds. */
const MAX_START_MS = 600;
/** The longest that a disk stays full, in milliseconds. */
const MAX_FULL_MS = 800;
/** How long a proxy that was asked to end may take, in milliseconds. */
const END_PATIENCE_MS = 25_000;

/** On what a round's proxies run. */
export type RoundKind = 'one process' | 'small disk' | 'two workers';

const PORTAL_FAULTS: PortalFault[] = [
  'refused',
  'hanging',
  'error',
  'answer lost',
  'slow',
];

/** What happens before a proxy is killed. */
type Fault = { name: string; run: () => Promise<void> };

/** Some dozens of lives and deaths of a proxy with one spool, and what the portal has at the end. */
export class FaultRound {
  readonly #rig: FaultRig;
  readonly #client: FaultClient;
  readonly #random: SeededRandom;
  readonly #disk: SmallDisk | undefined;
  readonly #faults: Fault[];
  /** How long each start took until the proxy was ready, in milliseconds. */
  readonly startTimes: number[] = [];
  readonly kills = new Map<string, number>();

  /** @returns undefined where the round cannot take place: mounting is not permitted */
  static async create(
    kind: RoundKind,
    options: { binary: AgentBinary; random: SeededRandom },
  ): Promise<FaultRound | undefined> {
    const disk =
      kind === 'small disk' ? SmallDisk.mount(DISK_BYTES) : undefined;
    if (kind === 'small disk' && !disk) {
      return undefined;
    }
    const rig = await FaultRig.create(options.binary, {
      random: options.random,
      stateDirectory: disk?.path,
      config: kind === 'two workers' ? { workers: 2 } : {},
    });
    return new FaultRound(kind, { rig, disk, random: options.random });
  }

  private constructor(
    kind: RoundKind,
    options: {
      rig: FaultRig;
      disk: SmallDisk | undefined;
      random: SeededRandom;
    },
  ) {
    this.#rig = options.rig;
    this.#disk = options.disk;
    this.#random = options.random;
    this.#client = FaultClient.create(options.rig, options.random);
    this.#faults = this.#faultsOf(kind);
  }

  /** Kills the proxy so many times under load, then lets it deliver and counts. */
  async run(kills: number): Promise<Reconciliation> {
    // The first policy comes from a portal that is there.
    await this.#rig.start();
    await this.#rig.process.kill();
    this.#client.start();
    for (let i = 0; i < kills; i++) {
      const fault = this.#random.pick(this.#faults);
      this.#client.fault = fault.name;
      await fault.run();
      this.kills.set(fault.name, (this.kills.get(fault.name) ?? 0) + 1);
      if (this.#random.chance(0.5)) {
        await this.#heal();
      }
    }
    return await this.#settle();
  }

  async stop(): Promise<void> {
    await this.#rig.stop();
    this.#disk?.unmount();
  }

  #faultsOf(kind: RoundKind): Fault[] {
    const portal = PORTAL_FAULTS.map(
      (fault): Fault => ({
        name: `portal ${fault}`,
        run: async () => {
          const life = this.#live();
          await sleep(this.#random.between(0, MAX_START_MS));
          await this.#rig.gate.set(fault);
          await life;
        },
      }),
    );
    const killed: Fault = { name: 'killed', run: () => this.#live() };
    const starting: Fault = {
      name: 'killed at start',
      run: async () => {
        const process = this.#rig.spawn();
        await sleep(this.#random.between(0, MAX_START_MS));
        await process.kill();
      },
    };
    const ending: Fault = { name: 'killed at its end', run: () => this.#end() };
    const common = [killed, starting, ending, ...portal];
    switch (kind) {
      case 'small disk':
        return [
          ...common,
          ...Array.from(
            { length: 8 },
            (): Fault => ({
              name: 'disk full',
              run: () => this.#fillDisk(),
            }),
          ),
        ];
      case 'two workers':
        return [
          ...common,
          ...Array.from(
            { length: 4 },
            (): Fault => ({
              name: 'worker killed',
              run: () => this.#killWorker(),
            }),
          ),
        ];
      default:
        return common;
    }
  }

  async #start(): Promise<void> {
    const startedAt = performance.now();
    await this.#rig.start();
    this.startTimes.push(performance.now() - startedAt);
  }

  /** Most lives are short: what is worth breaking is close to the start. */
  async #lifeTime(): Promise<void> {
    const share = this.#random.next() ** 2;
    const calls = this.#client.answered + share * MAX_LIFE_CALLS;
    const deadline = performance.now() + MAX_LIFE_MS;
    do {
      await sleep(this.#random.next() * LIFE_STEP_MS);
    } while (this.#client.answered < calls && performance.now() < deadline);
  }

  async #live(): Promise<void> {
    await this.#start();
    await this.#lifeTime();
    await this.#rig.process.kill();
  }

  /** Asked to end, and killed while it does, or let go. */
  async #end(): Promise<void> {
    await this.#start();
    await this.#lifeTime();
    const { process } = this.#rig;
    process.signal('SIGTERM');
    if (this.#random.chance(0.75)) {
      await sleep(this.#random.between(0, MAX_START_MS));
    } else {
      const patience = new AbortController();
      await Promise.race([
        process.exited,
        sleep(END_PATIENCE_MS, undefined, { signal: patience.signal }).then(
          () => {
            throw new Error(`it does not end; its log:\n${process.log}`);
          },
        ),
      ]);
      patience.abort();
    }
    await process.kill();
  }

  async #fillDisk(): Promise<void> {
    await this.#start();
    await this.#lifeTime();
    this.#disk?.fill();
    await sleep(this.#random.between(0, MAX_FULL_MS));
    if (this.#random.chance(0.3)) {
      // The next one starts on a full disk.
      await this.#rig.process.kill();
      this.#rig.spawn();
      await sleep(this.#random.between(0, 2 * MAX_START_MS));
    }
    if (this.#random.chance(0.7)) {
      this.#disk?.free();
      await this.#lifeTime();
    }
    await this.#rig.process.kill();
    this.#disk?.free();
  }

  async #killWorker(): Promise<void> {
    await this.#start();
    const { workers } = this.#rig.process;
    await this.#lifeTime();
    process.kill(this.#random.pick(workers), 'SIGKILL');
    await this.#lifeTime();
    if (this.#random.chance(0.3)) {
      await this.#rig.process.ready();
    }
    await this.#rig.process.kill();
  }

  async #heal(): Promise<void> {
    await this.#rig.gate.set(undefined);
  }

  async #settle(): Promise<Reconciliation> {
    const rig = this.#rig;
    await this.#client.stop();
    await this.#heal();
    await rig.start();
    await rig.delivered();
    await rig.process.kill();
    return reconcile({
      calls: this.#client.calls,
      sessions: this.#client.sessions,
      reached: rig.api.reached,
      store: rig.store,
      truncationIsFine: this.#disk !== undefined,
    });
  }
}
