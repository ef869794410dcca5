import { pino } from 'pino';
import { UpstreamTroubles } from './UpstreamTroubles';

describe('UpstreamTroubles', () => {
  let now: number;
  let lines: Record<string, unknown>[];
  let troubles: UpstreamTroubles;

  beforeEach(() => {
    now = 0;
    lines = [];
    troubles = UpstreamTroubles.create({
      logger: pino({}, { write: line => lines.push(JSON.parse(line)) }),
      now: () => now,
    });
  });

  it('logs a credential that a cluster does not accept once a minute, and counts each time', () => {
    for (now = 0; now <= 120_000; now += 20_000) {
      troubles.answered('prod', 401);
    }
    expect(lines).toEqual([
      expect.objectContaining({ level: 50, cluster: 'prod', repeated: 0 }),
      expect.objectContaining({ level: 50, cluster: 'prod', repeated: 2 }),
      expect.objectContaining({ level: 50, cluster: 'prod', repeated: 2 }),
    ]);
    expect(lines[0].msg).toContain(
      'does not accept the credential for it (401)',
    );
    expect([...troubles.unauthorized]).toEqual([['prod', 7]]);
    expect([...troubles.unreachable]).toEqual([]);
  });

  it('keeps clusters and troubles apart', () => {
    troubles.answered('prod', 401);
    troubles.answered('dev', 401);
    troubles.notAnswered('prod', new Error('connect ECONNREFUSED 10.0.0.1'));
    expect(lines.map(({ cluster }) => cluster)).toEqual([
      'prod',
      'dev',
      'prod',
    ]);
    expect(lines[2]).toMatchObject({
      err: { message: 'connect ECONNREFUSED 10.0.0.1' },
    });
    expect([...troubles.unreachable]).toEqual([['prod', 1]]);
  });

  it.each([200, 403, 500, undefined])('takes no notice of %s', status => {
    troubles.answered('prod', status);
    expect(lines).toEqual([]);
    expect([...troubles.unauthorized]).toEqual([]);
  });
});
