import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  sign,
} from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { calculateJwkThumbprint } from 'jose';
import { z } from 'zod';
import {
  joinProofText,
  JoinToken,
  PublicKey,
  TunnelJoin,
  TunnelJoined,
  tunnelJoinedSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { writeFileAtomically } from '../../spool';

const KEY_FILE = 'agent-key.pem';
const JOINED_FILE = 'joined.json';

/** What the portal has said when the agent joined, and by which token. */
const joinedSchema = tunnelJoinedSchema.extend({ tokenId: z.string() });

/** Who an agent is: a key pair that never leaves its disk, and the name that the portal gave it. */
export class AgentIdentity {
  readonly publicKey: PublicKey;
  readonly #directory: string;
  readonly #key: KeyObject;
  #joined: z.infer<typeof joinedSchema> | undefined;

  /**
   * Makes the key pair when there is none.
   *
   * @throws Error when the directory or what is in it cannot be used
   */
  static async open(directory: string): Promise<AgentIdentity> {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const key = readKey(`${directory}/${KEY_FILE}`);
      const { kty, crv, x } = z
        .object({ kty: z.string(), crv: z.string(), x: z.string() })
        .parse(createPublicKey(key).export({ format: 'jwk' }));
      const jwk = { kty, crv, x };
      const kid = await calculateJwkThumbprint(jwk);
      const publicKey = { ...jwk, kid, alg: 'EdDSA' };
      return new AgentIdentity(directory, key, publicKey);
    } catch (error) {
      const { message } = error as Error;
      throw new Error(
        `what the agent keeps in ${directory} cannot be used; with an empty directory it needs a new join token: ${message}`,
        { cause: error },
      );
    }
  }

  private constructor(directory: string, key: KeyObject, publicKey: PublicKey) {
    this.#directory = directory;
    this.#key = key;
    this.publicKey = publicKey;
    const text = readIfThere(`${directory}/${JOINED_FILE}`);
    this.#joined =
      text === undefined ? undefined : joinedSchema.parse(JSON.parse(text));
  }

  /** Undefined until the agent has joined. */
  get name(): string | undefined {
    return this.#joined?.name;
  }

  /** The clusters that calls may reach through the agent, with globs; undefined until it has joined. */
  get clusters(): readonly string[] | undefined {
    return this.#joined?.clusters;
  }

  /** Whether the agent has joined with this token, or with any when there is none. */
  hasJoined(token: JoinToken | undefined): boolean {
    return (
      this.#joined !== undefined &&
      (token === undefined || token.id === this.#joined.tokenId)
    );
  }

  /** In base64url. */
  sign(text: Buffer): string {
    return sign(undefined, text, this.#key).toString('base64url');
  }

  /** What is sent to join. */
  joinWith(token: JoinToken): TunnelJoin {
    return {
      tokenId: token.id,
      key: this.publicKey,
      proof: createHmac('sha256', token.secret)
        .update(joinProofText(token.id, this.publicKey.kid))
        .digest('base64url'),
    };
  }

  /** Keeps what the portal has said. */
  keepJoined(token: JoinToken, joined: TunnelJoined): void {
    this.#joined = { ...joined, tokenId: token.id };
    writeFileAtomically(
      `${this.#directory}/${JOINED_FILE}`,
      JSON.stringify(this.#joined),
    );
  }
}

function readKey(file: string): KeyObject {
  const known = readIfThere(file);
  if (known !== undefined) {
    return createPrivateKey(known);
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  writeFileAtomically(
    file,
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  return privateKey;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
