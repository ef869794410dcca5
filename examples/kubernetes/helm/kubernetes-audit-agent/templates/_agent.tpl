{{/* The name of an agent's objects: of the release, and proxy or tunnel. */}}
{{- define "agent.name" -}}
{{ .root.Release.Name }}-{{ .component }}
{{- end -}}

{{- define "agent.labels" -}}
app.kubernetes.io/name: kubernetes-audit-agent
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* What both kinds of agent share: who they are, what they may do, how they run. */}}
{{- define "agent.objects" -}}
{{- $name := include "agent.name" . -}}
{{- $namespace := .root.Release.Namespace -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $name }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ .root.Release.Name }}-impersonator
subjects:
  - kind: ServiceAccount
    name: {{ $name }}
    namespace: {{ $namespace }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
spec:
  minAvailable: 1
  selector:
    matchLabels:
      {{- include "agent.labels" . | nindent 6 }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "agent.labels" . | nindent 4 }}
spec:
  serviceName: {{ .podsService }}
  replicas: {{ .values.replicas }}
  podManagementPolicy: Parallel
  selector:
    matchLabels:
      {{- include "agent.labels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "agent.labels" . | nindent 8 }}
      annotations:
        # What cannot be reloaded takes effect with a new pod.
        checksum/config: {{ .config | sha256sum }}
    spec:
      serviceAccountName: {{ $name }}
      terminationGracePeriodSeconds: 45
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: { type: RuntimeDefault }
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm:
                topologyKey: kubernetes.io/hostname
                labelSelector:
                  matchLabels:
                    {{- include "agent.labels" . | nindent 20 }}
      containers:
        - name: {{ .component }}
          image: {{ .root.Values.image.repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: ['{{ .component }}', '--config=/etc/kubernetes-audit/config/$(POD_NAME).yaml']
          env:
            - name: POD_NAME
              valueFrom: { fieldRef: { fieldPath: metadata.name } }
          ports:
            {{- toYaml .ports | nindent 12 }}
          startupProbe:
            httpGet: { path: /healthz, port: admin }
            periodSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: /healthz, port: admin }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: { path: /readyz, port: admin }
            periodSeconds: 5
            timeoutSeconds: 3
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: ['ALL'] }
          volumeMounts:
            - { name: state, mountPath: {{ .stateDirectory }} }
            - { name: config, mountPath: /etc/kubernetes-audit/config, readOnly: true }
            {{- range .secrets }}
            - { name: {{ .name }}, mountPath: {{ .mountPath }}, readOnly: true }
            {{- end }}
      volumes:
        - name: config
          configMap: { name: {{ $name }} }
        {{- range .secrets }}
        - name: {{ .name }}
          secret:
            secretName: {{ .secretName }}
            defaultMode: 0440
            {{- if .optional }}
            optional: true
            {{- end }}
        {{- end }}
  volumeClaimTemplates:
    - metadata:
        name: state
      spec:
        accessModes: ['ReadWriteOnce']
        {{- with .values.storage.className }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ .values.storage.size }} } }
{{- end -}}

{{- define "agent.networkPolicy" -}}
{{- $name := include "agent.name" . -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}
  namespace: {{ .root.Release.Namespace }}
spec:
  podSelector:
    matchLabels:
      {{- include "agent.labels" . | nindent 6 }}
  policyTypes: ['Ingress', 'Egress']
  ingress:
    {{- if eq .component "proxy" }}
    - ports:
        - { protocol: TCP, port: 6443 }
    {{- end }}
    - from:
        - namespaceSelector:
            matchLabels: { kubernetes.io/metadata.name: {{ .root.Values.networkPolicy.monitoringNamespace }} }
      ports:
        - { protocol: TCP, port: {{ .adminPort }} }
  egress:
    - to:
        - namespaceSelector:
            matchLabels: { kubernetes.io/metadata.name: kube-system }
      ports:
        - { protocol: UDP, port: 53 }
        - { protocol: TCP, port: 53 }
    - to:
        {{- range .root.Values.networkPolicy.egressCidrs }}
        - ipBlock: { cidr: {{ . | quote }} }
        {{- end }}
      ports:
        {{- range .root.Values.networkPolicy.egressPorts }}
        - { protocol: TCP, port: {{ . }} }
        {{- end }}
{{- end -}}
