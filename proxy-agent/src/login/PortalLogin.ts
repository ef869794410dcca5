import {
  DeviceLogin,
  deviceLoginSchema,
  LoginAnswer,
  loginAnswerSchema,
} from 'backstage-plugin-kubernetes-audit-common';
import { z } from 'zod';

/** How long the portal has to answer, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

const errorBodySchema = z.object({ error: z.object({ message: z.string() }) });

/** The portal refused, with a reason that is worth telling. */
export class PortalRefusal extends Error {
  readonly name = 'PortalRefusal';
}

/** The portal's routes for command lines; all of them throw when it cannot be reached or refuses. */
export interface PortalLogin {
  begin(hostName: string): Promise<DeviceLogin>;
  poll(deviceCode: string): Promise<LoginAnswer>;
  renew(renewalSecret: string): Promise<LoginAnswer>;
  end(renewalSecret: string): Promise<void>;
}

/** Over HTTP. */
export class HttpPortalLogin implements PortalLogin {
  /** @param url - of the portal's API */
  static create(url: string): HttpPortalLogin {
    return new HttpPortalLogin(url);
  }

  private constructor(private readonly url: string) {}

  async begin(hostName: string): Promise<DeviceLogin> {
    return deviceLoginSchema.parse(await this.#post('device', { hostName }));
  }

  async poll(deviceCode: string): Promise<LoginAnswer> {
    return loginAnswerSchema.parse(await this.#post('token', { deviceCode }));
  }

  async renew(renewalSecret: string): Promise<LoginAnswer> {
    return loginAnswerSchema.parse(
      await this.#post('token', { renewalSecret }),
    );
  }

  async end(renewalSecret: string): Promise<void> {
    await this.#post('end', { renewalSecret });
  }

  async #post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.url}/v1/login/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // The secrets in the body are for this address alone.
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new PortalRefusal(
        `the portal answered ${response.status}: ${reasonIn(text)}`,
      );
    }
    return JSON.parse(text);
  }
}

function reasonIn(text: string): string {
  try {
    return errorBodySchema.parse(JSON.parse(text)).error.message;
  } catch {
    return 'it is no portal with Kubernetes Audit';
  }
}
