import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2.2 AA, and what axe holds to be good practice. */
const TAGS = [
  'wcag2a',
  'wcag2aa',
  'wcag21a',
  'wcag21aa',
  'wcag22aa',
  'best-practice',
];
const LEFT_OUT = [
  // Backstage's own header, which is outside of every landmark.
  '.bui-PluginHeader',
  // React Aria names a button there that waits, and for some seconds longer.
  '[data-live-announcer]',
];

/** What axe finds wrong with all that a page shows: a line for each element. */
export async function findViolations(page: Page): Promise<string[]> {
  // Evaluated, not added: the portal's policy allows no script of others.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    ([tags, leftOut]): Promise<AxeResults> =>
      Reflect.get(window, 'axe').run(
        { include: ['body'], exclude: leftOut },
        { runOnly: { type: 'tag', values: tags } },
      ),
    [TAGS, LEFT_OUT] as const,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) =>
        `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`,
    ),
  );
}
