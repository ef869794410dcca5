import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SESSION_COUNT } from './markers';
import { ProductUnderTest } from './ProductUnderTest';
import { testExports } from './testExports';

/** The end of the demo, and its next start, with another configuration. */
export function testEnd(product: ProductUnderTest): void {
  describe('Ctrl-C', () => {
    let recordings: number;

    it('ends every process and frees the ports', async () => {
      recordings = (await product.portal.recordings()).length;
      assert.ok(recordings >= SESSION_COUNT);
      assert.ok(product.demo.processes().length > 0);
      await product.demo.interrupt();
      assert.deepEqual(product.demo.processes(), []);
      assert.deepEqual(await product.demo.openPorts(), []);
    });

    it('lets a second start work at once, with what was there', async () => {
      await product.start({
        APP_CONFIG_kubernetesAudit_export_encryption: '"required"',
      });
      assert.equal((await product.portal.recordings()).length, recordings);
      await product.kubectlOk(['get', 'pods']);
    });

    testExports(product, 'required');

    it('ends what was started again', async () => {
      await product.demo.interrupt();
      assert.deepEqual(product.demo.processes(), []);
    });
  });
}
