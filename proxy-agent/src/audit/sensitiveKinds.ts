/** Kinds whose objects carry secrets. */
export type SensitiveKind =
  | 'Secret'
  | 'TokenRequest'
  | 'TokenReview'
  | 'CertificateSigningRequest';

/** What is known of a body from its URL. */
export type BodyResource = {
  apiGroup: string;
  /** Plural, without the subresource. */
  resource: string;
  subresource: string;
};

/**
 * The fields that an object of the kind shows: whole ones, and of some only
 * those named. Of all others the names stay and the values go, so that a field
 * that nobody thought of is hidden.
 */
export const SHOWN_FIELDS: Readonly<
  Record<SensitiveKind, Readonly<Record<string, true | readonly string[]>>>
> = {
  Secret: { type: true, immutable: true },
  TokenRequest: {
    spec: ['audiences', 'boundObjectRef', 'expirationSeconds'],
  },
  TokenReview: { spec: ['audiences'] },
  CertificateSigningRequest: {
    spec: ['expirationSeconds', 'groups', 'signerName', 'usages', 'username'],
    status: ['conditions'],
  },
};

/** Shown of every kind: what names the object, and the options of a deletion. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set([
  '$patch',
  'apiVersion',
  'dryRun',
  'gracePeriodSeconds',
  'kind',
  'metadata',
  'orphanDependents',
  'preconditions',
  'propagationPolicy',
]);

// `u` with `i` folds as Go's JSON does: U+017F is an s, U+212A a k.
const KINDS: readonly [RegExp, SensitiveKind][] = [
  [/\bsecret(?:list)?\W*$/iu, 'Secret'],
  [/\btokenrequest(?:list)?\W*$/iu, 'TokenRequest'],
  [/\btokenreview(?:list)?\W*$/iu, 'TokenReview'],
  [/\bcertificatesigningrequest(?:list)?\W*$/iu, 'CertificateSigningRequest'],
];
const KIND_KEY = /^kind$/iu;
/** A longer text is no kind, in UTF-16 code units. */
const MAX_KIND_LENGTH = 253;

/** Whether a key is `kind`, in whatever letter case. */
export function isKindKey(key: string): boolean {
  return key.length === 4 && KIND_KEY.test(key);
}

/** The sensitive kind that a `kind` field names, itself or as a list of it. */
export function sensitiveKind(kind: unknown): SensitiveKind | undefined {
  if (typeof kind !== 'string' || kind.length > MAX_KIND_LENGTH) {
    return undefined;
  }
  return KINDS.find(([pattern]) => pattern.test(kind))?.[1];
}

/** The sensitive kind that a URL is about, in any API group. */
export function sensitiveKindOfUrl(
  url: BodyResource,
): SensitiveKind | undefined {
  if (url.subresource.toLowerCase() === 'token') {
    return 'TokenRequest';
  }
  switch (url.resource.toLowerCase()) {
    case 'secrets':
      return 'Secret';
    case 'tokenreviews':
      return 'TokenReview';
    case 'certificatesigningrequests':
      return 'CertificateSigningRequest';
    default:
      return undefined;
  }
}

/** Whether a body goes to an application behind the API server: what is secret in it, nobody here knows. */
export function isForApplication(url: BodyResource): boolean {
  return url.subresource.toLowerCase() === 'proxy';
}
