import type {
  DeliveryGap,
  Page,
  RequestAuditListItem,
} from 'backstage-plugin-kubernetes-audit-common';
import type { RowNote } from '../AuditList';
import { GapText } from './GapText';

/**
 * The gaps that were noticed between the calls of a page: at the times of
 * other pages they stand on those.
 */
export function gapNotes(
  gaps: readonly DeliveryGap[],
  page: Page<Pick<RequestAuditListItem, 'executedAt'>>,
  order: 'asc' | 'desc',
): RowNote[] {
  const { items, prevCursor, nextCursor } = page;
  return gaps.flatMap(gap => {
    const found = items.findIndex(({ executedAt }) =>
      order === 'desc' ? executedAt <= gap.since : executedAt >= gap.since,
    );
    const index = found < 0 ? items.length : found;
    const isElsewhere =
      (index === 0 && prevCursor) || (index === items.length && nextCursor);
    return isElsewhere
      ? []
      : [
          {
            key: `${gap.epoch}/${gap.firstSequence}`,
            index,
            content: <GapText gap={gap} />,
          },
        ];
  });
}
