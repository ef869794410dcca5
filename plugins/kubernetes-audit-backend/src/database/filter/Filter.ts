import type { FilterPredicatePrimitive } from '@backstage/filter-predicates';
import type { FilterField } from './FilterField';

/** What a comparison with a bound of time says. */
export type TimeOperator = '$gte' | '$gt' | '$lte' | '$lt';

/** What is asked of one field. */
export type FilterTest =
  | { operator: 'equals'; values: FilterPredicatePrimitive[] }
  | { operator: 'exists'; expected: boolean }
  | { operator: 'contains'; item: string }
  | { operator: 'hasPrefix'; prefix: string }
  | {
      operator: 'range';
      bounds: { operator: TimeOperator; milliseconds: number }[];
    };

/** A filter whose fields, operators and size have been checked. */
export type Filter =
  | { type: 'all'; filters: Filter[] }
  | { type: 'any'; filters: Filter[] }
  | { type: 'not'; filter: Filter }
  | { type: 'test'; field: FilterField; test: FilterTest };
