import { z } from 'zod';

/** Characters of a user code: no vowels, so that no word comes out, and none that look alike. */
const USER_CODE_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
const USER_CODE_LENGTH = 8;
/** Characters of a secret at the most, with the id before it. */
const MAX_SECRET = 256;

/** A user code as it is shown: `WDJB-MJHT`. @public */
export function formatUserCode(code: string): string {
  return `${code.slice(0, USER_CODE_LENGTH / 2)}-${code.slice(
    USER_CODE_LENGTH / 2,
  )}`;
}

/**
 * Makes a user code without its dash.
 *
 * @param randomInteger - a random integer from 0 to below the limit
 * @public
 */
export function makeUserCode(randomInteger: (limit: number) => number): string {
  return Array.from(
    { length: USER_CODE_LENGTH },
    () => USER_CODE_ALPHABET[randomInteger(USER_CODE_ALPHABET.length)],
  ).join('');
}

/** A code as somebody types it; becomes what {@link makeUserCode} made. @public */
export const userCodeSchema = z
  .string()
  .max(64)
  .transform(text => text.toUpperCase().replace(/[\s-]/g, ''))
  .refine(
    code =>
      code.length === USER_CODE_LENGTH &&
      [...code].every(character => USER_CODE_ALPHABET.includes(character)),
    'expected a code like WDJB-MJHT',
  );

/** What a command line calls its machine: it is shown to who approves, so it is kept plain. @public */
export const loginHostNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'expected a host name');

/** The body of `POST /v1/login/device`. @public */
export const deviceLoginRequestSchema = z.strictObject({
  hostName: loginHostNameSchema,
});

/** The body of `POST /v1/login/device`. @public */
export type DeviceLoginRequest = z.infer<typeof deviceLoginRequestSchema>;

/** `POST /v1/login/device`: as a device authorization response of RFC 8628. @public */
export const deviceLoginSchema = z.object({
  /** What the device polls with; nobody else may know it. */
  deviceCode: z.string().min(1).max(MAX_SECRET),
  /** What the device and the portal show: `WDJB-MJHT`. */
  userCode: z.string().min(1).max(64),
  verificationUri: z.url(),
  /** The same with the code in it. */
  verificationUriComplete: z.url(),
  expiresInSeconds: z.number().int().positive(),
  /** Between two polls at the least. */
  intervalSeconds: z.number().positive(),
});

/** `POST /v1/login/device` @public */
export type DeviceLogin = z.infer<typeof deviceLoginSchema>;

/** The body of `POST /v1/login/token`: a poll, or a renewal. @public */
export const loginTokenRequestSchema = z.union([
  z.strictObject({ deviceCode: z.string().min(1).max(MAX_SECRET) }),
  z.strictObject({ renewalSecret: z.string().min(1).max(MAX_SECRET) }),
]);

/** `POST /v1/login/token` @public */
export const loginAnswerSchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('granted'),
    /** For the proxies: a JWT. */
    token: z.string().min(1),
    /** Of the token: ISO 8601. */
    expiresAt: z.iso.datetime(),
    /** Gets the next token, once. */
    renewalSecret: z.string().min(1).max(MAX_SECRET),
    /** Until when there is a next token: ISO 8601. */
    loginExpiresAt: z.iso.datetime(),
  }),
  z.object({
    state: z.literal('pending'),
    intervalSeconds: z.number().positive(),
  }),
  /** Somebody said no. */
  z.object({ state: z.literal('denied') }),
  /** The code or the login is over, was used already, or never was. */
  z.object({ state: z.literal('expired') }),
]);

/** `POST /v1/login/token` @public */
export type LoginAnswer = z.infer<typeof loginAnswerSchema>;

/** The body of `POST /v1/login/end`. @public */
export const loginEndSchema = z.strictObject({
  renewalSecret: z.string().min(1).max(MAX_SECRET),
});

/** The body of `POST /v1/access/logins/…`. @public */
export const userCodeRequestSchema = z.strictObject({
  userCode: userCodeSchema,
});

/** `POST /v1/access/logins/find`: what somebody is asked to approve. @public */
export type PendingLogin = {
  /** As the device shows it. */
  userCode: string;
  hostName: string;
  clientIp: string;
  /** Whether who looks comes from the same address. */
  isSameAddress: boolean;
  requestedAt: string;
  expiresAt: string;
};
