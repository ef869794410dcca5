import { hasFields } from './hasFields';

const FIELDS = { name: 'string', size: 'number', note: 'string?' } as const;

describe('hasFields', () => {
  it.each([
    { name: 'a', size: 1 },
    { name: '', size: 0, note: 'x', more: [] },
  ])('takes what has all fields: %j', value => {
    expect(hasFields(value, FIELDS)).toBe(true);
  });

  it.each([
    undefined,
    null,
    'name',
    [],
    { name: 'a' },
    { name: 1, size: 1 },
    { name: 'a', size: '1' },
    { name: 'a', size: 1, note: null },
  ])('takes nothing else: %j', value => {
    expect(hasFields(value, FIELDS)).toBe(false);
  });
});
