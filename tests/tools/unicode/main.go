// Prints the general categories, scripts and simple case folding that Go's unicode package knows, so
// that our regular expressions agree with Go's.
//
//	for kind in categories scripts folds; do
//		go run tests/tools/unicode/main.go $kind > syncd/base/unicode_$kind.c
//	done
package main

import (
	"fmt"
	"os"
	"sort"
	"unicode"
)

type span struct{ lo, hi rune }

func spans(table *unicode.RangeTable) []span {
	var all []span
	add := func(lo, hi, stride rune) {
		for c := lo; c <= hi; c += stride {
			if n := len(all); n > 0 && all[n-1].hi+1 == c {
				all[n-1].hi = c
			} else {
				all = append(all, span{c, c})
			}
		}
	}
	for _, r := range table.R16 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	for _, r := range table.R32 {
		add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
	}
	return all
}

// wrap prints the items of an array, as many a line as fit.
func wrap(items []string) {
	line := "   "
	for _, item := range items {
		if len(line)+len(item)+2 > 100 {
			fmt.Println(line)
			line = "   "
		}
		line += " " + item + ","
	}
	fmt.Println(line)
}

type fold struct {
	lo, hi, stride, delta rune
}

// folds joins code points that step by 1 or 2 to others equally far away. Runs may interleave.
func folds() []fold {
	var all []fold
	last := map[rune]int{} // by delta, the index of the newest run
	for c := rune(0); c <= unicode.MaxRune; c++ {
		delta := unicode.SimpleFold(c) - c
		if delta == 0 {
			continue
		}
		if i, ok := last[delta]; ok {
			run := &all[i]
			if step := c - run.hi; step <= 2 && (run.lo == run.hi || step == run.stride) {
				run.hi, run.stride = c, step
				continue
			}
		}
		last[delta] = len(all)
		all = append(all, fold{c, c, 1, delta})
	}
	return all
}

// printTables prints the ranges of all named tables and where each lies.
func printTables(kind string, tables map[string]*unicode.RangeTable) {
	var names, ranges, rows []string
	for name := range tables {
		names = append(names, name)
	}
	sort.Strings(names)
	offset := 0
	for _, name := range names {
		s := spans(tables[name])
		for _, r := range s {
			ranges = append(ranges, fmt.Sprintf("{%#x,%#x}", r.lo, r.hi))
		}
		rows = append(rows, fmt.Sprintf("{STR_INIT(%q), unicode_%s_ranges + %d, %d}", name, kind, offset, len(s)))
		offset += len(s)
	}
	fmt.Printf("static const struct code_range unicode_%s_ranges[] = {\n", kind)
	wrap(ranges)
	fmt.Printf("};\n\nconst struct unicode_table unicode_%s[] = {\n", kind)
	wrap(rows)
	fmt.Printf("};\n\nconst size_t unicode_%s_count = %d;\n", kind, len(rows))
}

// categories are those of two letters: one letter stands for all that begin with it, and Cn for the
// rest.
func categories() map[string]*unicode.RangeTable {
	all := map[string]*unicode.RangeTable{}
	for name, table := range unicode.Categories {
		if len(name) == 2 && name != "LC" && name != "Cn" {
			all[name] = table
		}
	}
	return all
}

func printFolds() {
	var rows []string
	for _, f := range folds() {
		rows = append(rows, fmt.Sprintf("{%#x,%#x,%d,%d}", f.lo, f.hi, f.stride, f.delta))
	}
	fmt.Println("const struct fold_range unicode_folds[] = {")
	wrap(rows)
	fmt.Printf("};\n\nconst size_t unicode_folds_count = %d;\n\n", len(rows))
	rows = nil
	for alias, name := range unicode.CategoryAliases {
		rows = append(rows, fmt.Sprintf("{STR_INIT(%q), STR_INIT(%q)}", alias, name))
	}
	sort.Strings(rows)
	fmt.Println("const struct unicode_alias unicode_aliases[] = {")
	wrap(rows)
	fmt.Printf("};\n\nconst size_t unicode_aliases_count = %d;\n", len(rows))
}

func main() {
	fmt.Printf("/* Unicode %s, made by tests/tools/unicode/main.go: do not edit. */\n", unicode.Version)
	fmt.Printf("/* clang-format off */\n#include \"syncd/base/unicode.h\"\n\n")
	switch os.Args[1] {
	case "categories":
		printTables("categories", categories())
	case "scripts":
		printTables("scripts", unicode.Scripts)
	case "folds":
		printFolds()
	}
}
