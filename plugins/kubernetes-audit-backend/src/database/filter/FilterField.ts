/** How a field that a filter may name is kept in the database. */
export type FilterField =
  | {
      kind: 'text';
      column: string;
      /** Values, folded, that mean something else than equality with the column: whoever has such fields resolves them. */
      aliases?: { column: string; values: ReadonlySet<string> };
    }
  /** Text items in one column, as `foldList` writes them. */
  | { kind: 'list'; column: string }
  | { kind: 'uuid'; column: string }
  | { kind: 'integer'; column: string }
  | { kind: 'double'; column: string }
  | { kind: 'boolean'; column: string }
  /** Milliseconds since 1970. */
  | { kind: 'time'; column: string };

/** The fields that a filter may name. */
export type FilterFields = ReadonlyMap<string, FilterField>;
