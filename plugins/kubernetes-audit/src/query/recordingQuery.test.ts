import { DateTime } from 'luxon';
import {
  parseRecordingQuery,
  toRecordingListRequest,
  writeRecordingQuery,
} from './recordingQuery';

const now = DateTime.fromISO('2026-11-22T12:00', { zone: 'utc' });

describe('the query of Pod Session Recordings', () => {
  it('is all recordings when the URL says nothing', () => {
    const parsed = parseRecordingQuery(new URLSearchParams());
    expect(toRecordingListRequest(parsed, now)).toEqual({
      search: undefined,
      cursor: undefined,
    });
  });

  it('survives the URL and leaves other parameters alone', () => {
    const query = {
      search: '10.0.0.7',
      range: { kind: 'yesterday' } as const,
      cursor: 'c',
    };
    const params = writeRecordingQuery(
      new URLSearchParams('recording=1'),
      query,
    );
    expect(params.get('recording')).toBe('1');
    expect(parseRecordingQuery(params)).toEqual(query);
    expect(toRecordingListRequest(query, now)).toMatchObject({
      search: '10.0.0.7',
      from: '2026-11-21T00:00:00.000Z',
      to: '2026-11-22T00:00:00.000Z',
    });
  });
});
