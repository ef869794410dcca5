const REQUEST_TIMEOUT_MS = 10_000;

/** The portal's API as the guest calls it. */
export class PortalClient {
  #url;
  #token = '';

  /** @param {string} url - of the backend, without a trailing slash */
  static create(url) {
    return new PortalClient(url);
  }

  /**
   * @private
   * @param {string} url
   */
  constructor(url) {
    this.#url = url;
  }

  /** Whether the backend takes requests. */
  async isReady() {
    const response = await this.#fetch('/.backstage/health/v1/readiness');
    return response.ok;
  }

  /** Signs the guest in; what follows is asked as the guest. */
  async signIn() {
    const response = await this.#fetch('/api/auth/guest/refresh', {
      headers: { 'x-requested-with': 'XMLHttpRequest' },
    });
    const body = await json(response);
    this.#token = body.backstageIdentity.token;
  }

  /**
   * @param {string} kind
   * @param {string} name
   */
  async hasEntity(kind, name) {
    const response = await this.#fetch(
      `/api/catalog/entities/by-name/${kind}/default/${name}`,
    );
    return response.ok;
  }

  /**
   * @param {string} path - below /api/kubernetes-audit
   * @returns {Promise<any>}
   */
  async get(path) {
    return json(await this.#fetch(`/api/kubernetes-audit${path}`));
  }

  /** @returns {Promise<string>} a kubeconfig in YAML with a fresh credential */
  async issueKubeconfig() {
    const response = await this.#fetch(
      '/api/kubernetes-audit/v1/access/kubeconfig',
      { method: 'POST' },
    );
    return (await json(response)).kubeconfig;
  }

  /**
   * @param {string} path
   * @param {RequestInit} [init]
   */
  #fetch(path, init = {}) {
    return fetch(`${this.#url}${path}`, {
      ...init,
      headers: {
        ...init.headers,
        ...(this.#token && { authorization: `Bearer ${this.#token}` }),
      },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  }
}

/** @param {Response} response */
async function json(response) {
  if (!response.ok) {
    throw new Error(
      `${response.url} answered ${response.status}: ${await response.text()}`,
    );
  }
  return response.json();
}
