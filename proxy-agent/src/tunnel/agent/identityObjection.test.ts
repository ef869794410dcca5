import { identityObjection } from './identityObjection';

describe('identityObjection', () => {
  it.each([
    ['a user', ['Impersonate-User', 'jane']],
    [
      'a user with groups',
      [
        'Impersonate-User',
        'jane',
        'Impersonate-Group',
        'developers',
        'impersonate-group',
        'system:authenticated',
      ],
    ],
  ])('lets %s pass', (_what, headers) => {
    expect(identityObjection(headers)).toBeUndefined();
  });

  it.each([
    ['nobody', []],
    ['an empty name', ['Impersonate-User', ' ']],
    ['two users', ['Impersonate-User', 'a', 'impersonate-user', 'b']],
    ['groups alone', ['Impersonate-Group', 'developers']],
    ['a user of the system', ['Impersonate-User', 'system:admin']],
    [
      'a service account',
      ['Impersonate-User', 'system:serviceaccount:kube-system:default'],
    ],
    ['the group as a user', ['Impersonate-User', 'system:authenticated']],
    [
      'masters',
      ['Impersonate-User', 'a', 'Impersonate-Group', 'system:masters'],
    ],
    ['nodes', ['Impersonate-User', 'a', 'Impersonate-Group', ' system:nodes']],
  ])('objects to %s', (_what, headers) => {
    expect(identityObjection(headers)).toMatch(/^the tunnel agent forwards no/);
  });
});
