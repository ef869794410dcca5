import { useMemo } from 'react';
import { useKeptValue } from '../../hooks';

/** A column that a list can have. */
export type ColumnSpec = {
  id: string;
  /** Not shown unless the user asks for it. */
  isOptional?: boolean;
  /** Shown always: it has the link that opens a row by keyboard. */
  isFixed?: boolean;
};

/** All columns of a list in the user's order, and which of them are shown. */
type Choice = { order: string[]; shown: string[] };

/** Which columns a user sees, and in which order. */
export type ColumnChoice = Choice & {
  /** Columns that cannot be hidden. */
  fixed: string[];
  setShown: (id: string, isShown: boolean) => void;
  /** Moves a column so many places, as far as there is room. */
  move: (id: string, places: number) => void;
  reset: () => void;
};

/**
 * The columns of a list as the user has chosen them, kept for that user.
 *
 * @param storageKey - of the list
 * @param specs - a constant: all columns in the order of the specification
 */
export function useColumnChoice(
  storageKey: string,
  specs: readonly ColumnSpec[],
): ColumnChoice {
  const [kept, keep] = useKeptValue(storageKey);
  const { order, shown } = useMemo(
    () => readChoice(kept, specs),
    [kept, specs],
  );
  return {
    order,
    shown,
    fixed: specs.flatMap(({ id, isFixed }) => (isFixed ? [id] : [])),
    setShown: (id, isShown) =>
      keep({
        order,
        shown: order.filter(other =>
          other === id ? isShown : shown.includes(other),
        ),
      }),
    move: (id, places) => {
      const others = order.filter(other => other !== id);
      others.splice(Math.max(0, order.indexOf(id) + places), 0, id);
      keep({ order: others, shown });
    },
    reset: () => keep(undefined),
  };
}

/** The columns that are shown, in the user's order. */
export function chosenColumns<TColumn extends { id: string }>(
  columns: readonly TColumn[],
  choice: Choice,
): TColumn[] {
  return choice.order.flatMap(id =>
    choice.shown.includes(id) ? columns.filter(column => column.id === id) : [],
  );
}

/**
 * What was kept may be of another version of the page: a column that it does
 * not know stands after the one that it follows in the specification.
 */
function readChoice(kept: unknown, specs: readonly ColumnSpec[]): Choice {
  const ids = specs.map(({ id }) => id);
  const order = stringsOf(kept, 'order').filter(id => ids.includes(id));
  const keptShown = stringsOf(kept, 'shown');
  const known = new Set(order);
  specs.forEach(({ id }, index) => {
    if (!known.has(id)) {
      order.splice(index === 0 ? 0 : order.indexOf(ids[index - 1]) + 1, 0, id);
    }
  });
  const isShown = ({ id, isOptional, isFixed }: ColumnSpec) =>
    isFixed || (known.has(id) ? keptShown.includes(id) : !isOptional);
  const shown = new Set(specs.filter(isShown).map(({ id }) => id));
  return { order, shown: order.filter(id => shown.has(id)) };
}

function stringsOf(value: unknown, key: keyof Choice): string[] {
  const list: unknown =
    typeof value === 'object' && value !== null && key in value
      ? Reflect.get(value, key)
      : undefined;
  return Array.isArray(list)
    ? [...new Set(list.filter(item => typeof item === 'string'))]
    : [];
}
