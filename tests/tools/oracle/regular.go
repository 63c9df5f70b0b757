package main

import "regexp"

func init() {
	operations["regexp"] = regexpFind
	operations["regexp_replace"] = regexpReplace
	operations["regexp_split"] = regexpSplit
}

func (r *Request) limit() int {
	if r.Limit == nil {
		return -1
	}
	return *r.Limit
}

// regexpFind gives every match as byte offsets: start, end of the whole, then of each group, -1 where unset.
func regexpFind(r *Request) (Answer, error) {
	re, err := regexp.Compile(r.Pattern)
	if err != nil {
		return nil, err
	}
	text, err := r.bytes()
	if err != nil {
		return nil, err
	}
	matches := re.FindAllSubmatchIndex(text, r.limit())
	if matches == nil {
		matches = [][]int{}
	}
	return Answer{"match": re.Match(text), "matches": matches, "groups": re.NumSubexp(), "names": re.SubexpNames()}, nil
}

func regexpReplace(r *Request) (Answer, error) {
	re, err := regexp.Compile(r.Pattern)
	if err != nil {
		return nil, err
	}
	text, err := r.bytes()
	if err != nil {
		return nil, err
	}
	return Answer{
		"output":  string(re.ReplaceAll(text, []byte(r.Replace))),
		"literal": string(re.ReplaceAllLiteral(text, []byte(r.Replace))),
	}, nil
}

func regexpSplit(r *Request) (Answer, error) {
	re, err := regexp.Compile(r.Pattern)
	if err != nil {
		return nil, err
	}
	text, err := r.bytes()
	if err != nil {
		return nil, err
	}
	parts := re.Split(string(text), r.limit())
	if parts == nil {
		parts = []string{}
	}
	return Answer{"parts": parts}, nil
}
