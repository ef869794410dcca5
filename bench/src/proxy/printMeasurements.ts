import { printTable } from '../report';
import type { CallMeasurement } from './measureCalls';
import type { MemoryMeasurement } from './measureMemory';
import { SCENARIOS } from './scenarios';

const KIB = 1024;
const MIB = 1024 * 1024;

/** Prints one table for each kind of call and transport. */
export function printCalls(calls: CallMeasurement[]): void {
  for (const { name, title } of SCENARIOS) {
    for (const transport of ['http', 'tls'] as const) {
      const measured = calls.filter(
        call => call.scenario === name && call.transport === transport,
      );
      if (measured.length === 0) {
        continue;
      }
      const contenders = [...new Set(measured.map(call => call.contender))];
      const connections = [...new Set(measured.map(call => call.connections))];
      console.log(
        `${title}, ${
          transport === 'http' ? 'plain HTTP' : 'TLS'
        }; ${connections.join(' | ')} connection(s)`,
      );
      printTable(
        [
          '',
          ...connections.flatMap(() => [
            'requests/s',
            'p50 ms',
            'p99 ms',
            'CPU µs',
          ]),
        ],
        contenders.map(contender => [
          contender,
          ...connections.flatMap(count => {
            const call = measured.find(
              item =>
                item.contender === contender && item.connections === count,
            );
            return [
              call?.requestsPerSecond,
              call?.p50,
              call?.p99,
              call?.cpuPerRequest,
            ];
          }),
        ]),
      );
    }
  }
}

/** Prints what the contenders need of memory. */
export function printMemory(memory: MemoryMeasurement[]): void {
  if (memory.length === 0) {
    return;
  }
  console.log('memory');
  printTable(
    ['', 'KiB per idle watch', '1 GiB up, MiB', '1 GiB down, MiB'],
    memory.map(item => [
      item.transport === 'tls' ? `${item.contender} (TLS)` : item.contender,
      item.perIdleWatch / KIB,
      item.hugeUpload / MIB,
      item.hugeDownload / MIB,
    ]),
  );
}
