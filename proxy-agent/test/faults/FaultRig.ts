import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { proxyConfigSchema } from '../../src/config';
import { freePort } from '../freePort';
import { AGENT_ID, AGENT_TOKEN, TestPortal } from '../TestPortal';
import type { AgentBinary } from './AgentBinary';
import { AgentProcess } from './AgentProcess';
import { IngestStore } from './IngestStore';
import { NumberedApiServer } from './NumberedApiServer';
import { PortalGate } from './PortalGate';
import { SeededRandom } from './SeededRandom';

type ConfigInput = z.input<typeof proxyConfigSchema>;

/** May do everything but in namespaces that are denied. */
const ROLE = {
  name: 'everything',
  subjects: ['group:default/team'],
  clusters: ['*'],
  kubernetesGroups: ['developers'],
  rules: [
    { effect: 'allow' as const, resources: ['*', '*/*'], verbs: ['*'] },
    {
      effect: 'deny' as const,
      resources: ['*', '*/*'],
      namespaces: ['denied-*'],
      verbs: ['*'],
    },
  ],
};

/** A proxy's whole world outside its process: portal, API server, disk and configuration, that outlive it. */
export class FaultRig {
  readonly port: number;
  readonly token: string;
  readonly store = IngestStore.create();
  readonly portal: TestPortal;
  readonly gate: PortalGate;
  readonly api: NumberedApiServer;
  readonly stateDirectory: string;
  readonly #adminPort: number;
  readonly #binary: AgentBinary;
  readonly #directory: string;
  #process: AgentProcess | undefined;

  static async create(
    binary: AgentBinary,
    options: {
      random?: SeededRandom;
      config?: Partial<ConfigInput>;
      /** Where the state is kept, if not in a directory that goes with the rig. */
      stateDirectory?: string;
    } = {},
  ): Promise<FaultRig> {
    const portal = await TestPortal.start([ROLE]);
    const gate = await PortalGate.start(portal.url);
    const api = await NumberedApiServer.start(
      options.random ?? SeededRandom.create(1),
    );
    const directory = mkdtempSync(join(tmpdir(), 'faults-'));
    const rig = new FaultRig({
      binary,
      portal,
      gate,
      api,
      directory,
      token: await portal.issue(),
      port: await freePort(),
      adminPort: await freePort(),
      stateDirectory: options.stateDirectory ?? join(directory, 'state'),
    });
    rig.configure(options.config ?? {});
    return rig;
  }

  private constructor(options: {
    binary: AgentBinary;
    portal: TestPortal;
    gate: PortalGate;
    api: NumberedApiServer;
    directory: string;
    token: string;
    port: number;
    adminPort: number;
    stateDirectory: string;
  }) {
    this.#binary = options.binary;
    this.portal = options.portal;
    this.gate = options.gate;
    this.api = options.api;
    this.#directory = options.directory;
    this.token = options.token;
    this.port = options.port;
    this.#adminPort = options.adminPort;
    this.stateDirectory = options.stateDirectory;
    mkdirSync(this.stateDirectory, { recursive: true });
    this.portal.onIngest = call => this.store.ingest(call);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/clusters/demo`;
  }

  /** The run that is, or was last. */
  get process(): AgentProcess {
    if (!this.#process) {
      throw new Error('nothing was started');
    }
    return this.#process;
  }

  /** The next start takes these. */
  configure(config: Partial<ConfigInput>): void {
    const complete: ConfigInput = {
      agentId: AGENT_ID,
      stateDirectory: this.stateDirectory,
      portal: { url: this.gate.url, token: AGENT_TOKEN },
      server: { host: '127.0.0.1', port: this.port },
      admin: { port: this.#adminPort },
      clusters: [{ name: 'demo', endpoint: this.api.url }],
      log: { level: 'warn' },
      // One user is all the load there is.
      limits: { perSecond: 1_000_000, burst: 1_000_000 },
      ...config,
    };
    writeFileSync(this.#configFile, stringify(complete));
  }

  /** Runs the binary; the one before has ended. */
  spawn(environment: Record<string, string> = {}): AgentProcess {
    this.#process = AgentProcess.start(this.#binary, {
      configFile: this.#configFile,
      adminPort: this.#adminPort,
      logFile: join(this.#directory, 'log'),
      environment,
    });
    return this.#process;
  }

  async start(environment?: Record<string, string>): Promise<AgentProcess> {
    const process = this.spawn(environment);
    await process.ready();
    return process;
  }

  /** Waits until the portal has all that the proxy kept. */
  async delivered(): Promise<void> {
    const { process } = this;
    const metric = (name: string) => process.metric(`kubernetes_audit_${name}`);
    // The files first: a session's is removed when its end is in the spool, so
    // that from then on the spool can only get shorter.
    await process.until(
      async () =>
        this.#hasNothingLeft() &&
        (await metric('sessions')) === 0 &&
        (await metric('spool_records')) === 0,
      'everything to be delivered',
    );
  }

  /** Neither recordings nor open sessions are on the disk. */
  #hasNothingLeft(): boolean {
    return readdirSync(this.stateDirectory)
      .filter(name => name.startsWith('worker-'))
      .flatMap(name => [`${name}/recordings`, `${name}/sessions`])
      .every(name => readdirSync(join(this.stateDirectory, name)).length === 0);
  }

  /** A call of a user. */
  async call(path: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(`${this.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${this.token}`, ...init.headers },
    });
  }

  async stop(): Promise<void> {
    await this.#process?.kill();
    await this.gate.stop();
    await this.portal.stop();
    await this.api.stop();
    rmSync(this.#directory, { recursive: true });
  }

  get #configFile(): string {
    return join(this.#directory, 'proxy.yaml');
  }
}
