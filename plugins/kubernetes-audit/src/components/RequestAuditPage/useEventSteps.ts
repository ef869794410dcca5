import type { Page } from 'backstage-plugin-kubernetes-audit-common';
import { useEffect, useState } from 'react';

type Rows = Page<{ id: string }>;

/** A page is on its way whose first or last row is to be opened. */
type Turn = { from: Rows; eventId: string; edge: 'first' | 'last' };

/**
 * From the open event to the ones beside it in the list, over the borders of
 * pages; there is no step at the ends of the list, nor from what is not in it.
 */
export function useEventSteps(options: {
  /** What is open. */
  eventId?: string;
  page?: Rows;
  onShow: (eventId: string) => void;
  /** Turns to another page. */
  onTurn: (cursor: string) => void;
}): { onPrevious?: () => void; onNext?: () => void } {
  const { eventId, page, onShow, onTurn } = options;
  const [turn, setTurn] = useState<Turn>();

  useEffect(() => {
    if (!turn || !page || page === turn.from) {
      return;
    }
    setTurn(undefined);
    const row = page.items.at(turn.edge === 'first' ? 0 : -1);
    // Unless it was closed meanwhile.
    if (row && turn.eventId === eventId) {
      onShow(row.id);
    }
  }, [turn, page, eventId, onShow]);

  if (!page || eventId === undefined) {
    return {};
  }
  const index = page.items.findIndex(({ id }) => id === eventId);
  const stepTo = (
    place: number,
    cursor: string | undefined,
    edge: Turn['edge'],
  ) => {
    if (turn) {
      // Not disabled: a key pressed twice must not take the focus away.
      return () => {};
    }
    const row = index < 0 ? undefined : page.items[place];
    if (row) {
      return () => onShow(row.id);
    }
    return index < 0 || cursor === undefined
      ? undefined
      : () => {
          setTurn({ from: page, eventId, edge });
          onTurn(cursor);
        };
  };
  return {
    onPrevious: stepTo(index - 1, page.prevCursor, 'last'),
    onNext: stepTo(index + 1, page.nextCursor, 'first'),
  };
}
