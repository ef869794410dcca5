import type { FilterField } from './FilterField';
import { parseFilter } from './parseFilter';

const fields = new Map<string, FilterField>([
  ['verb', { kind: 'text', column: 'verb' }],
  ['groups', { kind: 'list', column: 'groups' }],
  ['time', { kind: 'time', column: 'time' }],
]);

const nested = (depth: number): unknown =>
  depth === 0 ? { verb: 'get' } : { $not: nested(depth - 1) };

describe('parseFilter', () => {
  it.each([
    ['an unknown field', { nope: 1 }, 'unknown field "nope"'],
    ['a field of Object', { constructor: 1 }, 'unknown field "constructor"'],
    ['an unknown operator', { $nor: [] }, 'unknown operator "$nor"'],
    [
      'an unknown operator of a field',
      { verb: { $regex: '.' } },
      'unknown operator "$regex" for "verb"',
    ],
    [
      'a bound of what is no time',
      { verb: { $gte: 'a' } },
      'unknown operator "$gte" for "verb"',
    ],
    ['equality with a list', { groups: 'a' }, '"groups" is a list'],
    ['a bound that is no time', { time: { $lt: 'now' } }, '"time" $lt'],
    ['operators beside fields', { $all: [], verb: 'get' }, '$all must stand'],
    ['$all without an array', { $all: {} }, '$all takes an array'],
    ['$in without an array', { verb: { $in: 'get' } }, '$in for "verb"'],
    ['$in with an object', { verb: { $in: [{}] } }, '$in for "verb"'],
    ['$exists without a boolean', { verb: { $exists: 1 } }, '$exists for'],
    ['two operators', { verb: { $in: [], $exists: true } }, 'more than one'],
    ['no operator', { verb: {} }, '"verb" takes a value'],
    ['null', { verb: null }, '"verb" takes a value'],
    ['a root that is no object', 'get', 'expected an object'],
    ['a root that is an array', [], 'expected an object'],
    ['deep nesting', nested(11), 'nested deeper than 10'],
    [
      'many comparisons',
      { $any: Array.from({ length: 201 }, () => ({ verb: 'get' })) },
      'more than 200 comparisons',
    ],
    [
      'many values',
      { verb: { $in: Array.from({ length: 201 }, () => 'get') } },
      'more than 200 comparisons',
    ],
  ])('refuses %s and names it', (_, value, message) => {
    const parse = () => parseFilter(value, fields);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ name: 'InputError' }));
  });

  it('takes what is at the limits', () => {
    expect(() => parseFilter(nested(9), fields)).not.toThrow();
    expect(() =>
      parseFilter(
        { $any: Array.from({ length: 200 }, () => ({ verb: 'get' })) },
        fields,
      ),
    ).not.toThrow();
  });
});
