import { createMockDirectory } from '@backstage/backend-test-utils';
import {
  agentHeaders,
  BASE,
  startPlugin,
  userHeaders,
} from '../__testUtils__/startPlugin';

jest.setTimeout(60_000);

describe('settings', () => {
  const directory = createMockDirectory();

  it('tell every user, and no agent, how files may leave', async () => {
    const { api } = await startPlugin({
      recordings: directory.path,
      kubernetesAudit: { export: { encryption: 'required' } },
    });
    const answer = await api
      .get(`${BASE}/v1/settings`)
      .set(userHeaders('jane'));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ exportEncryption: 'required' });
    const refused = await api.get(`${BASE}/v1/settings`).set(agentHeaders());
    expect(refused.status).toBe(403);
  });
});
