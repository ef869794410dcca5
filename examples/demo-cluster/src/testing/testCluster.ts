import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemoCluster, startDemoCluster } from '../demoCluster';
import { JsonObject } from '../json';

export const TOKEN = 'test-token';

/** The headers of the demo's guest, with other groups when given. */
export function asUser(
  userName: string,
  groups: string[],
): Record<string, string | string[]> {
  return { 'impersonate-user': userName, 'impersonate-group': groups };
}

export interface Answer {
  readonly code: number;
  readonly body: JsonObject;
}

/** A cluster on a free port, with a certificate of its own. */
export class TestCluster {
  private constructor(
    readonly cluster: DemoCluster,
    /** A folder that lives as long as the cluster; holds `cert.pem`. */
    readonly folder: string,
    readonly ca: Buffer,
  ) {}

  static async start(): Promise<TestCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'demo-cluster-test-'));
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key') };
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-nodes', '-days', '2', '-subj', '/CN=demo'],
        ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
        ...['-addext', 'subjectAltName=IP:127.0.0.1'],
        ...['-keyout', files.key, '-out', files.cert],
      ],
      { stdio: 'pipe' },
    );
    const cert = readFileSync(files.cert);
    const cluster = await startDemoCluster({
      port: 0,
      tls: { cert, key: readFileSync(files.key) },
      token: TOKEN,
    });
    return new TestCluster(cluster, folder, cert);
  }

  async close(): Promise<void> {
    await this.cluster.close();
    rmSync(this.folder, { recursive: true });
  }

  /** Sends a request as the proxy does and answers the head of the response. */
  async open(
    method: string,
    path: string,
    headers: Record<string, string | string[]>,
    body?: JsonObject,
  ): Promise<IncomingMessage> {
    const call = request(`${this.cluster.url}${path}`, {
      method,
      ca: this.ca,
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    });
    call.end(body && JSON.stringify(body));
    const [response] = await once(call, 'response');
    return response;
  }

  async call(...args: Parameters<TestCluster['open']>): Promise<Answer> {
    const response = await this.open(...args);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return { code: response.statusCode ?? 0, body };
  }
}
