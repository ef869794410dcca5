import { describe } from 'node:test';
import { ConnectionsUnderTest } from './ConnectionsUnderTest';
import { ProductUnderTest } from './ProductUnderTest';
import { testObjectConnections } from './testObjectConnections';
import { testOtherConnections } from './testOtherConnections';
import { testSessionConnections } from './testSessionConnections';

/** Every way in which kubectl talks to a cluster, with its rows, for an old kubectl and for a recent one. */
export function testConnections(product: ProductUnderTest): void {
  for (const age of ['old', 'recent'] as const) {
    describe(`every connection of the ${age} kubectl`, () => {
      const connections = ConnectionsUnderTest.create(product, age);
      testObjectConnections(connections);
      testSessionConnections(connections);
      testOtherConnections(connections);
    });
  }
}
