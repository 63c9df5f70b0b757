package main

import (
	"path"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/provenance"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	// Its presence among the dependencies is how the library knows its own version.
	_ "sigs.k8s.io/kustomize/kustomize/v5/commands/build"
)

type kustomizeOptions struct {
	Reorder         string   `json:"reorder"`
	LoadRestrictor  string   `json:"load_restrictor"`
	EnableHelm      bool     `json:"enable_helm"`
	EnablePlugins   bool     `json:"enable_alpha_plugins"`
	ManagedByLabel  bool     `json:"enable_managedby_label"`
	HelmCommand     string   `json:"helm_command"`
	HelmKubeVersion string   `json:"helm_kube_version"`
	HelmAPIVersions []string `json:"helm_api_versions"`
}

func init() {
	operations["kustomize"] = kustomizeBuild
}

// kustomizeBuild builds path: on disk, or below "/" of the given files.
func kustomizeBuild(r *Request) (Answer, error) {
	o := r.Kustomize
	fs, root := filesys.MakeFsOnDisk(), r.Path
	if len(r.Files)+len(r.FilesB64) > 0 {
		files, err := r.allFiles()
		if err != nil {
			return nil, err
		}
		fs, root = filesys.MakeFsInMemory(), path.Join("/", r.Path)
		for name, text := range files {
			if err := fs.WriteFile(path.Join("/", name), text); err != nil {
				return nil, err
			}
		}
	}
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified
	if o.Reorder != "" {
		options.Reorder = krusty.ReorderOption(o.Reorder)
	}
	if o.LoadRestrictor == types.LoadRestrictionsNone.String() {
		options.LoadRestrictions = types.LoadRestrictionsNone
	}
	if o.EnablePlugins {
		options.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
	}
	options.PluginConfig.HelmConfig.Enabled = o.EnableHelm
	options.PluginConfig.HelmConfig.Command = o.HelmCommand
	options.PluginConfig.HelmConfig.KubeVersion = o.HelmKubeVersion
	options.PluginConfig.HelmConfig.ApiVersions = o.HelmAPIVersions
	options.AddManagedbyLabel = o.ManagedByLabel
	openapi.ResetOpenAPI() // what a build before this one has chosen
	m, err := krusty.MakeKustomizer(options).Run(fs, root)
	if err != nil {
		return nil, err
	}
	out, err := m.AsYaml()
	if err != nil {
		return nil, err
	}
	return Answer{"output": string(out), "version": provenance.GetProvenance().Version}, nil
}
