import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  RequestAuditHistogram,
  RequestAuditPage,
  requestAuditReadPermission,
  requestAuditViewPermission,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { Authorizer } from '../authorization';
import { withSpan } from '../tracing';
import type { AuditStore, EventQuery, EventSelection } from './AuditStore';

type UserCredentials = BackstageCredentials<BackstageUserPrincipal>;

/**
 * The audit events as a user may see them. To see any is one permission, which
 * of them another.
 */
export class AuthorizedAuditStore {
  static create(options: {
    store: AuditStore;
    authorizer: Authorizer;
  }): AuthorizedAuditStore {
    return new AuthorizedAuditStore(options.store, options.authorizer);
  }

  private constructor(
    private readonly store: AuditStore,
    private readonly authorizer: Authorizer,
  ) {}

  /**
   * @throws NotAllowedError, and what {@link AuditStore.list} throws
   */
  async list(
    credentials: UserCredentials,
    query: EventQuery,
  ): Promise<RequestAuditPage> {
    const { limit } = query;
    return withSpan(
      'events.list',
      { 'page.limit': limit, ...describeSelection(query) },
      async describe => {
        const visible = await this.#visible(credentials);
        const page = await this.store.list({ ...query, visible });
        describe({ 'page.items': page.items.length });
        return page;
      },
    );
  }

  /**
   * @throws NotAllowedError, and what {@link AuditStore.histogram} throws
   */
  async histogram(
    credentials: UserCredentials,
    selection: EventSelection,
  ): Promise<RequestAuditHistogram> {
    return withSpan('events.count', describeSelection(selection), async () => {
      const visible = await this.#visible(credentials);
      return this.store.histogram({ ...selection, visible });
    });
  }

  /**
   * An event that the user may not see is not there.
   *
   * @throws NotAllowedError, NotFoundError
   */
  async get(
    credentials: UserCredentials,
    id: string,
  ): Promise<StoredRequestAuditEvent> {
    const visible = await this.#visible(credentials);
    const event = await this.store.get(id, visible);
    if (!event) {
      throw new NotFoundError(`No event with id ${id}`);
    }
    return event;
  }

  /**
   * @throws NotAllowedError; while it is read, what {@link AuditStore.export} throws
   */
  async export(
    credentials: UserCredentials,
    selection: EventSelection,
    options: { order: 'asc' | 'desc'; batch: number },
  ): Promise<AsyncGenerator<StoredRequestAuditEvent[]>> {
    const visible = await this.#visible(credentials);
    return this.store.export({ ...selection, visible }, options);
  }

  async #visible(credentials: UserCredentials) {
    await this.authorizer.require(credentials, requestAuditReadPermission);
    return this.authorizer.visible(credentials, requestAuditViewPermission);
  }
}

function describeSelection({ filter, search }: EventSelection) {
  return {
    'query.filter': filter !== undefined,
    'query.search': search !== undefined,
  };
}
