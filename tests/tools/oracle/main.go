// Oracle answers, in one long-lived process, what the real libraries make of an input. One JSON object a line
// comes in, one goes out; README.md has the operations.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"sort"
	"time"
)

// Request is the union of what the operations read; README.md says which reads what.
type Request struct {
	ID      json.RawMessage `json:"id"`
	Op      string          `json:"op"`
	Text    string          `json:"text"`
	TextB64 string          `json:"text_b64"`
	Strict  bool            `json:"strict"`
	Timeout int             `json:"timeout_ms"`

	Pattern string `json:"pattern"`
	Replace string `json:"replace"`
	Limit   *int   `json:"n"`

	Files    map[string]string `json:"files"`
	FilesB64 map[string]string `json:"files_b64"`
	Path     string            `json:"path"`

	Helm      helmOptions      `json:"helm"`
	Kustomize kustomizeOptions `json:"kustomize"`

	Patch    string `json:"patch"`
	Selector string `json:"selector"`
	Labels   string `json:"labels"`
	Version  string `json:"version"`

	Schemas         json.RawMessage `json:"schemas"`
	PreserveUnknown bool            `json:"preserve_unknown"`
	Live            object          `json:"live"`
	Steps           []applyStep     `json:"steps"`
}

// Answer always has ok; an operation adds its own fields.
type Answer map[string]any

type operation func(*Request) (Answer, error)

var operations = map[string]operation{}

func (r *Request) bytes() ([]byte, error) {
	if r.TextB64 != "" {
		return base64.StdEncoding.DecodeString(r.TextB64)
	}
	return []byte(r.Text), nil
}

// allFiles joins files and files_b64.
func (r *Request) allFiles() (map[string][]byte, error) {
	all := make(map[string][]byte, len(r.Files)+len(r.FilesB64))
	for name, text := range r.Files {
		all[name] = []byte(text)
	}
	for name, text := range r.FilesB64 {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("files_b64 %s: %w", name, err)
		}
		all[name] = raw
	}
	return all, nil
}

// run turns a panic of a library into an answer: a fuzzer must be able to go on.
func run(op operation, r *Request) (answer Answer) {
	defer func() {
		if p := recover(); p != nil {
			answer = Answer{"ok": false, "error": fmt.Sprintf("panic: %v", p), "panic": true}
		}
	}()
	answer, err := op(r)
	if answer == nil {
		answer = Answer{}
	}
	answer["ok"] = err == nil
	if err != nil {
		answer["error"] = err.Error()
	}
	return answer
}

func answer(line []byte) Answer {
	r := &Request{}
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(r); err != nil {
		return Answer{"ok": false, "error": "request: " + err.Error()}
	}
	op := operations[r.Op]
	if op == nil {
		return Answer{"ok": false, "error": "request: no operation " + r.Op, "id": r.ID}
	}
	if r.Timeout <= 0 {
		r.Timeout = 20000
	}
	done := make(chan Answer, 1)
	go func() { done <- run(op, r) }()
	var a Answer
	select {
	case a = <-done:
	case <-time.After(time.Duration(r.Timeout) * time.Millisecond):
		a = Answer{"ok": false, "error": "timeout", "timeout": true}
	}
	if r.ID != nil {
		a["id"] = r.ID
	}
	return a
}

func main() {
	log.SetOutput(io.Discard)
	if len(os.Args) > 1 {
		names := make([]string, 0, len(operations))
		for name := range operations {
			names = append(names, name)
		}
		sort.Strings(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return
	}
	// Libraries print warnings to the standard output; the answers own it.
	out := bufio.NewWriter(os.Stdout)
	os.Stdout = os.Stderr
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			e := json.NewEncoder(out)
			e.SetEscapeHTML(false)
			if bad := e.Encode(answer(line)); bad != nil {
				fmt.Fprintf(out, "{\"ok\":false,\"error\":\"the answer does not encode\"}\n")
			}
			out.Flush()
		}
		if err != nil {
			return
		}
	}
}
