const REPEATS_OBJECT = /appl(?:y|ied)|original/i;
const CREDENTIAL = /token|passw|credential|private-?key|secret[.-]value/i;

/** Whether an annotation repeats its object, as `kubectl.kubernetes.io/last-applied-configuration` does. */
export function repeatsObject(annotation: string): boolean {
  return REPEATS_OBJECT.test(annotation);
}

/** Whether an annotation's name says that it carries a credential, as `openshift.io/token-secret.value` does. */
export function carriesCredential(annotation: string): boolean {
  return CREDENTIAL.test(annotation);
}

/** Whether a text may be a JSON object or list. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}
