import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Demo } from '../support/Demo';
import { ProductUnderTest } from './ProductUnderTest';

/** What `npm start` leaves behind and refuses. */
export function testStart(product: ProductUnderTest): void {
  describe('npm start', () => {
    it('writes what scripts need, for the user alone', () => {
      const env = product.demo.env();
      assert.equal(env.PORTAL_URL, `http://localhost:${product.portBase}`);
      assert.equal(env.BACKEND_URL, env.PORTAL_URL);
      assert.equal(env.PROXY_URL, `https://127.0.0.1:${product.portBase + 1}`);
      assert.equal(
        env.PROXY_ADMIN_URL,
        `http://127.0.0.1:${product.portBase + 2}`,
      );
      assert.ok(statSync(env.PROXY_CA).isFile());
      assert.equal(env.AGENT_ID, 'demo-proxy');
      assert.ok(env.AGENT_TOKEN.length >= 32);
      assert.equal(statSync(product.demo.path('.')).mode & 0o777, 0o700);
      assert.equal(statSync(product.demo.kubeconfig).mode & 0o777, 0o600);
      assert.equal(statSync(product.demo.path('env')).mode & 0o777, 0o600);
    });

    it('prints three kubectl commands that work', async () => {
      const commands = product.demo.suggestedCommands();
      assert.equal(commands.length, 3, product.demo.output);
      for (const command of commands) {
        const { code, stderr } = await product.kubectl.shell(command);
        assert.equal(code, 0, `${command}: ${stderr}`);
      }
    });

    it('refuses a port that is taken and says which', async () => {
      const second = Demo.create({
        portBase: product.portBase,
        directory: `${product.directory}-second`,
        env: product.cluster.env,
      });
      try {
        await assert.rejects(
          second.start(),
          new RegExp(`port ${product.portBase} \\(portal\\)`),
        );
      } finally {
        await second.remove();
      }
    });
  });
}
