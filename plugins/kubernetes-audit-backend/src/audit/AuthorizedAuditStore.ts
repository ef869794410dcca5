import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  RequestAuditHistogram,
  RequestAuditPage,
  requestAuditReadPermission,
  StoredRequestAuditEvent,
} from 'backstage-plugin-kubernetes-audit-common';
import type { Authorizer } from '../authorization';
import type { AuditStore, EventQuery, EventSelection } from './AuditStore';

/** The audit events as a user may see them. */
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
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    query: EventQuery,
  ): Promise<RequestAuditPage> {
    await this.authorizer.require(credentials, requestAuditReadPermission);
    return this.store.list(query);
  }

  /**
   * @throws NotAllowedError, and what {@link AuditStore.histogram} throws
   */
  async histogram(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    selection: EventSelection,
  ): Promise<RequestAuditHistogram> {
    await this.authorizer.require(credentials, requestAuditReadPermission);
    return this.store.histogram(selection);
  }

  /**
   * @throws NotAllowedError, NotFoundError
   */
  async get(
    credentials: BackstageCredentials<BackstageUserPrincipal>,
    id: string,
  ): Promise<StoredRequestAuditEvent> {
    await this.authorizer.require(credentials, requestAuditReadPermission);
    const event = await this.store.get(id);
    if (!event) {
      throw new NotFoundError(`No event with id ${id}`);
    }
    return event;
  }
}
