import type { Knex } from 'knex';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import {
  openEventStore,
  RollUpCheck,
} from '../../../plugins/kubernetes-audit-backend/src/audit';
import { DAYS } from './population';
import { quiet } from './quiet';

/** Makes the roll-up of rows that did not come through the ingest: as it is mended where it is wrong. */
export async function countDays(knex: Knex, endDay: number): Promise<void> {
  const check = RollUpCheck.create({
    ...openEventStore(knex),
    knex,
    logger: quiet,
    now: Date.now,
  });
  for (let i = 0; i < DAYS; i++) {
    await check.check(endDay - DAYS + i);
  }
}
