import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { z } from 'zod';
import { tunnelConfigSchema } from '../../src/config';
import { TunnelAgent } from '../../src/tunnel';
import { until } from '../TestProxy';

type ConfigInput = z.input<typeof tunnelConfigSchema>;

/** A tunnel agent with a state directory of its own. */
export class TestAgent {
  readonly #agent: TunnelAgent;
  readonly #stateDirectory: string;
  /** Takes over a configuration that differs from the first one in this. */
  readonly reload: (changes: Partial<ConfigInput>) => void;
  #stopped: Promise<void> | undefined;

  /** @param options.tunnels - it has so many when this resolves */
  static async start(
    config: Omit<ConfigInput, 'stateDirectory'> & { stateDirectory?: string },
    options: {
      tunnels?: number;
      resolve?: (host: string) => Promise<string[]>;
      /** Gets what it logs from warnings on; by default nobody does. */
      onLog?: (line: string) => void;
    } = {},
  ): Promise<TestAgent> {
    const stateDirectory =
      config.stateDirectory ?? mkdtempSync(join(tmpdir(), 'tunnel-'));
    const configure = (changes: Partial<ConfigInput>) =>
      tunnelConfigSchema.parse({ ...config, ...changes, stateDirectory });
    const agent = await TunnelAgent.start(configure({}), {
      logger: options.onLog
        ? pino({ level: 'warn' }, { write: options.onLog })
        : pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
      version: '0.0.0-test',
      resolve: options.resolve,
    });
    const test = new TestAgent(agent, stateDirectory, changes =>
      agent.reload(configure(changes)),
    );
    const { tunnels = 1 } = options;
    await until(() => agent.state.tunnels >= tunnels, 'the tunnels to begin');
    return test;
  }

  private constructor(
    agent: TunnelAgent,
    stateDirectory: string,
    reload: (changes: Partial<ConfigInput>) => void,
  ) {
    this.reload = reload;
    this.#agent = agent;
    this.#stateDirectory = stateDirectory;
  }

  get state(): TunnelAgent['state'] {
    return this.#agent.state;
  }

  get stateDirectory(): string {
    return this.#stateDirectory;
  }

  /** Drains and stops it; the second call changes nothing. */
  async stop(options: { keepState?: boolean } = {}): Promise<void> {
    this.#stopped ??= this.#stop(options);
    await this.#stopped;
  }

  async #stop({ keepState = false }): Promise<void> {
    await this.#agent.stop();
    if (!keepState) {
      rmSync(this.#stateDirectory, { recursive: true });
    }
  }
}
