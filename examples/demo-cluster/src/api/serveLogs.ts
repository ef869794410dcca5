import { ServerResponse } from 'node:http';
import { objectAt, textAt } from '../json';
import { findContainer } from '../exec/findContainer';
import { KubernetesObject } from '../store/KubernetesObject';
import { ObjectStore, timestamp } from '../store/ObjectStore';
import { isTrue } from './ResourceRequest';

const TICK_MS = 1_000;
/** So that a cluster that runs for days does not answer with all of them. */
const MAX_TICKS = 10_000;

/** A container's log: `tick N` for each second that it runs. */
export function serveLogs(
  response: ServerResponse,
  query: URLSearchParams,
  pod: KubernetesObject,
  store: ObjectStore,
  now: () => number,
): void {
  findContainer(pod, query.get('container'));
  const started = Date.parse(
    textAt(objectAt(pod, 'status'), 'startTime') ?? '',
  );
  const ticksNow = () => Math.floor((now() - started) / TICK_MS);
  const line = (tick: number) => {
    const time = `${timestamp(started + tick * TICK_MS)} `;
    const prefix = isTrue(query.get('timestamps')) ? time : '';
    return `${prefix}tick ${tick}\n`;
  };
  const tail = query.get('tailLines');
  let last = ticksNow();
  const count = Math.min(tail === null ? MAX_TICKS : Number(tail), last);
  const first = last - count + 1;
  const lines = Array.from({ length: count }, (_, index) =>
    line(first + index),
  );
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  if (!isTrue(query.get('follow'))) {
    response.end(lines.join(''));
    return;
  }
  response.write(lines.join(''));
  const timer = setInterval(() => {
    while (last < ticksNow()) {
      last += 1;
      response.write(line(last));
    }
  }, TICK_MS).unref();
  const unsubscribe = store.subscribe(({ type, object }) => {
    const same = object.metadata.uid === pod.metadata.uid;
    if (type === 'DELETED' && same) response.end();
  });
  response.once('close', () => {
    clearInterval(timer);
    unsubscribe();
  });
}
