/**
 * The groups of a user who is not there to sign in: what the sign-in gave,
 * corrected by what has changed in the catalog since. What the sign-in alone
 * knew stays; what it got from the catalog goes when it has gone there. New
 * memberships count if the sign-in took over all that the catalog had: one
 * that picked some would perhaps not have picked these.
 */
export function renewedGroups(known: {
  signIn: readonly string[];
  /** In the catalog at the sign-in … */
  catalogThen: readonly string[];
  /** … and now. */
  catalogNow: readonly string[];
}): string[] {
  const setOf = (refs: readonly string[]) =>
    new Set(refs.map(ref => ref.toLowerCase()));
  const signIn = setOf(known.signIn);
  const then = setOf(known.catalogThen);
  const now = setOf(known.catalogNow);
  const kept = known.signIn.filter(ref => {
    const key = ref.toLowerCase();
    return !then.has(key) || now.has(key);
  });
  const isFollowed = [...then].every(ref => signIn.has(ref));
  const gained = isFollowed
    ? known.catalogNow.filter(
        ref => !then.has(ref.toLowerCase()) && !signIn.has(ref.toLowerCase()),
      )
    : [];
  return [...kept, ...gained];
}
