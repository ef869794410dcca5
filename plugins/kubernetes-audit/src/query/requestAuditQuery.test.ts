import { DateTime } from 'luxon';
import {
  parseRequestAuditQuery,
  RequestAuditQuery,
  toListRequest,
  writeRequestAuditQuery,
} from './requestAuditQuery';

const now = DateTime.fromISO('2026-11-22T12:00', { zone: 'utc' });
const today = {
  from: '2026-11-22T00:00:00.000Z',
  to: '2026-11-23T00:00:00.000Z',
};
const query = (overrides: Partial<RequestAuditQuery>): RequestAuditQuery => ({
  search: '',
  verbs: [],
  resources: [],
  match: 'all',
  range: { kind: 'today' },
  ...overrides,
});

describe('the query of Request Audit', () => {
  it('is the current day when the URL says nothing', () => {
    const parsed = parseRequestAuditQuery(new URLSearchParams());
    expect(parsed).toEqual({ ...query({}), cursor: undefined });
    expect(toListRequest(parsed, now)).toEqual({
      search: undefined,
      cursor: undefined,
      filter: undefined,
      ...today,
    });
  });

  it('survives the URL and leaves other parameters alone', () => {
    const full = query({
      search: 'prod & co',
      verbs: ['get', 'delete'],
      resources: ['pods/exec', 'others'],
      match: 'any',
      range: { kind: 'last7Days' },
      cursor: 'a+b/c=',
    });
    const params = writeRequestAuditQuery(
      new URLSearchParams('event=1&verb=list'),
      full,
    );
    expect(params.get('event')).toBe('1');
    expect(
      parseRequestAuditQuery(new URLSearchParams(params.toString())),
    ).toEqual(full);
  });

  it('ignores verbs and resources that the filter does not offer', () => {
    const params = new URLSearchParams('verb=impersonate&resource=widgets');
    expect(parseRequestAuditQuery(params)).toMatchObject({
      verbs: [],
      resources: [],
    });
  });

  it('joins verb and resource by AND within the range', () => {
    expect(
      toListRequest(
        query({ verbs: ['get'], resources: ['pods', 'pods/exec'] }),
        now,
      ),
    ).toMatchObject({
      filter: {
        $all: [{ verb: 'get' }, { resource: { $in: ['pods', 'pods/exec'] } }],
      },
      ...today,
    });
  });

  it('joins verb, resource and a chosen range by OR', () => {
    const request = toListRequest(
      query({
        match: 'any',
        verbs: ['get', 'list'],
        resources: ['others'],
        range: { kind: 'custom', from: today.from },
      }),
      now,
    );
    expect(request.filter).toEqual({
      $any: [
        { verb: { $in: ['get', 'list'] } },
        { resource: 'others' },
        { executedAt: { $gte: today.from } },
      ],
    });
    expect(request).not.toHaveProperty('from');
  });

  it('stays within the day that it opens with under OR', () => {
    expect(
      toListRequest(
        query({ match: 'any', verbs: ['get'], resources: ['pods'] }),
        now,
      ),
    ).toMatchObject({
      filter: { $any: [{ verb: 'get' }, { resource: 'pods' }] },
      ...today,
    });
  });

  it('bounds by a chosen range when there is nothing else that OR could join', () => {
    const request = toListRequest(
      query({ match: 'any', range: { kind: 'custom', from: today.from } }),
      now,
    );
    expect(request).toMatchObject({ filter: undefined, from: today.from });
  });

  it('asks for named resources or all others', () => {
    expect(
      toListRequest(query({ resources: ['pods', 'others'] }), now).filter,
    ).toEqual({ $any: [{ resource: 'pods' }, { resource: 'others' }] });
  });
});
