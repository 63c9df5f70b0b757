package main

import (
	"encoding/json"

	"github.com/Masterminds/semver/v3"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/labels"
)

func init() {
	operations["quantity"] = quantity
	operations["selector"] = selector
	operations["jsonpatch"] = jsonPatch
	operations["mergepatch"] = mergePatch
	operations["semver"] = semverCheck
}

// quantity gives the canonical text and, for order, the value scaled to nano units as a decimal text.
func quantity(r *Request) (Answer, error) {
	q, err := resource.ParseQuantity(r.Text)
	if err != nil {
		return nil, err
	}
	return Answer{"canonical": q.String(), "value": q.Value(), "milli": q.MilliValue(), "decimal": q.AsDec().String()}, nil
}

// selector parses a label selector and matches it with labels, given as a JSON object.
func selector(r *Request) (Answer, error) {
	s, err := labels.Parse(r.Selector)
	if err != nil {
		return nil, err
	}
	set := labels.Set{}
	if r.Labels != "" {
		if err := json.Unmarshal([]byte(r.Labels), &set); err != nil {
			return nil, err
		}
	}
	return Answer{"matches": s.Matches(set), "canonical": s.String()}, nil
}

// jsonPatch applies an RFC 6902 patch by the library that the API server uses.
func jsonPatch(r *Request) (Answer, error) {
	patch, err := jsonpatch.DecodePatch([]byte(r.Patch))
	if err != nil {
		return nil, err
	}
	out, err := patch.Apply([]byte(r.Text))
	if err != nil {
		return nil, err
	}
	return Answer{"output": string(out)}, nil
}

func mergePatch(r *Request) (Answer, error) {
	out, err := jsonpatch.MergePatch([]byte(r.Text), []byte(r.Patch))
	if err != nil {
		return nil, err
	}
	return Answer{"output": string(out)}, nil
}

// semverCheck tells whether version satisfies the constraint in text, as sprig's semverCompare does.
func semverCheck(r *Request) (Answer, error) {
	c, err := semver.NewConstraint(r.Text)
	if err != nil {
		return nil, err
	}
	v, err := semver.NewVersion(r.Version)
	if err != nil {
		return nil, err
	}
	return Answer{"matches": c.Check(v), "canonical": v.String()}, nil
}
