import { fileNameOf } from './contentDisposition';

describe('fileNameOf', () => {
  it.each([
    ['attachment; filename="jane_1.cast"', 'jane_1.cast'],
    ['attachment; filename=jane.cast', 'jane.cast'],
    [
      `attachment; filename="j.cast"; filename*=UTF-8''j%C3%BCrgen.cast`,
      'jürgen.cast',
    ],
    [`attachment; filename="j.cast"; filename*=UTF-8''%zz`, 'j.cast'],
    ['attachment; filename="../../etc/passwd"', 'passwd'],
    ['attachment', undefined],
    [null, undefined],
  ])('reads %s', (header, name) => {
    expect(fileNameOf(header)).toBe(name);
  });
});
