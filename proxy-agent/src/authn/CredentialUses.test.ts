import { MAX_CREDENTIAL_USES } from 'backstage-plugin-kubernetes-audit-common';
import { CredentialUses } from './CredentialUses';

const NOW = Date.parse('2026-11-22T02:00:00.000Z');

describe('CredentialUses', () => {
  it('tells of the last use of each, until the portal knows it', () => {
    const uses = CredentialUses.create();
    uses.note('a', NOW - 1000);
    uses.note('b', NOW);
    uses.note('a', NOW);
    const list = uses.list();
    expect(list).toEqual([
      { id: 'a', usedAt: '2026-11-22T02:00:00.000Z' },
      { id: 'b', usedAt: '2026-11-22T02:00:00.000Z' },
    ]);
    uses.note('b', NOW + 1);
    uses.told(list);
    expect(uses.list()).toEqual([
      { id: 'b', usedAt: '2026-11-22T02:00:00.001Z' },
    ]);
  });

  it('is bounded', () => {
    const uses = CredentialUses.create();
    for (let i = 0; i <= MAX_CREDENTIAL_USES; i++) {
      uses.note(`${i}`, NOW);
    }
    uses.note('0', NOW + 1);
    expect(uses.list()).toHaveLength(MAX_CREDENTIAL_USES);
    expect(uses.list()[0].usedAt).toBe('2026-11-22T02:00:00.001Z');
  });
});
