import { DEFAULT_NAMESPACE, parseEntityRef } from '@backstage/catalog-model';
import { ConflictError, InputError, NotAllowedError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { KubernetesAuditConfig } from '../config';

/** Characters of a name at the most. */
const MAX_NAME = 1024;
/** A header carries the name, so it has no control characters. */
const CONTROL_CHARACTER = /\p{Cc}/u;

type KubernetesUserRow = { kubernetes_user: string; user_entity_ref: string };

/** Decides what users are called in the clusters, each name for one user for ever. */
export class KubernetesUserNames {
  readonly #knex: Knex;
  readonly #template: string | undefined;
  readonly #prefix: string;

  static create(options: {
    knex: Knex;
    config: KubernetesAuditConfig;
  }): KubernetesUserNames {
    const { userNameTemplate, userNamePrefix } = options.config.credentials;
    return new KubernetesUserNames(
      options.knex,
      userNameTemplate,
      userNamePrefix,
    );
  }

  private constructor(
    knex: Knex,
    template: string | undefined,
    prefix: string,
  ) {
    this.#knex = knex;
    this.#template = template;
    this.#prefix = prefix;
  }

  /**
   * The user's name, which is the user's from now on.
   *
   * @throws NotAllowedError when it would be a name of Kubernetes itself; ConflictError when another user has it; InputError when it cannot be made
   */
  async claim(userEntityRef: string, email?: string): Promise<string> {
    const name = this.#nameOf(userEntityRef, email);
    if (name.toLowerCase().startsWith('system:')) {
      throw new NotAllowedError(
        `The name ${name} is reserved: names that begin with system: belong to Kubernetes`,
      );
    }
    if (name === '' || name.length > MAX_NAME || CONTROL_CHARACTER.test(name)) {
      throw new InputError(
        `${userEntityRef} has no name that Kubernetes could use`,
      );
    }
    const owner = userEntityRef.toLowerCase();
    await this.#knex<KubernetesUserRow>('kubernetes_users')
      .insert({ kubernetes_user: name, user_entity_ref: owner })
      .onConflict('kubernetes_user')
      .ignore();
    const [row] = await this.#knex<KubernetesUserRow>('kubernetes_users').where(
      'kubernetes_user',
      name,
    );
    if (row.user_entity_ref !== owner) {
      throw new ConflictError(
        `The name ${name} is taken by ${row.user_entity_ref}: two users must not be one in a cluster`,
      );
    }
    return name;
  }

  /** The names that a user was given. */
  async namesOf(userEntityRef: string): Promise<string[]> {
    const rows = await this.#knex<KubernetesUserRow>('kubernetes_users').where(
      'user_entity_ref',
      userEntityRef.toLowerCase(),
    );
    return rows.map(row => row.kubernetes_user);
  }

  /** The users, in lower case, that were given a name, written in any case. */
  async ownersOf(name: string): Promise<string[]> {
    const rows = await this.#knex<KubernetesUserRow>(
      'kubernetes_users',
    ).whereRaw('lower(kubernetes_user) = ?', [name.toLowerCase()]);
    return rows.map(row => row.user_entity_ref);
  }

  #nameOf(userEntityRef: string, email: string | undefined): string {
    const { kind, namespace, name } = parseEntityRef(userEntityRef);
    if (this.#template === undefined) {
      return namespace === DEFAULT_NAMESPACE
        ? `${this.#prefix}${name}`
        : `${this.#prefix}${namespace}/${name}`;
    }
    if (email === undefined && this.#template.includes('{email}')) {
      throw new InputError(
        `${userEntityRef} has no e-mail address in the catalog, and names are made of it`,
      );
    }
    const values: Record<string, string | undefined> = {
      kind,
      namespace,
      name,
      email,
    };
    return `${this.#prefix}${this.#template.replace(
      /\{([^}]*)\}/g,
      (_, placeholder: string) => values[placeholder] ?? '',
    )}`;
  }
}
