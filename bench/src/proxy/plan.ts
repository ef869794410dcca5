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
  ...calls('get', 'http', 9, 0.7),
  ...calls('create', 'http', 5, 0.7),
  ...calls('list', 'http', 3, 0.5),
  ...calls('watch', 'http', 2, 0.3),
  ...calls('get', 'tls', 3, 0.7),
  ...calls('create', 'tls', 3, 0.7),
  ...calls('list', 'tls', 2, 0.5),
  ...calls('watch', 'tls', 2, 0.3),
];
