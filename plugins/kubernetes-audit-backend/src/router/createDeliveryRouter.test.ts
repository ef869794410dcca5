import { createMockDirectory } from '@backstage/backend-test-utils';
import { ndjson, spoolRecord } from '../__testUtils__/spoolRecord';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

const REPORT = `${BASE}/v1/events/delivery`;
const DEAD_LETTERS = `${BASE}/v1/dead-letters`;

describe('what is not among the events', () => {
  const directory = createMockDirectory();

  it('is told to administrators alone where permissions are off', async () => {
    const { api, audited } = await startPlugin({ recordings: directory.path });
    await api
      .post(`${BASE}/v1/ingest/events`)
      .set(agentHeaders())
      .type('text')
      .send(ndjson('no JSON', spoolRecord(1)).toString())
      .expect(200);
    const report = await api.get(REPORT).set(userHeaders());
    expect(report.status).toBe(200);
    expect(report.body).toEqual({
      gaps: [],
      clockSkews: [],
      deadLetters: { count: 1 },
    });
    const list = await api.get(DEAD_LETTERS).set(userHeaders());
    expect(list.body.items).toMatchObject([
      { agentId: 'demo-proxy', record: 'no JSON' },
    ]);
    for (const path of [REPORT, DEAD_LETTERS]) {
      expect((await api.get(path).set(userHeaders('jane'))).status).toBe(403);
      expect((await api.get(path).set(agentHeaders())).status).toBe(403);
    }
    expect(audited.map(({ eventId, status }) => [eventId, status])).toEqual([
      ['delivery-read', 'succeeded'],
      ['dead-letter-list', 'succeeded'],
      ['delivery-read', 'failed'],
      ['dead-letter-list', 'failed'],
    ]);
  });
});
