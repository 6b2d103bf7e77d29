{{- define "egide.selector" -}}
app.kubernetes.io/name: egide
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "egide.labels" -}}
{{ include "egide.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{/* A value as text of the configuration language: what JSON escapes, HCL does, but for templates. */}}
{{- define "egide.text" -}}
{{ . | toString | replace "${" "$${" | replace "%{" "%%{" | toRawJson }}
{{- end }}
