import { readTags } from './readTags';

describe('readTags', () => {
  it.each([
    ['env=prod', { env: 'prod' }],
    [' env=prod,site=fra1 , rack=\n', { env: 'prod', site: 'fra1', rack: '' }],
    ['query=a=b', { query: 'a=b' }],
    ['', undefined],
    [' , ', undefined],
    ['env', undefined],
    ['=prod', undefined],
    ['env=prod site', undefined],
  ])('makes of %p %p', (text, tags) => {
    expect(readTags(text)).toEqual(tags);
  });
});
