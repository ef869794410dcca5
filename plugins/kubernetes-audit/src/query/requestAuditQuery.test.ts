import { DateTime } from 'luxon';
import {
  parseRequestAuditQuery,
  pinnedAt,
  RequestAuditQuery,
  toListRequest,
  toSelection,
  writeRequestAuditQuery,
  zoomedTo,
} from './requestAuditQuery';

const now = DateTime.fromISO('2026-11-22T12:00', { zone: 'utc' });
const today = {
  from: '2026-11-22T00:00:00.000Z',
  to: '2026-11-23T00:00:00.000Z',
};
const query = (overrides: Partial<RequestAuditQuery>): RequestAuditQuery => ({
  search: '',
  conditions: {},
  match: 'all',
  range: { kind: 'today' },
  order: 'desc',
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
      conditions: {
        verb: ['get', 'delete'],
        resource: ['pods/exec', 'others'],
        result: ['failure'],
        role: ['payments, all'],
        namespace: ['a', 'b'],
        user: ['jane'],
        clientIp: ['10.0.0.7'],
        group: ['CN=ops,OU=eu'],
      },
      match: 'any',
      range: { kind: 'last7Days' },
      order: 'asc',
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

  it('ignores verbs, resources and results that the filter does not offer', () => {
    const params = new URLSearchParams(
      'verb=impersonate&resource=widgets&result=maybe&role=+&order=up',
    );
    expect(parseRequestAuditQuery(params)).toMatchObject({
      conditions: {},
      order: 'desc',
    });
  });

  it('joins verb and resource by AND within the range', () => {
    expect(
      toListRequest(
        query({
          conditions: { verb: ['get'], resource: ['pods', 'pods/exec'] },
        }),
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
        conditions: { verb: ['get', 'list'], resource: ['others'] },
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
        query({
          match: 'any',
          conditions: { verb: ['get'], resource: ['pods'] },
        }),
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
      toListRequest(
        query({ conditions: { resource: ['pods', 'others'] } }),
        now,
      ).filter,
    ).toEqual({ $any: [{ resource: 'pods' }, { resource: 'others' }] });
  });

  it('asks for the further fields under their names in an event', () => {
    expect(
      toListRequest(
        query({
          conditions: {
            result: ['failure'],
            user: ['jane', 'joe'],
            clientIp: ['10.0.0.7'],
            group: ['developers', 'ops'],
          },
        }),
        now,
      ).filter,
    ).toEqual({
      $all: [
        { result: 'failure' },
        { userName: { $in: ['jane', 'joe'] } },
        { clientIp: '10.0.0.7' },
        {
          $any: [
            { kubernetesGroups: { $contains: 'developers' } },
            { kubernetesGroups: { $contains: 'ops' } },
          ],
        },
      ],
    });
  });

  it('asks for the oldest first only when the URL says so', () => {
    expect(toListRequest(query({}), now).order).toBeUndefined();
    expect(toListRequest(query({ order: 'asc' }), now).order).toBe('asc');
  });

  it('is bounded by what was zoomed to, also under OR and from the URL', () => {
    const zoomed = query({
      match: 'any',
      conditions: { verb: ['get'], resource: ['pods'] },
      ...zoomedTo({ from: today.from, to: today.to }),
    });
    const params = writeRequestAuditQuery(new URLSearchParams(), zoomed);
    expect(params.get('bounded')).toBe('true');
    const parsed = parseRequestAuditQuery(params);
    expect(parsed).toEqual(zoomed);
    expect(toListRequest(parsed, now)).toMatchObject({
      filter: { $any: [{ verb: 'get' }, { resource: 'pods' }] },
      ...today,
    });
  });

  it('does not say that it is bounded where every range bounds', () => {
    const bounds = zoomedTo({ from: today.from, to: today.to });
    for (const other of [
      query(bounds),
      query({ match: 'any', isBounded: true, range: { kind: 'last7Days' } }),
    ]) {
      const params = writeRequestAuditQuery(new URLSearchParams(), other);
      expect(params.has('bounded')).toBe(false);
    }
  });

  it.each<Partial<RequestAuditQuery>>([
    {},
    { match: 'any', conditions: { verb: ['get'] } },
    {
      match: 'any',
      conditions: { verb: ['get'], resource: ['pods'] },
      range: { kind: 'last7Days' },
    },
    { range: { kind: 'anyTime' } },
  ])('means the same on another day once it is pinned: %j', overrides => {
    const params = writeRequestAuditQuery(
      new URLSearchParams(),
      pinnedAt(query(overrides), now),
    );
    const later = now.plus({ days: 3 }).setZone('Asia/Tokyo');
    expect(toListRequest(parseRequestAuditQuery(params), later)).toEqual(
      toListRequest(query(overrides), now),
    );
  });

  it('selects the events of all pages in whatever order', () => {
    expect(
      toSelection(query({ search: ' prod ', cursor: 'c', order: 'asc' }), now),
    ).toEqual({ search: 'prod', filter: undefined, ...today });
  });
});
