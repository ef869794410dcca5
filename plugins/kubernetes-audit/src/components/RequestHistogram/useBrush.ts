import { KeyboardEvent, PointerEvent, useEffect, useState } from 'react';
import { callsOf, Slots, Span } from './histogramSlots';

/** How far a key of its own goes, in bars. */
const FAR = 10;

/** First and last of the bars that are pointed at, both included. */
export type Selection = { first: number; last: number };

/**
 * Points at bars and selects some of them, with a pointer or with keys: where
 * it is, and what the plot listens with.
 */
export function useBrush(view: Slots, onZoom: (span: Span) => void) {
  const { slots, from, to, widthMs } = view;
  /** The bar that is pointed at. */
  const [active, setActive] = useState<number>();
  /** Where the selection began. */
  const [anchor, setAnchor] = useState<number>();
  const end = slots.length - 1;

  useEffect(() => {
    // Other bars stand there now.
    setActive(undefined);
    setAnchor(undefined);
  }, [from, to, widthMs]);

  const selection: Selection | undefined =
    active === undefined || active > end
      ? undefined
      : {
          first: Math.min(active, anchor ?? active),
          last: Math.max(active, Math.min(anchor ?? active, end)),
        };

  const zoom = () => {
    setAnchor(undefined);
    if (!selection) {
      return;
    }
    const { first, last } = selection;
    const isAll = first === 0 && last === end;
    // A click beside the bars is meant for none.
    const isNone = first === last && callsOf(slots[first]) === 0;
    if (!isAll && !isNone) {
      onZoom({ from: slots[first].from, to: slots[last].to });
    }
  };

  const slotAt = ({ currentTarget, clientX }: PointerEvent) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const time = from + ((clientX - left) / width) * (to - from);
    const index = slots.findIndex(slot => time < slot.to);
    return index < 0 ? end : index;
  };

  /** The newest calls are asked about most. */
  const startOfKeys = () =>
    slots.reduce(
      (found, slot, index) => (callsOf(slot) > 0 ? index : found),
      end,
    );

  const moveTo = (place: number, isSelecting: boolean) => {
    const now = active ?? startOfKeys();
    setAnchor(isSelecting ? anchor ?? now : undefined);
    setActive(Math.max(0, Math.min(end, place)));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const { key, shiftKey } = event;
    const now = active ?? startOfKeys();
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowDown':
        moveTo(now - 1, shiftKey);
        break;
      case 'ArrowRight':
      case 'ArrowUp':
        moveTo(now + 1, shiftKey);
        break;
      case 'PageDown':
        moveTo(now - FAR, shiftKey);
        break;
      case 'PageUp':
        moveTo(now + FAR, shiftKey);
        break;
      case 'Home':
        moveTo(0, shiftKey);
        break;
      case 'End':
        moveTo(end, shiftKey);
        break;
      case 'Enter':
      case ' ':
        zoom();
        break;
      case 'Escape':
        setAnchor(undefined);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return {
    selection,
    /** Where the keys are. */
    place: Math.min(active ?? startOfKeys(), end),
    listeners: {
      onKeyDown,
      onFocus: () => setActive(now => now ?? startOfKeys()),
      onBlur: () => {
        setActive(undefined);
        setAnchor(undefined);
      },
      onPointerDown: (event: PointerEvent) => {
        if (event.button === 0) {
          event.currentTarget.setPointerCapture?.(event.pointerId);
          setAnchor(slotAt(event));
          setActive(slotAt(event));
        }
      },
      onPointerMove: (event: PointerEvent) => setActive(slotAt(event)),
      onPointerUp: () => {
        if (anchor !== undefined) {
          zoom();
        }
      },
      onPointerCancel: () => setAnchor(undefined),
      onPointerLeave: () => {
        if (anchor === undefined) {
          setActive(undefined);
        }
      },
    },
  };
}
