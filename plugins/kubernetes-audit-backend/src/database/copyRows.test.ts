import { TestDatabases } from '@backstage/backend-test-utils';
import { copyRows } from './copyRows';

jest.setTimeout(60_000);

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

const onPostgres = databases.supports('POSTGRES_18') ? describe : describe.skip;

onPostgres('copyRows', () => {
  const init = async () => {
    const knex = await databases.init('POSTGRES_18');
    await knex.schema.dropTableIfExists('copied');
    await knex.schema.createTable('copied', table => {
      table.bigInteger('id').primary();
      table.text('text');
      table.boolean('flag');
      table.specificType('numbers', 'integer[]');
    });
    return knex;
  };
  const copy = (
    knex: Awaited<ReturnType<typeof init>>,
    rows: (string | number | boolean | null)[][],
  ) =>
    knex.transaction(transaction =>
      copyRows(transaction, 'copied', ['id', 'text', 'flag', 'numbers'], rows),
    );

  it('keeps every value as it is', async () => {
    const knex = await init();
    const texts = [
      '',
      '\\N',
      '\\.',
      '\\',
      'tab\tline\nreturn\r\nback\\slash\\t',
      '"quoted", {braces}',
      '한국어 🙂',
      null,
    ];
    await copy(
      knex,
      texts.map((text, id) => [id, text, id % 2 === 0, `{${id},2}`]),
    );
    const rows = await knex('copied').orderBy('id');
    expect(rows).toEqual(
      texts.map((text, id) => ({
        id: `${id}`,
        text,
        flag: id % 2 === 0,
        numbers: [id, 2],
      })),
    );
  });

  it('writes none where one is refused, and the connection goes on', async () => {
    const knex = await init();
    await copy(knex, [[1, 'first', true, null]]);
    await expect(
      copy(knex, [
        [2, 'second', true, null],
        [1, 'again', true, null],
      ]),
    ).rejects.toMatchObject({ code: '23505' });
    await expect(copy(knex, [['x', 'third', true, null]])).rejects.toThrow(
      /invalid input syntax/,
    );
    expect(await knex('copied').pluck('text')).toEqual(['first']);
  });

  it('is a part of its transaction', async () => {
    const knex = await init();
    await expect(
      knex.transaction(async transaction => {
        const columns = ['id', 'text'];
        await copyRows(transaction, 'copied', columns, [[1, 'lost']]);
        expect(await transaction('copied').pluck('text')).toEqual(['lost']);
        throw new Error('taken back');
      }),
    ).rejects.toThrow('taken back');
    expect(await knex('copied').pluck('text')).toEqual([]);
  });
});
