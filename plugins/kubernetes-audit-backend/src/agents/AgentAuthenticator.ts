import type {
  BackstageServicePrincipal,
  HttpAuthService,
} from '@backstage/backend-plugin-api';
import { InputError, NotAllowedError } from '@backstage/errors';
import type { Request } from 'express';
import { AGENT_ID_HEADER } from 'backstage-plugin-kubernetes-audit-common';
import type { AgentConfig } from '../config';
import { Agent } from './Agent';

/**
 * Tells which agent sends a request. An agent's credential is one entry of
 * `backend.auth.externalAccess`, and its subject is bound to one agent id: the
 * subject is compared whole, so no other kind of service is mistaken for it.
 */
export class AgentAuthenticator {
  readonly #httpAuth: HttpAuthService;
  readonly #agentsBySubject: ReadonlyMap<string, Agent>;

  static create(options: {
    httpAuth: HttpAuthService;
    agents: readonly AgentConfig[];
  }): AgentAuthenticator {
    return new AgentAuthenticator(
      options.httpAuth,
      new Map(
        options.agents.map(agent => [agent.subject, Agent.fromConfig(agent)]),
      ),
    );
  }

  private constructor(
    httpAuth: HttpAuthService,
    agentsBySubject: ReadonlyMap<string, Agent>,
  ) {
    this.#httpAuth = httpAuth;
    this.#agentsBySubject = agentsBySubject;
  }

  /**
   * @throws AuthenticationError without credentials; NotAllowedError with a user's, another service's or another agent's; InputError without an agent id
   */
  async authenticate(request: Request): Promise<Agent> {
    const { principal } = await this.#httpAuth.credentials(request, {
      allow: ['service'],
    });
    const agent = this.#agentsBySubject.get(principal.subject);
    if (!agent) {
      throw new NotAllowedError(
        `The service ${principal.subject} is not bound to an agent`,
      );
    }
    requireUnrestricted(principal);
    const claimedId = request.get(AGENT_ID_HEADER);
    if (claimedId === undefined) {
      throw new InputError(`The header ${AGENT_ID_HEADER} is missing`);
    }
    if (claimedId !== agent.id) {
      throw new NotAllowedError(
        `This credential is not the one of agent ${JSON.stringify(claimedId)}`,
      );
    }
    return agent;
  }
}

/** What agents do is no permission, so a credential that is restricted to permissions may do none of it. */
function requireUnrestricted(principal: BackstageServicePrincipal): void {
  const { permissionNames, permissionAttributes } =
    principal.accessRestrictions ?? {};
  if (permissionNames || permissionAttributes) {
    throw new NotAllowedError(
      'This credential is restricted to permissions, none of which is an agent route',
    );
  }
}
