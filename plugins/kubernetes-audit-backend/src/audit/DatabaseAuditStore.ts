import type { Knex } from 'knex';
import { z } from 'zod';
import type {
  RequestAuditPage,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import {
  applyFilter,
  applySearch,
  countTotal,
  parseFilter,
  readKeysetPage,
} from '../database';
import type { AuditStore, EventQuery } from './AuditStore';
import { EVENT_FIELDS } from './eventFields';
import {
  EVENT_COLUMNS,
  EventRow,
  EVENTS_TABLE,
  toListItem,
  toStoredEvent,
} from './eventRow';

const LIST_COLUMNS = EVENT_COLUMNS.filter(column => column !== 'request_body');
const SEARCH_COLUMNS = ['user_name', 'cluster_name'];

/** The audit events in one table. */
export class DatabaseAuditStore implements AuditStore {
  static create(knex: Knex): DatabaseAuditStore {
    return new DatabaseAuditStore(knex);
  }

  private constructor(private readonly knex: Knex) {}

  async list(query: EventQuery): Promise<RequestAuditPage> {
    const matching = this.knex(EVENTS_TABLE);
    if (query.filter !== undefined) {
      const filter = parseFilter(query.filter, EVENT_FIELDS);
      matching.andWhere(group => applyFilter(group, filter));
    }
    if (query.from !== undefined) {
      matching.where('executed_at', '>=', query.from);
    }
    if (query.to !== undefined) {
      matching.where('executed_at', '<', query.to);
    }
    applySearch(matching, SEARCH_COLUMNS, query.search);

    const { rows, ...cursors } = await readKeysetPage<EventRow, 'executed_at'>(
      matching.clone().select(LIST_COLUMNS),
      'executed_at',
      query,
    );
    return {
      items: rows.map(toListItem),
      ...cursors,
      ...(await countTotal(matching, this.knex)),
    };
  }

  async get(id: string): Promise<StoredRequestAuditEvent | undefined> {
    if (!z.uuid().safeParse(id).success) {
      return undefined;
    }
    const row = await this.knex<EventRow>(EVENTS_TABLE)
      .where('id', id.toLowerCase())
      .first(EVENT_COLUMNS);
    return row && toStoredEvent(row);
  }
}
