{{- define "who" -}}of c{{- end -}}
