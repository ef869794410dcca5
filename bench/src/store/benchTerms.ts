import type { Knex } from 'knex';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import {
  SINGLE_TERM_KINDS,
  SingleTermKind,
  Term,
  TermDictionary,
} from '../../../plugins/kubernetes-audit-backend/src/audit/terms';
import { GROUPS, POPULATION, RARE_USER } from './population';

/** The ids of names, in their order; that of the past comes last. */
export type BenchTerms = {
  single: Record<SingleTermKind, { names: string[]; ids: number[] }>;
  groups: { names: string[]; ids: number[] };
  rareUser: number;
};

/** Brings the population's names into the dictionary. */
export async function makeTerms(knex: Knex): Promise<BenchTerms> {
  const namesOf = (kind: SingleTermKind) => {
    const { names, past } = POPULATION[kind];
    return past ? [...names, past.name] : names;
  };
  const term = (kind: Term['kind'], name: string): Term => ({
    kind,
    value: name.toUpperCase(),
  });
  return knex.transaction(async transaction => {
    const ids = await TermDictionary.create().ensure(transaction, [
      ...SINGLE_TERM_KINDS.flatMap(kind =>
        namesOf(kind).map(name => term(kind, name)),
      ),
      ...GROUPS.map(name => term('group', name)),
      term('user', RARE_USER),
    ]);
    const withIds = (kind: Term['kind'], names: string[]) => ({
      names,
      ids: names.map(name => ids.get(term(kind, name))),
    });
    const single = Object.fromEntries(
      SINGLE_TERM_KINDS.map(kind => [kind, withIds(kind, namesOf(kind))]),
    ) as BenchTerms['single'];
    return {
      single,
      groups: withIds('group', GROUPS),
      rareUser: ids.get(term('user', RARE_USER)),
    };
  });
}
