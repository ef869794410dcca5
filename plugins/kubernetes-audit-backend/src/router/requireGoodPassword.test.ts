import { requireGoodPassword } from './requireGoodPassword';

describe('requireGoodPassword', () => {
  it.each(['password', 'qwertyui', 'jennifer1', '20261122'])(
    'refuses %s, and says what is needed',
    password => {
      expect(() => requireGoodPassword({ password })).toThrow(
        'password: it is too easy to guess; it needs at least 12 characters',
      );
    },
  );

  it.each(['k7#Qz!p2', 'password1234', 'correct horse'])(
    'takes %s',
    password => {
      const request = { password, format: 'v2' };
      expect(requireGoodPassword(request)).toBe(request);
    },
  );
});
