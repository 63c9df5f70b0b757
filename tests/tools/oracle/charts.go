package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/cli"
	"helm.sh/helm/v3/pkg/cli/values"
	"helm.sh/helm/v3/pkg/getter"
	"helm.sh/helm/v3/pkg/release"
	"sigs.k8s.io/yaml"
)

type helmOptions struct {
	Release     string   `json:"release"`
	Namespace   string   `json:"namespace"`
	ValuesFiles []string `json:"values_files"`
	Values      string   `json:"values"`
	Set         []string `json:"set"`
	SetString   []string `json:"set_string"`
	SetJSON     []string `json:"set_json"`
	KubeVersion string   `json:"kube_version"`
	APIVersions []string `json:"api_versions"`
	IncludeCRDs bool     `json:"include_crds"`
	IsUpgrade   bool     `json:"is_upgrade"`
	NoHooks     bool     `json:"no_hooks"`
	SkipTests   bool     `json:"skip_tests"`
	SkipSchema  bool     `json:"skip_schema_validation"`
}

func init() {
	operations["helm"] = helmTemplate
}

func loadChart(r *Request) (*chart.Chart, error) {
	if r.Path != "" {
		return loader.Load(r.Path)
	}
	files, err := r.allFiles()
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	buffered := make([]*loader.BufferedFile, 0, len(files))
	for _, name := range names {
		buffered = append(buffered, &loader.BufferedFile{Name: name, Data: files[name]})
	}
	return loader.LoadFiles(buffered)
}

func mergeValues(o *helmOptions) (map[string]any, error) {
	files := o.ValuesFiles
	if o.Values != "" {
		f, err := os.CreateTemp("", "values-*.yaml")
		if err != nil {
			return nil, err
		}
		defer os.Remove(f.Name())
		if _, err := f.WriteString(o.Values); err != nil {
			return nil, err
		}
		f.Close()
		files = append(append([]string{}, files...), f.Name())
	}
	merge := values.Options{ValueFiles: files, Values: o.Set, StringValues: o.SetString, JSONValues: o.SetJSON}
	return merge.MergeValues(getter.All(cli.New()))
}

func isTest(h *release.Hook) bool {
	for _, event := range h.Events {
		if event == release.HookTest {
			return true
		}
	}
	return false
}

// helmTemplate renders as `helm template` does, without a cluster.
func helmTemplate(r *Request) (Answer, error) {
	o := r.Helm
	install := action.NewInstall(&action.Configuration{})
	install.DryRun, install.DryRunOption, install.ClientOnly, install.Replace = true, "true", true, true
	install.ReleaseName, install.Namespace = o.Release, o.Namespace
	if install.ReleaseName == "" {
		install.ReleaseName = "release-name"
	}
	if install.Namespace == "" {
		install.Namespace = "default"
	}
	install.IncludeCRDs, install.IsUpgrade, install.DisableHooks = o.IncludeCRDs, o.IsUpgrade, o.NoHooks
	install.SkipSchemaValidation = o.SkipSchema
	install.APIVersions = chartutil.VersionSet(o.APIVersions)
	if o.KubeVersion != "" {
		version, err := chartutil.ParseKubeVersion(o.KubeVersion)
		if err != nil {
			return nil, fmt.Errorf("invalid kube version '%s': %w", o.KubeVersion, err)
		}
		install.KubeVersion = version
	}
	vals, err := mergeValues(&o)
	if err != nil {
		return nil, err
	}
	c, err := loadChart(r)
	if err != nil {
		return nil, err
	}
	if t := c.Metadata.Type; t != "" && t != "application" {
		return nil, fmt.Errorf("%s charts are not installable", t)
	}
	if c.Metadata.Dependencies != nil {
		if err := action.CheckDependencies(c, c.Metadata.Dependencies); err != nil {
			return nil, err
		}
	}
	rel, err := install.Run(c, vals)
	if err != nil {
		return nil, err
	}
	if rel == nil {
		return nil, errors.New("no release")
	}
	var out bytes.Buffer
	fmt.Fprintln(&out, strings.TrimSpace(rel.Manifest))
	if !o.NoHooks {
		for _, h := range rel.Hooks {
			if !o.SkipTests || !isTest(h) {
				fmt.Fprintf(&out, "---\n# Source: %s\n%s\n", h.Path, h.Manifest)
			}
		}
	}
	answer := Answer{"output": out.String()}
	if rel.Info != nil {
		answer["notes"] = rel.Info.Notes
	}
	if coalesced, err := yaml.Marshal(rel.Config); err == nil {
		answer["values"] = string(coalesced)
	}
	return answer, nil
}
