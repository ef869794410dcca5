import type { StoredRequestAuditEvent } from 'backstage-plugin-kubernetes-audit-common';
import { spoolRecord } from '../__testUtils__/spoolRecord';
import { EVENT_FILE_WRITERS } from './EventFileWriter';

const eventOf = (
  fields: Partial<StoredRequestAuditEvent>,
): StoredRequestAuditEvent => ({
  ...spoolRecord(1),
  number: 1,
  agentId: 'demo-proxy',
  ...fields,
});

describe('a CSV of events', () => {
  it('quotes what would end a cell', () => {
    const line = EVENT_FILE_WRITERS.csv.write(
      eventOf({ message: 'a "quoted",\nthing', namespace: undefined }),
    );
    expect(line).toContain(',"a ""quoted"",\nthing",');
    expect(line.endsWith('\r\n')).toBe(true);
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@sum',
    '\t=1',
    '\r=1',
    '\n=1',
    '\uff1d1+1',
    '\uff0b1',
    '\uff0d1',
    '\uff20sum',
  ])('has no formula of %j', resourceName => {
    const line = EVENT_FILE_WRITERS.csv.write(eventOf({ resourceName }));
    expect(line).toContain(`'${resourceName}`);
  });
});
