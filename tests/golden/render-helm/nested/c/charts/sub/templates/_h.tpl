{{- define "who" -}}of sub{{- end -}}
