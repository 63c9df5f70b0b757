package main

import (
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kubejson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/managedfields/managedfieldstest"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// applyStep is one write of one field manager to the object that the steps before it left.
type applyStep struct {
	Verb    string `json:"verb"`
	Manager string `json:"manager"`
	Force   bool   `json:"force"`
	Object  object `json:"object"`
}

// object keeps whole numbers whole, as the API server does.
type object map[string]any

func (o *object) UnmarshalJSON(text []byte) error {
	fields := map[string]any{}
	if err := kubejson.Unmarshal(text, &fields); err != nil {
		return err
	}
	*o = fields
	return nil
}

type conflict struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func init() {
	operations["ssa"] = serverSideApply
}

func typeConverter(r *Request) (managedfields.TypeConverter, error) {
	if len(r.Schemas) == 0 {
		return managedfields.NewDeducedTypeConverter(), nil
	}
	schemas := map[string]*spec.Schema{}
	if err := json.Unmarshal(r.Schemas, &schemas); err != nil {
		return nil, fmt.Errorf("schemas: %w", err)
	}
	return managedfields.NewTypeConverter(schemas, r.PreserveUnknown)
}

// serverSideApply lets the API server's own field manager take the steps in order. A refused step leaves the object as it was.
func serverSideApply(r *Request) (Answer, error) {
	if len(r.Steps) == 0 {
		return nil, fmt.Errorf("no steps")
	}
	first := &unstructured.Unstructured{Object: r.Steps[0].Object}
	gvk := first.GroupVersionKind()
	converter, err := typeConverter(r)
	if err != nil {
		return nil, err
	}
	manager := managedfieldstest.NewFakeFieldManager(converter, gvk)
	var live runtime.Object = empty(gvk)
	if r.Live != nil {
		live = &unstructured.Unstructured{Object: r.Live}
	}
	results := []Answer{}
	for _, step := range r.Steps {
		written := &unstructured.Unstructured{Object: step.Object}
		var next runtime.Object
		switch step.Verb {
		case "apply":
			next, err = manager.Apply(live.DeepCopyObject(), written, step.Manager, step.Force)
		case "update":
			next, err = manager.Update(live.DeepCopyObject(), written, step.Manager)
		default:
			return nil, fmt.Errorf("no verb %q", step.Verb)
		}
		if err != nil {
			results = append(results, refusal(err))
			continue
		}
		live = next
		results = append(results, Answer{"ok": true, "object": live.(*unstructured.Unstructured).Object})
	}
	return Answer{"steps": results}, nil
}

func empty(gvk schema.GroupVersionKind) runtime.Object {
	nothing := &unstructured.Unstructured{Object: map[string]any{}}
	nothing.SetGroupVersionKind(gvk)
	return nothing
}

func refusal(err error) Answer {
	answer := Answer{"ok": false, "error": err.Error()}
	status, is := err.(apierrors.APIStatus)
	if is && status.Status().Details != nil {
		conflicts := []conflict{}
		for _, cause := range status.Status().Details.Causes {
			conflicts = append(conflicts, conflict{cause.Field, cause.Message})
		}
		answer["conflicts"] = conflicts
	}
	return answer
}
