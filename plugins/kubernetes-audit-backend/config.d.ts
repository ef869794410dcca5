export interface Config {
  /** Configuration of the Kubernetes Audit backend plugin. */
  kubernetesAudit?: {
    /**
     * Entity refs of the users who may read the audit where the host's
     * permission framework is switched off (`permission.enabled`).
     *
     * @visibility backend
     */
    administrators?: string[];

    /**
     * The agents: who may deliver audit events and recordings.
     *
     * @visibility backend
     */
    agents?: Array<{
      /**
       * What the agent sends as `X-Agent-Id`.
       *
       * @visibility backend
       */
      id: string;
      /**
       * The subject of the agent's entry in `backend.auth.externalAccess`.
       *
       * @visibility backend
       */
      subject: string;
      /**
       * Names of the clusters that it may speak of; `*` and `?` are globs.
       *
       * @visibility backend
       */
      clusters: string[];
      /**
       * Where users reach the proxy; what it says of itself by default. Who
       * has stolen its token cannot send users elsewhere then.
       *
       * @visibility backend
       */
      publicUrl?: string;
    }>;

    /**
     * Tags of clusters, by which roles select them. One given here stands in
     * for the tag of the same key in the proxy's own configuration.
     *
     * @visibility backend
     */
    clusters?: Array<{
      /** @visibility backend */
      name: string;
      /** @visibility backend */
      tags: { [name: string]: string };
    }>;

    /**
     * Roles: who may do what in which cluster. A file is taken in with `$include`.
     *
     * @visibility backend
     */
    roles?: Array<{
      /** @visibility backend */
      name: string;
      /**
       * Catalog entity refs of users and groups.
       *
       * @visibility backend
       */
      subjects: string[];
      /**
       * Names of clusters with globs, or a selector by tags.
       *
       * @visibility backend
       */
      clusters: string[] | { tags: { [name: string]: string } };
      /**
       * The groups that the proxy impersonates.
       *
       * @visibility backend
       */
      kubernetesGroups?: string[];
      /** @visibility backend */
      impersonation?: {
        /**
         * What `--as` may name.
         *
         * @visibility backend
         */
        users?: string[];
        /**
         * What `--as-group` may name.
         *
         * @visibility backend
         */
        groups?: string[];
      };
      /**
       * A deny wins over every allow; what no rule allows is denied.
       *
       * @visibility backend
       */
      rules: Array<{
        /** @visibility backend */
        effect: 'allow' | 'deny';
        /**
         * The core group is `''`.
         *
         * @visibility backend
         */
        apiGroups?: string[];
        /** @visibility backend */
        resources?: string[];
        /** @visibility backend */
        nonResourceUrls?: string[];
        /** @visibility backend */
        namespaces?: string[];
        /** @visibility backend */
        names?: string[];
        /** @visibility backend */
        verbs: string[];
      }>;
      /** @visibility backend */
      conditions?: {
        /**
         * Networks in CIDR notation.
         *
         * @visibility backend
         */
        clientIps?: string[];
      };
      /** @visibility backend */
      session?: {
        /**
         * Such as `15m`.
         *
         * @visibility backend
         */
        idleTimeout?: string;
        /** @visibility backend */
        maxDuration?: string;
        /** @visibility backend */
        record?: boolean;
        /**
         * What is typed in a terminal; `all` also what is piped in without one.
         *
         * @visibility backend
         */
        recordInput?: boolean | 'all';
        /** @visibility backend */
        banner?: string;
      };
    }>;

    /**
     * The credentials that users get in a kubeconfig.
     *
     * @visibility backend
     */
    credentials?: {
      /**
       * Such as `12h`, the default.
       *
       * @visibility backend
       */
      lifetime?: string;
      /**
       * The proxies that accept the credentials; `default` by default.
       *
       * @visibility backend
       */
      proxyGroup?: string;
      /**
       * The user's name in the clusters, from `{kind}`, `{namespace}`,
       * `{name}` and `{email}` of the user entity. By default `{name}` in the
       * namespace `default`, else `{namespace}/{name}`.
       *
       * @visibility backend
       */
      userNameTemplate?: string;
      /**
       * Stands before each name.
       *
       * @visibility backend
       */
      userNamePrefix?: string;
      /** Of command lines that sign in and renew their credential. */
      login?: {
        /**
         * How long a login is renewed before the user signs in again; `7d` by
         * default.
         *
         * @visibility backend
         */
        lifetime?: string;
        /**
         * How long each of its tokens is valid, `1m` at least; `1h` by default.
         *
         * @visibility backend
         */
        tokenLifetime?: string;
      };
    };

    /** @visibility backend */
    keys?: {
      /**
       * Encrypts the signing keys in the database; at least 16 characters.
       * Without it `backend.auth.keys[0].secret` does.
       *
       * @visibility secret
       */
      encryptionSecret?: string;
      /**
       * How long a key signs before the next one does: such as `30d`, the
       * default, one hour at least, or `manual`.
       *
       * @visibility backend
       */
      rotation?: string;
    };

    /** @visibility backend */
    recordings?: {
      /**
       * A larger recording is downloaded instead of played: bytes of
       * asciicast, 734003200 (700 MiB) by default, or `unlimited`.
       *
       * @visibility backend
       */
      maxPlaybackSize?: number | 'unlimited';
      /**
       * The directory of the recordings unless there is `s3`, or a module
       * brings another store; `./kubernetes-audit-recordings` by default.
       *
       * @visibility backend
       */
      path?: string;
      /** Keeps the recordings in a bucket of S3, or of what speaks as S3 does. */
      s3?: {
        /** @visibility backend */
        bucket: string;
        /**
         * Before the names of all objects, without a slash at the end.
         *
         * @visibility backend
         */
        prefix?: string;
        /**
         * `us-east-1` by default.
         *
         * @visibility backend
         */
        region?: string;
        /**
         * The URL of a server that is not Amazon's.
         *
         * @visibility backend
         */
        endpoint?: string;
        /**
         * Names the bucket in the path instead of the host.
         *
         * @visibility backend
         */
        pathStyle?: boolean;
        /**
         * An account of `aws.accounts`, whose credentials are used. Without
         * this and without keys: those of the environment.
         *
         * @visibility backend
         */
        accountId?: string;
        /** @visibility secret */
        accessKeyId?: string;
        /** @visibility secret */
        secretAccessKey?: string;
        /** By the server, at rest; without it the bucket's default counts. */
        encryption?: {
          /** @visibility backend */
          algorithm: 'AES256' | 'aws:kms';
          /**
           * Of the KMS.
           *
           * @visibility backend
           */
          keyId?: string;
        };
      };
    };

    /** @visibility backend */
    export?: {
      /**
       * Whether recordings leave the portal only inside an encrypted file;
       * `optional` by default.
       *
       * @visibility backend
       */
      encryption?: 'off' | 'optional' | 'required';
    };

    /** @visibility backend */
    retention?: {
      /**
       * How long audit events are kept: `forever` (the default), or at least
       * `1d`. They go by whole days of UTC.
       *
       * @visibility backend
       */
      events?: 'forever' | string;
      /**
       * How long recordings are kept since their start: `forever` (the
       * default), or at least `1d`. A legal hold keeps one longer.
       *
       * @visibility backend
       */
      recordings?: 'forever' | string;
    };
  };
}
