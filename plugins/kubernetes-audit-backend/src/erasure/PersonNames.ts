import type { KubernetesUserNames } from '../access';
import type { Person } from '../audit';

/** What a person is called, in lower case. */
export type PersonNames = {
  userEntityRefs: ReadonlySet<string>;
  /** In the clusters. */
  userNames: ReadonlySet<string>;
};

/** A person by its other names, too: the portal gives each of those to one user alone. */
export async function readPersonNames(
  person: Person,
  userNames: KubernetesUserNames,
): Promise<PersonNames> {
  const lower = (texts: string[]) =>
    new Set(texts.map(text => text.toLowerCase()));
  if ('userName' in person) {
    return {
      userEntityRefs: lower(await userNames.ownersOf(person.userName)),
      userNames: lower([person.userName]),
    };
  }
  return {
    userEntityRefs: lower([person.userEntityRef]),
    userNames: lower(await userNames.namesOf(person.userEntityRef)),
  };
}
