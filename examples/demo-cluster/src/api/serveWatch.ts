import { ServerResponse } from 'node:http';
import { JsonObject } from '../json';
import { ObjectStore, StoreEvent } from '../store/ObjectStore';
import { parseSelectors, Predicate } from '../store/selectors';
import { Representation } from './Representation';
import { groupVersion, Resource } from './Resource';
import { isTrue } from './ResourceRequest';
import { StatusError } from './StatusError';

const BOOKMARK_INTERVAL_MS = 60_000;

interface Watch {
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly represent: Representation;
  readonly store: ObjectStore;
}

/** Streams changes until the client leaves or its `timeoutSeconds` are over. */
export function serveWatch(watch: Watch): void {
  const { response, query, resource, namespace, represent, store } = watch;
  if (isTrue(query.get('sendInitialEvents'))) {
    // Clients that try it list first when they see this.
    throw StatusError.invalid(
      resource,
      '',
      'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    );
  }
  const matches = parseSelectors(query);
  const write = (type: string, object: JsonObject) =>
    response.write(`${JSON.stringify({ type, object })}\n`);
  const deliver = (event: StoreEvent) => {
    const { object } = event;
    const inScope =
      event.resource.name === resource.name &&
      (namespace === undefined || object.metadata.namespace === namespace);
    const type = inScope && typeSeen(event, matches);
    if (type) write(type, represent.one(object));
  };

  const since = query.get('resourceVersion') || '0';
  if (!/^\d+$/.test(since)) {
    throw StatusError.badRequest(
      `resourceVersion: Invalid value: "${since}": strconv.ParseUint: parsing "${since}": invalid syntax`,
    );
  }
  const changes = since === '0' ? [] : store.changesSince(Number(since));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  if (!changes) {
    const gone = StatusError.create(
      410,
      'Expired',
      `too old resource version: ${since}`,
    );
    write('ERROR', gone.toStatus());
    response.end();
    return;
  }
  if (since === '0') {
    store
      .list(resource, namespace)
      .filter(matches)
      .forEach(object => write('ADDED', represent.one(object)));
  }
  changes.forEach(deliver);

  const unsubscribe = store.subscribe(deliver);
  const bookmarks =
    isTrue(query.get('allowWatchBookmarks')) && !represent.isTable
      ? setInterval(() => {
          const metadata = { resourceVersion: String(store.version) };
          const { kind } = resource;
          const apiVersion = groupVersion(resource);
          write('BOOKMARK', { kind, apiVersion, metadata });
        }, BOOKMARK_INTERVAL_MS).unref()
      : undefined;
  const seconds = Number(query.get('timeoutSeconds'));
  const timeout = seconds
    ? setTimeout(() => response.end(), seconds * 1000).unref()
    : undefined;
  response.once('close', () => {
    unsubscribe();
    clearInterval(bookmarks);
    clearTimeout(timeout);
  });
}

/** What the change is to somebody who sees only what the selectors match. */
function typeSeen(
  event: StoreEvent,
  matches: Predicate,
): StoreEvent['type'] | undefined {
  const { type, object, previous } = event;
  const before = previous !== undefined && matches(previous);
  const after = type !== 'DELETED' && matches(object);
  if (before && after) return 'MODIFIED';
  if (after) return 'ADDED';
  return before ? 'DELETED' : undefined;
}
