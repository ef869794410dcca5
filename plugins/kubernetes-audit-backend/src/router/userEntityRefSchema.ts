import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { z } from 'zod';
import { storableText } from './storableText';

/** Characters of an entity ref at the most; the database keeps no longer one. */
const MAX_LENGTH = 255;

/** A user, written as the catalog writes it: in full and in lower case. */
export const userEntityRefSchema = storableText
  .max(MAX_LENGTH)
  .transform((text, context) => {
    try {
      const ref = parseEntityRef(text);
      if (ref.kind.toLowerCase() === 'user') {
        return stringifyEntityRef(ref);
      }
    } catch {
      // Reported below.
    }
    context.addIssue('expected the entity ref of a user: user:default/jane');
    return z.NEVER;
  });
