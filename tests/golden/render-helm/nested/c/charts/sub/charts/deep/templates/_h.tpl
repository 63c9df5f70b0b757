{{- define "who" -}}of deep{{- end -}}
