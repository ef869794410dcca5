import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startDemoCluster } from './demoCluster';

const USAGE =
  'usage: demo-cluster --port PORT --cert FILE --key FILE --token-file FILE\n' +
  '(or DEMO_CLUSTER_PORT, DEMO_CLUSTER_CERT, DEMO_CLUSTER_KEY, DEMO_CLUSTER_TOKEN_FILE)';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env.DEMO_CLUSTER_PORT },
      cert: { type: 'string', default: process.env.DEMO_CLUSTER_CERT },
      key: { type: 'string', default: process.env.DEMO_CLUSTER_KEY },
      'token-file': {
        type: 'string',
        default: process.env.DEMO_CLUSTER_TOKEN_FILE,
      },
    },
  });
  const { port, cert, key, 'token-file': tokenFile } = values;
  if (!port || !cert || !key || !tokenFile) throw new Error(USAGE);
  const token = readFileSync(tokenFile, 'utf8').trim();
  if (!token) throw new Error(`${tokenFile} is empty`);

  const cluster = await startDemoCluster({
    port: Number(port),
    tls: { cert: readFileSync(cert), key: readFileSync(key) },
    token,
  });
  process.stdout.write(
    `demo cluster (not Kubernetes; exec runs on this machine) listens on ${cluster.url}\n`,
  );
  const stop = () => cluster.close().finally(() => process.exit());
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
