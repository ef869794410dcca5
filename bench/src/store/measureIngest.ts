import type { Knex } from 'knex';
import {
  AGENT_ID_HEADER,
  SPOOL_EPOCH_HEADER,
  SpoolRecord,
} from 'backstage-plugin-kubernetes-audit-common';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import type { AuditWriter } from '../../../plugins/kubernetes-audit-backend/src/audit';
import { isSqlite } from '../../../plugins/kubernetes-audit-backend/src/database';
import { CopiedTables } from './CopiedTables';
import { Meter } from './Meter';
import { AGENT_ID } from './serveStore';

const DAY_MS = 24 * 3600_000;
/** Records of a batch, as proxies send them. */
const BATCH = 1000;
const ROUNDS = 10;
const WARM_UP_ROUNDS = 2;

/** Of the spools of two proxies. */
const EPOCHS = [
  '019aa000-0000-7000-b000-000000000001',
  '019aa000-0000-7000-b000-000000000002',
];

/** Rows in a second. */
export type IngestRates = {
  copy: number;
  store: number;
  rowByRow: number;
  http: number;
};

/**
 * Records of events that are stored already, anew: on a day of their own and
 * under ids of their own.
 */
export async function readRecords(
  knex: Knex,
  options: { count: number; day: number; series: number },
): Promise<SpoolRecord[]> {
  const { count, day, series } = options;
  const table = isSqlite(knex) ? 'event_documents' : 'request_audit_events';
  const rows: { event: string }[] = await knex(table)
    .orderBy('executed_at', 'desc')
    .limit(count)
    .select('event');
  return rows.map(({ event }, i) => {
    const time = day * DAY_MS + Math.floor((i / count) * DAY_MS);
    const hex = time.toString(16).padStart(12, '0');
    const tail = (series * 10_000_000 + i).toString(16).padStart(12, '0');
    return {
      ...JSON.parse(event),
      id: `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${tail}`,
      executedAt: new Date(time).toISOString(),
      sequence: i + 1,
      schemaVersion: 1,
    };
  });
}

/**
 * The same rows by the store and by COPY of the server, and others by the route
 * for two proxies at once, in turn: whatever else the machine does meanwhile
 * falls upon all of them. One row after the other comes last.
 */
export async function measureIngest(options: {
  knex: Knex;
  url: string;
  writer: AuditWriter;
  rows: number;
  /** Days since 1970 with partitions and without events. */
  days: [number, number, number];
}): Promise<IngestRates> {
  const { knex, url, writer, rows, days } = options;
  const read = (count: number, series: number) =>
    readRecords(knex, { count, day: days[series - 1], series });
  const written = partsOf(await read(rows, 1), rows / ROUNDS);
  const sent = partsOf(await read(rows, 2), rows / ROUNDS);
  const few = await read(300, 3);

  const copy = await CopiedTables.create(knex);
  const meters = { copy: new Meter(), store: new Meter(), http: new Meter() };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      // A portal has run for long when it is looked at: the first rounds do not count.
      const isCounted = round >= WARM_UP_ROUNDS;
      const meter = (name: keyof typeof meters) =>
        isCounted ? meters[name] : new Meter();
      const part = written[round];
      await meter('store').run(part.length, () =>
        eachOfTwo(batchesOf(part), batch => write(knex, writer, batch)),
      );
      await copy.take(part);
      await meter('copy').run(part.length, () => copy.fill());
      const bodies = batchesOf(sent[round]).map(batch =>
        batch.map(record => `${JSON.stringify(record)}\n`).join(''),
      );
      await meter('http').run(sent[round].length, () =>
        eachOfTwo(bodies, (body, proxy) => post(url, body, EPOCHS[proxy])),
      );
    }
  } finally {
    await copy.drop();
  }
  const rowByRow = new Meter();
  await rowByRow.run(few.length, async () => {
    for (const record of few) {
      await write(knex, writer, [record]);
    }
  });
  return {
    copy: meters.copy.rate(),
    store: meters.store.rate(),
    rowByRow: rowByRow.rate(),
    http: meters.http.rate(),
  };
}

async function post(url: string, body: string, epoch: string): Promise<void> {
  const response = await fetch(`${url}/v1/ingest/events`, {
    method: 'POST',
    headers: { [AGENT_ID_HEADER]: AGENT_ID, [SPOOL_EPOCH_HEADER]: epoch },
    body,
  });
  if (response.status !== 200) {
    throw new Error(await response.text());
  }
  await response.arrayBuffer();
}

/** Two proxies deliver at once, each its batches one after the other. */
async function eachOfTwo<T>(
  batches: T[],
  deliver: (batch: T, proxy: number) => Promise<void>,
): Promise<void> {
  await Promise.all(
    EPOCHS.map(async (_, proxy) => {
      for (let i = proxy; i < batches.length; i += EPOCHS.length) {
        await deliver(batches[i], proxy);
      }
    }),
  );
}

async function write(
  knex: Knex,
  writer: AuditWriter,
  records: SpoolRecord[],
): Promise<void> {
  for (const batch of batchesOf(records)) {
    await knex.transaction(transaction =>
      writer.write(transaction, AGENT_ID, batch),
    );
  }
}

function batchesOf<T>(items: T[]): T[][] {
  return partsOf(items, BATCH);
}

function partsOf<T>(items: T[], size: number): T[][] {
  const parts = [];
  for (let i = 0; i < items.length; i += size) {
    parts.push(items.slice(i, i + size));
  }
  return parts;
}
