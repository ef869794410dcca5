import { z } from 'zod';

const name = z
  .string()
  .min(1)
  .max(2048)
  .refine(text => !text.includes('\0'), 'NUL is no part of a name');

/** What `POST /v1/erasures` takes. @public */
export const erasureRequestSchema = z.strictObject({
  /** Whose data goes: the entity ref, or the name that the clusters saw. */
  person: z.union([
    z.strictObject({ userEntityRef: name }),
    z.strictObject({ userName: name }),
  ]),
  /** Where the request of the person is kept: it goes to the audit log, the person does not. */
  reference: z.string().min(1).max(1024),
});

/** What an erasure has done. @public */
export type ErasureReport = {
  /** The name that events and credentials have now; absent when there were none. */
  pseudonym?: string;
  /** Events that were changed. */
  events: number;
  /** Recordings that were deleted. */
  recordings: number;
  /** Credentials that were changed, of which those that were valid are revoked, and join tokens that the person has made; logins have ended. */
  credentials: number;
  /** Records kept aside that were deleted. */
  deadLetters: number;
  /** What is under a legal hold and stays as it is. */
  held: { events: number; recordings: number; deadLetters: number };
  /** False when there is more to do: ask again. */
  isComplete: boolean;
};
