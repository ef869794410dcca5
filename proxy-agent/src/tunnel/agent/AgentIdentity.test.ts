import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentIdentity } from './AgentIdentity';

const TOKEN = {
  id: '019aa000-0000-7000-b000-00000000000a',
  secret: 'x'.repeat(43),
  name: 'edge-1',
  tags: { site: 'fra1' },
  clusters: ['edge'],
};

describe('who an agent is', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'identity-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is kept over a restart, where its user alone can read it', async () => {
    const before = await AgentIdentity.open(directory);
    expect(before.hasJoined(undefined)).toBe(false);
    const { name, tags, clusters } = TOKEN;
    before.keepJoined(TOKEN, { name, tags, clusters });
    const after = await AgentIdentity.open(directory);
    expect(after.publicKey).toEqual(before.publicKey);
    expect(after.name).toBe('edge-1');
    expect(after.hasJoined(TOKEN)).toBe(true);
    expect(after.hasJoined({ ...TOKEN, id: 'another' })).toBe(false);
    const { mode } = statSync(join(directory, 'agent-key.pem'));
    expect(mode % 0o1000).toBe(0o600);
  });

  it.each(['agent-key.pem', 'joined.json'])(
    'says what to do where %s is damaged',
    async file => {
      await AgentIdentity.open(directory);
      writeFileSync(join(directory, file), '{"name":');
      await expect(AgentIdentity.open(directory)).rejects.toThrow(
        `what the agent keeps in ${directory} cannot be used; with an empty directory it needs a new join token: `,
      );
    },
  );
});
