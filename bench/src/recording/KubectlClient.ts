import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';

/** How kubectl reaches a cluster. */
export type KubectlServer = {
  url: string;
  caFile: string;
  token: string;
  /** Asked for by the client itself, where no proxy does. */
  as?: { user: string; group: string };
};

/** One kubectl. */
export class KubectlClient {
  readonly #program: string;
  readonly #home: string;

  /** @param home - where it may keep what it has found out of servers */
  static create(program: string, home: string): KubectlClient {
    return new KubectlClient(program, home);
  }

  private constructor(program: string, home: string) {
    this.#program = program;
    this.#home = home;
  }

  /**
   * Runs a command in the pod `web`.
   *
   * @param options - `stdin`: a file that it gets; `onOutput`: told how many bytes have come
   * @returns its output, unless that is only counted, and how long it all took, in milliseconds
   */
  async exec(
    server: KubectlServer,
    command: string,
    options: { stdin?: string; onOutput?: (bytes: number) => void } = {},
  ): Promise<{ output: string; bytes: number; milliseconds: number }> {
    const { url, caFile, token, as } = server;
    const stdin = options.stdin ? openSync(options.stdin, 'r') : undefined;
    const startedAt = performance.now();
    const child = spawn(
      this.#program,
      [
        `--server=${url}`,
        `--certificate-authority=${caFile}`,
        `--token=${token}`,
        ...(as ? [`--as=${as.user}`, `--as-group=${as.group}`] : []),
        '--namespace=dev',
        'exec',
        ...(stdin === undefined ? [] : ['-i']),
        'web',
        '--container=main',
        '--',
        'sh',
        '-c',
        command,
      ],
      {
        stdio: [stdin ?? 'ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env.PATH,
          HOME: this.#home,
          KUBECONFIG: '/dev/null',
        },
      },
    );
    if (stdin !== undefined) {
      closeSync(stdin);
    }
    const output: Buffer[] = [];
    let bytes = 0;
    let errors = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (options.onOutput) {
        options.onOutput(bytes);
      } else {
        output.push(chunk);
      }
    });
    child.stderr?.on('data', chunk => {
      errors += chunk;
    });
    const [code] = await once(child, 'close');
    if (code !== 0) {
      throw new Error(`kubectl exec ended with ${code}: ${errors}`);
    }
    return {
      output: Buffer.concat(output).toString('utf8'),
      bytes,
      milliseconds: performance.now() - startedAt,
    };
  }
}
