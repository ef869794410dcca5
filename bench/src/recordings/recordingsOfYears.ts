import type { RecordingHeader } from 'backstage-plugin-kubernetes-audit-common';
// A helper of its tests, which the package does not export.
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import { SeededRandom } from '../../../proxy-agent/test/faults/SeededRandom';

const USERS = 2000;
const CLUSTERS = 40;
const ADDRESSES = 6000;
const CLIENTS = [
  ...Array.from({ length: 12 }, (_, minor) => `kubectl/v1.${20 + minor}.3`),
  'k9s/v0.32.5',
  'node-fetch/3.3.2',
];
const END = Date.parse('2026-11-22T00:00:00.000Z');
const SPAN_MS = 3 * 365 * 24 * 3600_000;

/** Who has few recordings among all. */
export const RARE_USER = 'zoe.seldom';
/** A cluster that was given up: all of its recordings are old. */
export const OLD_CLUSTER = 'retired-eu-1';
/** The share of the time in which it was there. */
const OLD_SHARE = 0.2;
/** Recordings of the rare user. */
const RARE_COUNT = 5;

export function userNameOf(user: number): string {
  return `user.${String(user).padStart(4, '0')}`;
}

/** One of the addresses that a user comes from: 0 to 2. */
export function addressOf(user: number, which: number): string {
  const address = ((user + 1) * 7 + which) % ADDRESSES;
  return `10.${address >> 8}.${address & 255}.7`;
}

/** The headers of that many recordings in three years, the oldest first. */
export function* recordingsOfYears(
  count: number,
  seed: number,
): Generator<RecordingHeader> {
  const random = SeededRandom.create(seed);
  const number = (below: number) => Math.floor(random.next() * below);
  const rareEach = Math.ceil(count / RARE_COUNT);
  for (let i = 0; i < count; i++) {
    const user = i % rareEach === 0 ? -1 : number(USERS);
    const isOld = i < count * OLD_SHARE && number(10) === 0;
    const userName = user < 0 ? RARE_USER : userNameOf(user);
    const startedAt = new Date(
      END - SPAN_MS + Math.floor((SPAN_MS / count) * i),
    ).toISOString();
    yield {
      id: uuid(i, 9),
      sessionId: uuid(i, 8),
      name: `${userName}_${startedAt.replace(/[-:]|\.\d+/g, '')}`,
      startedAt,
      userName,
      userEmail: `${userName}@example.com`,
      userEntityRef: `user:default/${userName}`,
      clientIp: addressOf(user, number(3)),
      clientName: CLIENTS[number(CLIENTS.length)],
      clusterName: isOld ? OLD_CLUSTER : `prod-${number(CLUSTERS)}`,
      clusterEndpoint: 'https://10.0.0.1:6443',
      role: 'developer',
      namespace: `team-${number(100)}`,
      podName: `api-${number(1000)}`,
      container: 'main',
      kind: 'exec',
      command: ['sh'],
      tty: true,
      size: { columns: 120, rows: 40 },
      connectedFrom: 'Proxy',
    };
  }
}

function uuid(number: number, variant: number): string {
  return `019aa000-0000-7000-${variant}000-${number
    .toString(16)
    .padStart(12, '0')}`;
}
