import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { TunnelHub } from '../proxy/TunnelHub';
import { WorkerReport, WorkerTunnels } from './WorkerTunnels';

describe('the socket of a worker for the others', () => {
  let root: string;
  let umask: number;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'worker-'));
    umask = process.umask(0);
  });
  afterEach(() => {
    process.umask(umask);
    rmSync(root, { recursive: true });
  });

  it.each([
    ['its directory', 'state'],
    ['another place, where the path of that is too long', 'a'.repeat(100)],
  ])('lets nobody else in, in %s', async (_where, name) => {
    const directory = join(root, name);
    mkdirSync(directory);
    const logger = pino({ level: 'silent' });
    const reports: WorkerReport[] = [];
    const tunnels = await WorkerTunnels.start({
      hub: TunnelHub.create({ instance: 'x', logger }),
      reports: { send: report => reports.push(report), onReport: () => {} },
      directory,
      logger,
    });
    try {
      const { socket } = reports[0];
      expect(socket.startsWith(directory)).toBe(name === 'state');
      expect(statSync(socket).mode % 0o1000).toBe(0o600);
    } finally {
      await tunnels.close();
    }
  });
});
