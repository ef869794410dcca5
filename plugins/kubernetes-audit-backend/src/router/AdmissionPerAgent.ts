import { Admission } from './Admission';

/** An {@link Admission} for each agent, so that none of them keeps another out. */
export class AdmissionPerAgent {
  readonly #limits: Parameters<typeof Admission.create>[0];
  readonly #admissions = new Map<string, Admission>();

  /** @param limits - of each agent */
  static create(
    limits: Parameters<typeof Admission.create>[0],
  ): AdmissionPerAgent {
    return new AdmissionPerAgent(limits);
  }

  private constructor(limits: Parameters<typeof Admission.create>[0]) {
    this.#limits = limits;
  }

  /**
   * @param agentId - of an agent in the configuration: there are not many
   * @returns what to call when it is done
   * @throws TooManyRequestsError
   */
  enter(agentId: string): Promise<() => void> {
    let admission = this.#admissions.get(agentId);
    if (!admission) {
      admission = Admission.create(this.#limits);
      this.#admissions.set(agentId, admission);
    }
    return admission.enter();
  }
}
