import { isDeepStrictEqual } from 'node:util';
import { Resource } from '../api/Resource';
import { StatusError } from '../api/StatusError';
import { groupVersion } from '../api/Resource';
import { Draft, KubernetesObject } from './KubernetesObject';

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: Resource;
  readonly object: KubernetesObject;
  readonly previous?: KubernetesObject;
  readonly version: number;
}

export interface WriteOptions {
  /** Answers as usual and keeps nothing. */
  readonly dryRun?: boolean;
}

/** A watch that starts before these gets 410 and lists anew. */
const MAX_HISTORY = 2_000;

/** All objects, in memory, and the newest changes of them. */
export class ObjectStore {
  private readonly objects = new Map<string, KubernetesObject>();
  private readonly history: StoreEvent[] = [];
  private readonly listeners = new Set<(event: StoreEvent) => void>();
  private lastVersion = 0;

  private constructor(
    private readonly now: () => number,
    private readonly newUid: () => string,
  ) {}

  static create(options: {
    now: () => number;
    newUid: () => string;
  }): ObjectStore {
    return new ObjectStore(options.now, options.newUid);
  }

  get version(): number {
    return this.lastVersion;
  }

  find(
    resource: Resource,
    namespace: string | undefined,
    name: string,
  ): KubernetesObject | undefined {
    return this.objects.get(keyOf(resource, namespace, name));
  }

  /** Throws a 404. */
  get(
    resource: Resource,
    namespace: string | undefined,
    name: string,
  ): KubernetesObject {
    const object = this.find(resource, namespace, name);
    if (!object) throw StatusError.notFound(resource, name);
    return object;
  }

  /** Ordered by namespace and name; of all namespaces when none is given. */
  list(resource: Resource, namespace?: string): KubernetesObject[] {
    const prefix = keyOf(resource, namespace, '');
    const every = `${resource.name}/`;
    const wanted = namespace === undefined ? every : prefix;
    return [...this.objects]
      .filter(([key]) => key.startsWith(wanted))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  /** Throws a 409 when the name is taken. */
  create(
    resource: Resource,
    draft: Draft,
    options: WriteOptions = {},
  ): KubernetesObject {
    const { name, namespace } = draft.metadata;
    const key = keyOf(resource, textOrUndefined(namespace), name);
    if (this.objects.has(key)) throw StatusError.alreadyExists(resource, name);
    const object: KubernetesObject = {
      ...draft,
      apiVersion: groupVersion(resource),
      kind: resource.kind,
      metadata: {
        ...draft.metadata,
        namespace: textOrUndefined(namespace),
        uid: this.newUid(),
        resourceVersion: String(this.lastVersion + 1),
        creationTimestamp: timestamp(this.now()),
      },
    };
    if (!options.dryRun) {
      this.objects.set(key, object);
      this.publish({ type: 'ADDED', resource, object });
    }
    return object;
  }

  /**
   * Replaces `previous`. What is equal to it is no change and gets no new
   * version. Throws a 409 when the draft was made from another version.
   */
  replace(
    resource: Resource,
    previous: KubernetesObject,
    draft: Draft,
    options: WriteOptions = {},
  ): KubernetesObject {
    const { name, namespace, uid, resourceVersion, creationTimestamp } =
      previous.metadata;
    const from = draft.metadata.resourceVersion;
    if (from && from !== resourceVersion) {
      throw StatusError.conflict(resource, name);
    }
    const unchanged = {
      ...draft.metadata,
      name,
      namespace,
      uid,
      creationTimestamp,
    };
    const { apiVersion, kind } = previous;
    const same: KubernetesObject = {
      ...draft,
      apiVersion,
      kind,
      metadata: { ...unchanged, resourceVersion },
    };
    // Compared as JSON: an absent key and one that is undefined are the same.
    if (isDeepStrictEqual(asJson(same), asJson(previous))) return previous;
    const object: KubernetesObject = {
      ...same,
      metadata: {
        ...unchanged,
        resourceVersion: String(this.lastVersion + 1),
      },
    };
    if (!options.dryRun) {
      this.objects.set(keyOf(resource, namespace, name), object);
      this.publish({ type: 'MODIFIED', resource, object, previous });
    }
    return object;
  }

  delete(
    resource: Resource,
    previous: KubernetesObject,
    options: WriteOptions = {},
  ): void {
    if (options.dryRun) return;
    const { metadata } = previous;
    this.objects.delete(keyOf(resource, metadata.namespace, metadata.name));
    const object = {
      ...previous,
      metadata: { ...metadata, resourceVersion: String(this.lastVersion + 1) },
    };
    this.publish({ type: 'DELETED', resource, object, previous });
  }

  /** Calls back for each change from now on; returns the end of it. */
  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The changes after `version`, `undefined` when they are no longer known. */
  changesSince(version: number): StoreEvent[] | undefined {
    const oldest = this.history[0]?.version ?? this.lastVersion + 1;
    if (version + 1 < oldest) return undefined;
    return this.history.filter(event => event.version > version);
  }

  private publish(change: Omit<StoreEvent, 'version'>): void {
    this.lastVersion += 1;
    const event = { ...change, version: this.lastVersion };
    this.history.push(event);
    if (this.history.length > MAX_HISTORY) this.history.shift();
    for (const listener of [...this.listeners]) listener(event);
  }
}

function keyOf(
  resource: Resource,
  namespace: string | undefined,
  name: string,
) {
  return `${resource.name}/${namespace ?? ''}/${name}`;
}

/** As the API server writes times: seconds, UTC. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asJson(object: KubernetesObject): unknown {
  return JSON.parse(JSON.stringify(object));
}
