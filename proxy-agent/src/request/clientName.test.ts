import { clientName, MAX_CLIENT_NAME_LENGTH } from './clientName';

describe('clientName', () => {
  it.each([
    ['kubectl/v1.27.3 (linux/amd64) kubernetes/25b4e43', 'kubectl/v1.27.3'],
    ['kubectl.1.29/v1.29.14 (linux/amd64)', 'kubectl.1.29/v1.29.14'],
    ['Helm/3.14.0', 'Helm/3.14.0'],
    ['  k9s/0.32 x', 'k9s/0.32'],
    ['agent(x)', 'agent'],
    ['a\u0000b\u001b[31mc\u202ed', 'ab[31mcd'],
    ['(only a comment)', ''],
    ['', ''],
    [undefined, ''],
  ])('takes of %j the first product', (userAgent, name) => {
    expect(clientName(userAgent)).toBe(name);
  });

  it('is bounded', () => {
    expect(clientName('x'.repeat(5000))).toHaveLength(MAX_CLIENT_NAME_LENGTH);
  });
});
