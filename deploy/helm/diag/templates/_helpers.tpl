{{- define "diag.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "diag.selectorLabels" -}}
app.kubernetes.io/name: diag
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "diag.labels" -}}
{{ include "diag.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "diag.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "diag.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "diag.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "diag.port" -}}
{{- regexFind "[0-9]+$" .Values.listen -}}
{{- end -}}

{{- define "diag.schedulerName" -}}
{{- printf "%s-scheduler" (include "diag.fullname" . | trunc 53 | trimSuffix "-") -}}
{{- end -}}

{{- define "diag.schedulerLabels" -}}
{{ include "diag.labels" . }}
app.kubernetes.io/component: scheduler
{{- end -}}

{{- /* Vantage points bring Dask with them, which wants a folder to write to. */ -}}
{{- define "diag.usesDask" -}}
{{- if or .Values.worker.enabled .Values.scheduler.enabled }}true{{ end -}}
{{- end -}}

{{- /* Values that contradict each other are refused before anything is sent. */ -}}
{{- define "diag.refuseWhatDoesNotFit" -}}
{{- $values := .Values -}}
{{- if .Values.worker.enabled -}}
{{- range $name := list "vantagePoint" "scheduler" "tlsSecretName" -}}
{{- $_ := required (printf "worker.%s is empty: a worker needs it" $name) (index $values.worker $name) -}}
{{- end -}}
{{- if or .Values.config .Values.existingConfigMap -}}
{{- fail "worker.enabled: a worker has no configuration of its own: leave config and existingConfigMap out" -}}
{{- end -}}
{{- range $name := list "scheduler" "persistence" "serviceMonitor" "prometheusRule" -}}
{{- if (index $values $name).enabled -}}
{{- fail (printf "worker.enabled: %s is of the daemon alone" $name) -}}
{{- end -}}
{{- end -}}
{{- else if and .Values.scheduler.enabled (not .Values.existingConfigMap) -}}
{{- $port := int .Values.scheduler.port -}}
{{- $listen := dig "scheduler" "listen" "" .Values.config -}}
{{- if not (has $listen (list (printf "0.0.0.0:%d" $port) (printf "[::]:%d" $port))) -}}
{{- fail (printf "scheduler.port is %d: expected config.scheduler.listen to be 0.0.0.0:%d or [::]:%d" $port $port $port) -}}
{{- end -}}
{{- end -}}
{{- end -}}
