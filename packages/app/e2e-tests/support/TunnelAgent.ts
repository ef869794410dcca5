import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { REPOSITORY } from './repository';

/** `kubernetes-audit-agent tunnel`, in a folder of its own. */
export class TunnelAgent {
  static async create(directory: string): Promise<TunnelAgent> {
    return new TunnelAgent(directory, await freePort());
  }

  readonly #directory: string;
  readonly #adminPort: number;
  #process: ChildProcess | undefined;

  private constructor(directory: string, adminPort: number) {
    this.#directory = directory;
    this.#adminPort = adminPort;
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#directory, name), text);
  }

  /** What the configuration file has to have on a machine with other agents. */
  get adminConfig(): string {
    return `admin: { port: ${this.#adminPort} }\n`;
  }

  /** Runs a shell command in the folder; what it prints. */
  shell(command: string, input = ''): string {
    const { status, stdout, stderr } = spawnSync(
      'sh',
      // Node's own pipe is a socket, which /dev/stdin does not open.
      ['-c', `cat | ${command}`],
      { cwd: this.#directory, env: this.#env(), input, encoding: 'utf8' },
    );
    if (status !== 0) {
      throw new Error(`${command} ended with ${status}: ${stderr}`);
    }
    return stdout;
  }

  /** Runs the command that ends with {@link TunnelAgent.stop}. */
  start(command: string): void {
    this.#process = spawn('sh', ['-c', `exec ${command}`], {
      cwd: this.#directory,
      env: this.#env(),
      stdio: 'ignore',
    });
  }

  /** How many proxies have it, as it says. */
  async tunnels(): Promise<number> {
    const metrics = await this.#ask('/metrics');
    const name = 'kubernetes_audit_tunnel_agent_tunnels';
    const [, value] = new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics) ?? [];
    return Number(value);
  }

  /** Why it is not ready. */
  async complaint(): Promise<string> {
    return this.#ask('/readyz');
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  async #ask(path: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.#adminPort}${path}`);
    return answer.text();
  }

  #env() {
    return {
      ...process.env,
      PATH: [join(REPOSITORY, 'proxy-agent/bin'), process.env.PATH].join(
        delimiter,
      ),
    };
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
