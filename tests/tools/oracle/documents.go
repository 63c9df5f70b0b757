package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"k8s.io/apimachinery/pkg/runtime"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

func init() {
	operations["yaml2json"] = yamlToJSON
	operations["yaml2json_one"] = yamlToJSONOne
	operations["json2yaml"] = jsonToYAML
}

// yamlToJSON decodes a stream as kubectl does when it reads a file. With strict, each document of the stream is
// read by the strict reader instead, which refuses duplicate keys.
func yamlToJSON(r *Request) (Answer, error) {
	text, err := r.bytes()
	if err != nil {
		return nil, err
	}
	docs := []string{}
	if r.Strict {
		reader := kubeyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
		for {
			doc, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return Answer{"docs": docs}, nil
			}
			if err != nil {
				return Answer{"docs": docs}, err
			}
			out, err := yaml.YAMLToJSONStrict(doc)
			if err != nil {
				return Answer{"docs": docs}, err
			}
			if trimmed := bytes.TrimSpace(out); !bytes.Equal(trimmed, []byte("null")) {
				docs = append(docs, string(trimmed))
			}
		}
	}
	d := kubeyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		ext := runtime.RawExtension{}
		err := d.Decode(&ext)
		if errors.Is(err, io.EOF) {
			return Answer{"docs": docs}, nil
		}
		if err != nil {
			return Answer{"docs": docs}, err
		}
		raw := bytes.TrimSpace(ext.Raw)
		if len(raw) > 0 && !bytes.Equal(raw, []byte("null")) {
			docs = append(docs, string(raw))
		}
	}
}

// yamlToJSONOne is sigs.k8s.io/yaml on the whole text: only the first document of a stream is read.
func yamlToJSONOne(r *Request) (Answer, error) {
	text, err := r.bytes()
	if err != nil {
		return nil, err
	}
	convert := yaml.YAMLToJSON
	if r.Strict {
		convert = yaml.YAMLToJSONStrict
	}
	out, err := convert(text)
	if err != nil {
		return nil, err
	}
	return Answer{"docs": []string{string(out)}}, nil
}

func jsonToYAML(r *Request) (Answer, error) {
	text, err := r.bytes()
	if err != nil {
		return nil, err
	}
	out, err := yaml.JSONToYAML(text)
	if err != nil {
		return nil, err
	}
	return Answer{"output": string(out)}, nil
}
