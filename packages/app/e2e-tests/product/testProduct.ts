import { after, before, describe } from 'node:test';
import { ProductOptions, ProductUnderTest } from './ProductUnderTest';
import { testAccess } from './testAccess';
import { testAccessibility } from './testAccessibility';
import { testAudit } from './testAudit';
import { testCatalog } from './testCatalog';
import { testConnections } from './testConnections';
import { testEnd } from './testEnd';
import { testExports } from './testExports';
import { testKubectl } from './testKubectl';
import { testKubernetesPlugin } from './testKubernetesPlugin';
import { testPages } from './testPages';
import { testRecordings } from './testRecordings';
import { testReplays } from './testReplays';
import { testRequestPage } from './testRequestPage';
import { testRequestStates } from './testRequestStates';
import { testStart } from './testStart';
import { testTunnels } from './testTunnels';

/**
 * The product as a user meets it: `npm start`, kubectl through the proxy, the
 * audit over the API and in a browser, Ctrl-C. The parts build on each other.
 */
export function testProduct(options: ProductOptions): void {
  describe(options.title, () => {
    const product = ProductUnderTest.create(options);
    before(() => product.start());
    after(() => product.remove());
    testStart(product);
    testKubectl(product);
    testAudit(product);
    testRecordings(product);
    testPages(product);
    testCatalog(product);
    testRequestPage(product);
    testAccess(product);
    testTunnels(product);
    if (options.withReplays) testReplays(product);
    testExports(product, 'optional');
    if (options.withAccessibility) {
      testAccessibility(product);
      testRequestStates(product);
    }
    if (options.withKubernetesPlugin) testKubernetesPlugin(product);
    testConnections(product);
    testEnd(product);
  });
}
