"""Small trees for stage harness: (lint, {file: text}, a text that the lint must print, or None when all is right)."""

LAYERS = '''syncd/base:
    syncd/value: syncd/base pure
    syncd/http: syncd/base
    '''

COMMANDS = '''[{"directory": "@TREE@", "file": "@TREE@/syncd/base/a.c", "command": "gcc -o a.o -c @TREE@/syncd/base/a.c"}]'''
LEAK = '''#include <stdlib.h>
    int f(int n) { char *a = malloc(1); if (a == NULL) return 0; if (n > 3) return 1; free(a); return 2; }
    '''

SAMPLES = [
    ('test_layers', {'tests/lint/layers.txt': LAYERS, 'syncd/base/a.h': '', 'syncd/value/v.c': '#include "syncd/base/a.h"\n'}, None),
    ('test_layers', {'tests/lint/layers.txt': LAYERS, 'syncd/value/a.h': '', 'syncd/base/b.c': '#include "syncd/value/a.h"\n'},
     'syncd/base may not include syncd/value'),
    ('test_layers', {'tests/lint/layers.txt': LAYERS, 'syncd/base/b.c': '#include "b.h"\n', 'syncd/base/b.h': ''}, 'no file from the root'),
    ('test_layers', {'tests/lint/layers.txt': LAYERS, 'syncd/base/a_internal.h': '', 'syncd/value/v.c': '#include "syncd/base/a_internal.h"\n'},
     'belongs to syncd/base alone'),
    ('test_layers', {'tests/lint/layers.txt': LAYERS, 'syncd/new/a.c': ''}, 'no row for this folder'),
    ('test_layers', {'tests/lint/layers.txt': 'syncd/base: syncd/value\nsyncd/value:\n'}, 'its row is not above'),

    ('test_doors', {'syncd/git/a.c': '#include <git2.h>\n#include <string.h>\n'}, None),
    ('test_doors', {'syncd/kube/a.c': '#include <git2.h>\n'}, '<git2.h> only in'),
    ('test_doors', {'syncd/kube/a.c': '#include <glib.h>\n'}, '<glib.h> has no door'),

    ('test_purity', {'tests/lint/layers.txt': LAYERS, 'syncd/value/a.c': 'int f(int time) { return time; } /* getenv() */\n'}, None),
    ('test_purity', {'tests/lint/layers.txt': LAYERS, 'syncd/value/a.c': 'long f(void) { return time(0); }\n'}, 'time in a pure folder'),
    ('test_purity', {'tests/lint/layers.txt': LAYERS, 'syncd/value/a.c': '#include <unistd.h>\n'}, '<unistd.h> in a pure folder'),
    ('test_purity', {'tests/lint/layers.txt': LAYERS, 'syncd/http/a.c': '#include <unistd.h>\n'}, None),

    ('test_budgets', {'syncd/base/a.c': 'int a;\n' * 800}, None),
    ('test_budgets', {'syncd/base/a.c': 'int a;\n' * 801}, '801 lines'),
    ('test_budgets', {'syncd/base/a.h': 'int a;\n' * 251}, '251 lines'),
    ('test_budgets', {'syncd/base/a.c': 'int long_one(void)\n{\n' + '    work();\n' * 80 + '}\n'}, 'long_one has 83 lines'),

    ('test_names', {'syncd/base/arena.c': 'struct arena {\n    int a;\n};\n', 'syncd/base/database.c': ''}, None),
    ('test_names', {'syncd/base/string_util.c': ''}, '"util" in a path'),
    ('test_names', {'syncd/base/a.c': 'struct request_handler {\n    int a;\n};\n'}, 'request_handler'),
    ('test_names', {'syncd/base/a.c': 'int get_info(void)\n{\n    return 0;\n}\n'}, 'get_info'),
    ('test_names', {'syncd/base/a.h': 'typedef struct a { int b; } a_t;\n'}, 'typedef of a_t'),
    ('test_names', {'syncd/base/a.h': 'typedef int (compare)(int a, int b);\n'}, None),

    ('test_functions', {'syncd/base/a.c': '/* strcpy(a, b) */ const char *a = "strcpy(";\n'}, None),
    ('test_functions', {'syncd/base/a.c': 'void f(char *a)\n{\n    strcpy(a, "");\n}\n'}, 'strcpy: use buf'),
    ('test_functions', {'syncd/base/a.c': 'void f(char *a)\n{\n    execve(a, 0, 0);\n}\n'}, 'we do not execute'),

    ('test_recursion', {'tests/lint/recursion.txt': '', 'syncd/base/a.c': 'int f(int a)\n{\n    return g(a);\n}\n'}, None),
    ('test_recursion', {'tests/lint/recursion.txt': '', 'syncd/base/a.c': 'int f(int a)\n{\n    return f(a);\n}\n'}, 'not in recursion.txt'),
    ('test_recursion', {'tests/lint/recursion.txt': '', 'syncd/base/a.c': 'int f(int a)\n{\n    return g(a);\n}\n\nint g(int a)\n{\n    return f(a);\n}\n'},
     'syncd/base/a.c g: recursive'),
    ('test_recursion', {'tests/lint/recursion.txt': 'f syncd/base/a.c', 'syncd/base/a.c': ''}, 'does not recurse'),

    ('test_macros', {'tests/lint/macros.txt': '', 'syncd/base/a.c': '#define X(a) a\n#undef X\n#define LIMIT 3\n'}, None),
    ('test_macros', {'tests/lint/macros.txt': '', 'syncd/base/a.c': '#define MAX(a, b) a\n'}, 'MAX() is not in'),

    ('test_headers', {'syncd/base/a.h': '#ifndef SYNCD_BASE_A_H\n#define SYNCD_BASE_A_H\nint a;\n#endif\n'}, None),
    ('test_headers', {'syncd/base/a.h': '#ifndef SYNCD_BASE_A_H\n#define SYNCD_BASE_A_H\nsize_t a;\n#endif\n'}, 'does not compile alone'),
    ('test_headers', {'syncd/base/a.h': '#ifndef A_H\n#define A_H\n#endif\n'}, 'its guard is not SYNCD_BASE_A_H'),

    ('test_chart_cases', {'tests/golden/charts.txt': 'a: render-helm/a render-release/a\n', 'tests/golden/render-helm/a/cmd': '',
                          'tests/golden/render-release/a/cmd': ''}, None),
    ('test_chart_cases', {'tests/golden/charts.txt': 'a: render-helm/b\n', 'tests/golden/render-helm/a/cmd': '',
                          'tests/golden/render-release/a/cmd': ''}, 'there is no case render-helm/b'),

    ('test_readmes', {'syncd/base/a.c': '', 'syncd/base/README.md': 'x\n' * 40}, None),
    ('test_readmes', {'syncd/base/a.c': ''}, 'has no README.md'),
    ('test_readmes', {'syncd/base/a.c': '', 'syncd/base/README.md': 'x\n' * 41}, '41 lines'),
    ('test_readmes', {'README.md': '[a](b/c.md)\n'}, 'links to b/c.md'),

    ('test_paths', {'a.md': 'see network/wo' + 'rk/x and `../work`\n'}, None),
    ('test_paths', {'a.md': 'see /wo' + 'rk/x\n'}, 'names /wo' + 'rk/'),
    ('test_paths', {'a.md': 'from https://proxy.' + 'golang.org/\n'}, 'names proxy.'),

    ('test_scripts', {'a.sh': 'if true; then :; fi\n'}, None),
    ('test_scripts', {'a.sh': 'if true; then\n'}, 'a.sh'),
    ('test_scripts', {'a': '#!/bin/sh\n'}, 'not executable'),

    ('test_format', {'.clang-format': 'BasedOnStyle: LLVM\n', 'syncd/base/a.c': 'int a;\n'}, None),
    ('test_format', {'.clang-format': 'BasedOnStyle: LLVM\n', 'syncd/base/a.c': 'int   a;\n'}, 'is not formatted'),

    ('test_tidy', {'.clang-tidy': 'Checks: "bugprone-*"\n', 'compile_commands.json': COMMANDS, 'syncd/base/a.c': 'int a;\n'}, None),
    ('test_tidy', {'.clang-tidy': 'Checks: "bugprone-*"\nWarningsAsErrors: "*"\n', 'compile_commands.json': COMMANDS,
                   'syncd/base/a.c': 'int f(int a)\n{\n    if (a == 1) ;\n        a = 2;\n    return a;\n}\n'}, 'bugprone-suspicious-semicolon'),
    ('test_analyzer', {'compile_commands.json': COMMANDS, 'syncd/base/a.c': 'int a;\n'}, None),
    ('test_analyzer', {'compile_commands.json': COMMANDS, 'syncd/base/a.c': LEAK}, 'leak'),
]
