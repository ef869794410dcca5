import type { Transport } from './Contender';
import type { Scenario } from './scenarios';

/** How often and how long each kind of call is measured: what a check is about more often. */
export type PlannedCalls = {
  scenario: Scenario['name'];
  transport: Transport;
  connections: number;
  rounds: number;
  seconds: number;
};

const calls = (
  scenario: Scenario['name'],
  transport: Transport,
  rounds: number,
  seconds: number,
): PlannedCalls[] =>
  [1, 32].map(connections => ({
    scenario,
    transport,
    connections,
    rounds,
    seconds,
  }));

export const PLAN: PlannedCalls[] = [
  ...calls('get', 'http', 7, 1),
  ...calls('create', 'http', 5, 1),
  ...calls('list', 'http', 3, 0.7),
  ...calls('watch', 'http', 3, 0.5),
  ...calls('get', 'tls', 3, 0.8),
  ...calls('create', 'tls', 3, 0.8),
  ...calls('list', 'tls', 3, 0.7),
  ...calls('watch', 'tls', 3, 0.5),
];
