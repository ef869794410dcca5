import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { AgentBinary } from '../faults/AgentBinary';
import { AgentProcess } from '../faults/AgentProcess';
import { FaultClient } from '../faults/FaultClient';
import { FaultRig } from '../faults/FaultRig';
import { reconcile } from '../faults/reconcile';
import { SeededRandom } from '../faults/SeededRandom';
import { freePort } from '../freePort';

jest.setTimeout(180_000);

const KILLS = 4;
/** Calls that are answered between two of them. */
const CALLS = 60;

describe('a tunnel under load, of which a side is killed', () => {
  let binary: AgentBinary;
  let rig: FaultRig;
  let client: FaultClient;
  let directory: string;
  let adminPort: number;
  let agent: AgentProcess;

  const startAgent = () => {
    agent = AgentProcess.start(binary, {
      command: 'tunnel',
      configFile: join(directory, 'tunnel.yaml'),
      adminPort,
      logFile: join(directory, 'log'),
    });
  };
  /** Calls reach the API server again. */
  const recovered = async () => {
    const before = rig.api.reached.size;
    await rig.process.until(
      () => rig.api.reached.size > before + CALLS,
      'calls that reach the API server',
    );
  };
  const books = async () => {
    await client.stop();
    await rig.delivered();
    const { findings, gaps, total } = reconcile({
      calls: client.calls,
      sessions: client.sessions,
      reached: rig.api.reached,
      store: rig.store,
      truncationIsFine: false,
    });
    expect(total.requests).toBeGreaterThan(KILLS * CALLS);
    expect({ findings, gaps }).toEqual({ findings: [], gaps: 0 });
  };

  beforeAll(async () => {
    binary = await AgentBinary.create();
  });
  afterAll(() => binary.remove());
  beforeEach(async () => {
    const random = SeededRandom.create(1);
    directory = mkdtempSync(join(tmpdir(), 'killed-'));
    adminPort = await freePort();
    rig = await FaultRig.create(binary, {
      random,
      config: {
        clusters: [{ name: 'demo', tunnel: { tags: { site: 'fra1' } } }],
      },
    });
    writeFileSync(
      join(directory, 'tunnel.yaml'),
      stringify({
        stateDirectory: 'state',
        joinToken: rig.portal.issueJoinToken('edge-1', { site: 'fra1' }),
        proxies: [{ url: `http://127.0.0.1:${rig.port}` }],
        clusters: [{ name: 'demo', endpoint: rig.api.url }],
        drainTimeout: '1s',
        admin: { port: adminPort },
      }),
    );
    await rig.start();
    startAgent();
    await agent.ready();
    client = FaultClient.create(rig, random);
    client.start();
    await recovered();
  });
  afterEach(async () => {
    await client.stop();
    await agent.kill();
    await rig.stop();
    rmSync(directory, { recursive: true });
  });

  it('the proxy: the agent comes back by itself, and the audit has all that was done', async () => {
    for (let i = 0; i < KILLS; i++) {
      client.fault = 'the proxy is killed';
      await rig.process.kill();
      await rig.start();
      await recovered();
    }
    expect(agent.running).toBe(true);
    await books();
  });

  it('the agent: it joins no second time, and the audit has all that was done', async () => {
    for (let i = 0; i < KILLS; i++) {
      client.fault = 'the agent is killed';
      await agent.kill();
      startAgent();
      await recovered();
    }
    await books();
  });
});
