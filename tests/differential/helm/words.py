"""The words of random templates: values, literals of every form, and for each function the kinds of its arguments."""

VALUES = '''
s: hello World
empty: ""
multi: "line one\\nline two\\n"
uni: "grüße Ünïcode ß"
num: "42"
float: 3.7
big: 12345678
huge: 123456789012345678901234567890
int: 7
zero: 0
neg: -3
t: true
f: false
nothing: null
list: [c, a, b, a]
nums: [3, 1, 2]
mixed: [1, two, 3.5, true, null, {k: v}]
elist: []
map: {b: 1, a: two, c: {d: deep, e: [1, 2]}}
emap: {}
maps: [{name: x, v: 1}, {name: y, v: 2}]
ver: 1.2.3-rc.1+b5
path: /etc/ssl/../certs/ca.pem
url: "https://u:p@example.com:8443/a/b?c=d#e"
json: '{"a":1,"b":[true,null,"x"],"c":{"d":2.5}}'
yaml: "a: 1\\nb: [x, y]\\n"
toml: "a = 1\\n[t]\\nb = [1.5, 2.5]\\nc = 'x'\\n"
b64: aGVsbG8=
date: "2023-11-14T22:13:20Z"
dur: 1h30m15s
'''

STRINGS = ['"abc"', '"Hello World"', '""', '"a,b,c"', '"foo_bar-baz Qux"', '"HTTPServerV2"', '"  trim me  "', '"5"', '"1.5"',
           '"0x1F"', '"010"', '"a\\nb\\nc"', '"grüße"', '"true"', '"a.b.c"', '`raw "x"`', '.Values.s', '.Values.multi', '.Values.uni',
           '.Values.num', '.Values.ver', '.Values.path', '.Values.empty', '.Release.Name', '.Chart.Name', '.Template.Name',
           '.Values.json', '.Values.yaml', '.Values.b64', '"<a href=\'x\'>&\\"q\\""', '"x=1&y=2 z"', '"1_000"', '"snake_case_here"',
           '"\\x41\\u00e9\\101\\t\\\\"', '"\\U0001F600 \\a\\b\\f\\v"', '`a\nb`', '"日本語 text"', '"nil"', '"-12"', '"1e3"', '" 7"', '"\\x01\\u00ff"']
INTS = ['0', '1', '2', '3', '5', '10', '-1', '-7', '42', '0x10', '100', "'a'"]
ODD_INTS = ['0b101', '0o17', '017', '1_000', "'\\n'", "'é'", "'\\x41'", "'\\u00e9'", '+5', '9223372036854775807', '-9223372036854775808', '0x7fff_ffff', '1e2', '0X1f', '2147483648',
            "'\\''", '0B11', '00', '-0']
BAD_INTS = ['9223372036854775808', '0x', '1__0', '08', "''", "'ab'", '1e400', '0b12', '1a', '0x1.8', '1_', '99999999999999999999', "'\\q'", '1+2', '1-2']
FLOATS = ['1.5', '0.1', '2.0', '1e3', '-2.25', '3.14159', '1e21', '1e-7', '.Values.float']
ODD_FLOATS = ['.5', '5.', '0x1p4', '0x1.8p1', '1_0.2_5', '1E+2', '1e-320', '1.7976931348623157e308', '123456789.125', '1e20', '1e6', '100000000000000000000000.0', '-0.0', '0.000001', '1i', '2.5i', '1+2i']
NUMBERS = INTS + FLOATS + ['.Values.int', '.Values.big', '.Values.neg', '.Values.zero', '(int64 5)', '(float64 2)', '"12"', '.Values.num', '.Values.huge']
BOOLS = ['true', 'false', '.Values.t', '.Values.f']
LISTS = ['(list 1 2 3)', '(list "b" "a" "c" "a")', '.Values.list', '.Values.nums', '.Values.mixed', '.Values.elist', '(list)', '(until 4)',
         '(splitList "," "x,y,z")', '(tuple 1 "a" true)', '(list nil 0 "" "x")', '.Values.maps', '(list (list 1) (dict "a" 1))', '(chunk 2 (list 1 2 3))',
         '(regexFindAll "[a-z]" "abc" -1)', '(fromYamlArray "[1, a, null]")', '(fromJsonArray "[{}]")', '(list 1.5 1 "1" 1.0)']
DICTS = ['(dict "a" 1 "b" "two")', '.Values.map', '.Values.emap', '(dict)', '(dict "x" (dict "y" 1) "l" (list 1))',
         '(fromYaml .Values.yaml)', '(fromJson .Values.json)', '(fromToml .Values.toml)', '(dict "a" nil "b" (list) "c" (dict))', '(split "," "x,y")', '(urlParse .Values.url)', '(dict 1 2 true)']
NILS = ['nil', '.Values.nothing', '.Values.missing', '(index .Values.map "zz")', '(get .Values.map "zz")', '(first list)']
OBJECTS = ['(semver "1.2.3-a.1+b")', '(toDate "2006-01-02" "2024-02-29")', '(genCA "x" 1)', '.Release', '.Files', '.Capabilities.KubeVersion', '.Capabilities.APIVersions', '.Subcharts', '.Template',
           '(.Files.Get "none")', '(.Files.Glob "*")', '(.Files.Lines "f.txt")', '(.Files.GetBytes "f.txt")', '.Chart.Version', '(b64enc "x")', '(duration 90)', '(int64 9)', '(float64 1)', '(toDate "2006" "x")']
FORMATS = ['"%v"', '"%s"', '"%d"', '"%q"', '"%5d|"', '"%-8s|"', '"%05.2f"', '"%x"', '"%t"', '"%T"', '"%+v"', '"%#v"', '"%e"', '"%g"', '"%c"', '"%U"',
           '"%08.3f|"', '"%6.2f%%"', '"%X"', '"%o"', '"%b"', '"%+d"', '"% d"', '"%.2s|"', '"%v %v"', '"%[2]v %[1]v"', '"%*d"', '"%!"', '"%z"', '"%10q|"']
LAYOUTS = ['"2006-01-02"', '"Jan 2, 2006 at 3:04pm (MST)"', '"Mon, 02 Jan 2006 15:04:05 -0700"', '"2006-01-02T15:04:05Z07:00"', '"06/1/2 03:04:05.000 PM"', '"__2 002 Monday January"',
           '"Jan _2 15:04:05.999999 MST"', '"2006-01-02 15:04:05,000 -07:00:00"', '"January 02 2006 Z0700 -07"', '"3 4 5 PM"', '"20060102150405"', '"02-Jan-06"', '"Mond Janu 2006x"', '"_2006 Z070000"', '""']
DATES = ['"2024-02-29"', '"2024-02-30"', '"Feb 3, 2021 at 7:54pm (PST)"', '"Tue, 10 Nov 2009 23:00:00 +0100"', '"2009-11-10T23:00:00Z"', '"2009-11-10T23:00:00.123+02:30"', '"1969-12-31"', '"nonsense"', '""',
         '"0001-01-01"', '"9999-12-31"', '"20240229101112"', '"03-Jan-71"', '"3 4 5 AM"', '"2023-13-01"', '"Feb  3 01:02:03.5 UTC"', '.Values.date']
SEMVERS = ['"1.2.3"', '"v1.30.2"', '"1.2.3-rc.1"', '"2"', '"0.3.1"', '"1.2"', '"1.2.3+meta"', '"1.02.3"', '.Values.ver', '"x.y"', '"1.2.3-alpha.01"', '"v0.0.0-2023"', '"1.2.3.4"', '""', '"18446744073709551616.0.0"']
CONSTRAINTS = ['">=1.2.0"', '"^1.2"', '"~1.2.3"', '"1.x"', '"*"', '">1.0, <2.0"', '">=1.2.3-0"', '"<1 || >=2"', '"1.2 - 1.4"', '"!=1.2.3"', '"^0.3"', '"~0"', '"=1.2.3"', '">=1.30-0 <1.40-0"',
               '"~> 1.2"', '"=> 1"', '"^0.0.3"', '"1.2.x || 2"', '">= 1.2, "', '"bad"', '""', '"^1.2.3-beta"', '"<=1.2"', '"!1.2"', '">1.2 <3 || =0.3.1"']
REGEXES = ['"[a-z]+"', '"a|b"', '"(\\\\w+) (\\\\w+)"', '"^\\\\s*"', '"[^a-z]"', '"x*"', '"\\\\d+"', '"(?i)HELLO"', '"o"', '"["', '"(?P<first>[a-c])"', '"(?m)^l.*$"', '"(a)(b)?"', '"\\\\bw"', '"(?s).+"', '".{2,3}?"',
           '"\\\\pL+"', '"[[:upper:]]"', '"(?<n>l+)"', '"a{1001}"', '"(?=x)"', '"\\\\Qa.b\\\\E"', '""', '"(?U)a+"', '"[\\\\w-]+@"', '"*"', '"\\\\"']
REPLACEMENTS = ['"X"', '"$1"', '"${1}-$2"', '"<$0>"', '""', '"$first"', '"$$"', '"$1x"', '"${1"', '"\\\\1"', '"$n"']
PATHS = ['"/a/b/../c.txt"', '"a//b/./c"', '"../x"', '"/"', '""', '.Values.path', '"a.tar.gz"', '"dir/"', '"./a/../.."', '".hidden"', '"a/b."']
DURATIONS = ['"90"', '"1h30m"', '"-2m5s"', '95', '(int64 3700)', '"bad"', '.Values.dur', '3600', '"1.5h"', '"100ms"', '"9223372037"', '-5', '"1d"', '31536001', '"24h"', '(int64 90000000000)']
ZONES = ['"UTC"', '"Local"', '""', '"Europe/Berlin"', '"America/New_York"', '"EST"', '"Asia/Kolkata"', '"Nowhere/Land"', '"../etc"', '"Australia/Lord_Howe"', '"PST8PDT"', '"Asia"', '"Africa/Monrovia"', '"Europe/Dublin"']
TIMES = ['0', '1700000000', '-86400', '(int64 951782400)', '1711846800', '-2000000000', '4102444800', '(toDate "2006-01-02" "2024-07-01")', '(toDate "2006-01-02 15:04:05 -0700" "2024-03-31 01:59:59 +0000")', '-62135596800', '99999999999', '2147483647']
TOMLS = ['.Values.toml', '"a = 1"', '"[[x]]\\na=1\\n[[x]]\\nb=2"', '"a.b.c = true"', '"a = "', '"d = 1979-05-27T07:32:00Z"', '"s = \\"\\\\u00e9\\""', '"f = 1e3\\ni = 0xff"', '"a = 1\\na = 2"', '"a = [1, [2, \\"x\\"]]"', '"x = { y = 1 }"', '"[a]\\n[a]"',
         '"t = 07:32:00"', '"d = 1979-05-27"', '"f = inf"', '"m = \'\'\'a\\nb\'\'\'"']
YAMLS = ['.Values.yaml', '"a: 1"', '"- 1\\n- a"', '"a: [1, 2.5, x, true, null, 0x1F, 1e3, 010]"', '"a: b: c"', '""', '"x"', '"a: &x 1\\nb: *x"', '"1: 2\\ntrue: 3"', '"a: 12345678901234567890"', '"{a: 1, b: {c: []}}"', '"- a: 1\\n  b: 2"', '"a: |\\n  x\\n  y\\n"',
         '"a: !!str 1"', '"a: yes\\nb: ~\\nc: 1_000"', '"a: 2001-01-01"', '"\\t"', '"a: 1\\na: 2"']
JSONS = ['.Values.json', '"{\\"a\\":[1,2.5,1e3,true,null]}"', '"[1]"', '"x"', '"{\\"a\\":1,\\"a\\":2}"', '""', '"null"', '"{\\"a\\":123456789012345678}"', '"{\\"u\\":\\"\\\\u00e9\\"}"', '"[1,"', '"{}x"', '"1.50"', '" {} "', '"{a:1}"']
TEMPLATES = ['"{{ .Values.s }}"', '"{{ . }}"', '"x"', '"{{ if .a }}y{{ else }}n{{ end }}"', '"{{ range $k, $v := . }}{{ $k }}={{ $v }};{{ end }}"', '"{{ include \\"named\\" . }}"',
             '"{{ define \\"in\\" }}i{{ . }}{{ end }}{{ template \\"in\\" 1 }}"', '"{{ .a.b.c }}"', '"{{ fail \\"f\\" }}"', '"{{ $x }}"', '"{{ tpl \\"{{ . }}\\" 1 }}"', '"{{ upper 1 }}"', '"\\n {{- 1 -}} \\n"']
PLURAL = ['"one"', '"many"', '"%d x"']
KINDS = ['"string"', '"map"', '"slice"', '"int"', '"float64"', '"bool"', '"invalid"', '"ptr"', '"struct"', '"int64"']
TYPES = ['"string"', '"map[string]interface {}"', '"[]interface {}"', '"int"', '"float64"', '"[]string"', '"*semver.Version"', '"time.Time"', '"int64"', '"<nil>"']
URLS = ['.Values.url', '"http://h/p?q#f"', '"mailto:x@y"', '"/only/path"', '"//h:1/p"', '":bad"', '"http://[::1]:80/"', '""', '"http://a b"', '"http://h/%zz"', '"http://h/%41?x=%20"', '"HTTP://U@H"', '"a:b:c"', '"http://h:port/"', '"?q"', '"#f"',
        '"http://[::1"', '"h/../p"']

POOLS = {'s': STRINGS, 'i': INTS, 'n': NUMBERS, 'b': BOOLS, 'l': LISTS, 'd': DICTS, 'F': FORMATS, 'L': LAYOUTS, 'V': SEMVERS, 'C': CONSTRAINTS,
         'R': REGEXES, 'X': REPLACEMENTS, 'P': PATHS, 'D': DURATIONS, 'W': TIMES, 'Q': DATES, 'N': ['0', '1', '2', '3', '5', '8', '-1'], 'I': ['-1', '0', '1', '2'],
         'Z': ZONES, 'K': KINDS, 'T': TYPES, 'U': URLS, 'E': TEMPLATES, 'M': ['"named"', '"wrapper"', '"none"', '"other"'], 'O': TOMLS, 'Y': YAMLS, 'J': JSONS,
         'c': LISTS + DICTS + STRINGS[:6] + ['.Values', '.Values'], 'p': PLURAL, 'u': ['1', '7', '-1', '"1"', '4294967296'], 'w': ['"long"', '"maximum"', '"medium"', '"short"', '"basic"', '"pin"', '"none"'],
         't': [t for t in TIMES if 'toDate' in t] + ['(toDate "2006-01-02T15:04:05Z07:00" .Values.date)']}
ANY = STRINGS[:8] + INTS[:6] + FLOATS[:4] + BOOLS + LISTS + DICTS + NILS + ['.Values.float', '.Values.big', '.Chart.Version', '.Release', '.Capabilities.KubeVersion.Minor', '.Values.int']
ODD = ODD_INTS + ODD_FLOATS + NILS + ['.Release', '.Files', '(semver "1.2.3-a.1+b")', '.Capabilities.APIVersions', '(int64 9)', '(float64 1)', '.Template', '.Subcharts', '(.Files.GetBytes "f.txt")',
                             '(.Files.Lines "f.txt")', '(.Files.Glob "*")', '.Capabilities.KubeVersion', '.Values', '(chunk 2 (list 1 2 3))']

# name: the kinds of its arguments (keys of POOLS); 'a' is anything, '*' repeats the last up to three times.
FUNCTIONS = {
    'print': 'a*', 'println': 'a*', 'printf': 'Fa*', 'len': 'c', 'index': 'ci*', 'not': 'a', 'and': 'aa*', 'or': 'aa*', 'html': 'a*', 'js': 'a*', 'urlquery': 'a*', 'call': 'a*',
    'eq': 'aa*', 'ne': 'aa', 'lt': 'nn', 'le': 'nn', 'gt': 'ss', 'ge': 'nn',
    'abbrev': 'is', 'abbrevboth': 'iis', 'camelcase': 's', 'cat': 'a*', 'contains': 'ss', 'hasPrefix': 'ss', 'hasSuffix': 'ss', 'indent': 'Ns', 'initials': 's',
    'join': 'sl', 'kebabcase': 's', 'lower': 's', 'nindent': 'Ns', 'nospace': 's', 'plural': 'ppi', 'quote': 'a*', 'repeat': 'Ns', 'replace': 'sss', 'snakecase': 's',
    'split': 'ss', 'splitList': 'ss', 'splitn': 'sis', 'squote': 'a*', 'substr': 'iis', 'swapcase': 's', 'title': 's', 'toStrings': 'a', 'trim': 's',
    'trimAll': 'ss', 'trimPrefix': 'ss', 'trimSuffix': 'ss', 'trimall': 'ss', 'trunc': 'is', 'untitle': 's', 'upper': 's', 'wrap': 'Ns', 'wrapWith': 'Nss',
    'atoi': 's', 'float64': 'n', 'int': 'n', 'int64': 'n', 'toDecimal': 'n', 'toString': 'a',
    'add': 'n*', 'add1': 'n', 'add1f': 'n', 'addf': 'n*', 'biggest': 'nn*', 'ceil': 'n', 'div': 'nn', 'divf': 'nn', 'floor': 'n', 'max': 'nn*', 'maxf': 'nn', 'min': 'nn*',
    'minf': 'nn', 'mod': 'nn', 'mul': 'nn*', 'mulf': 'nn', 'round': 'ni', 'sub': 'nn', 'subf': 'nn*',
    'append': 'la', 'chunk': 'il', 'compact': 'l', 'concat': 'll', 'first': 'l', 'has': 'al', 'initial': 'l', 'last': 'l', 'list': 'a*', 'prepend': 'la', 'push': 'la', 'rest': 'l', 'reverse': 'l',
    'seq': 'N*', 'slice': 'lNN', 'sortAlpha': 'l', 'uniq': 'l', 'until': 'N', 'untilStep': 'NNN', 'without': 'la*', 'tuple': 'a*',
    'mustAppend': 'la', 'mustChunk': 'il', 'mustCompact': 'l', 'mustFirst': 'a', 'mustHas': 'al', 'mustInitial': 'l', 'mustLast': 'l', 'mustPrepend': 'la', 'mustPush': 'la', 'mustRest': 'l', 'mustReverse': 'l',
    'mustSlice': 'lNN', 'mustUniq': 'l', 'mustWithout': 'la*',
    'deepCopy': 'd', 'mustDeepCopy': 'd', 'dict': 'sasa', 'dig': 'ssad', 'get': 'ds', 'hasKey': 'ds', 'merge': 'dd', 'mergeOverwrite': 'dd', 'mustMerge': 'dd', 'mustMergeOverwrite': 'dd', 'omit': 'ds', 'pick': 'ds', 'pluck': 'sd*',
    'set': 'dsa', 'unset': 'ds', 'all': 'a*', 'any': 'a*', 'coalesce': 'a*', 'default': 'aa', 'empty': 'a', 'ternary': 'aab',
    'adler32sum': 's', 'b32dec': 's', 'b32enc': 's', 'b64dec': 's', 'b64enc': 's', 'fromJson': 'J', 'fromJsonArray': 'J', 'fromToml': 'O', 'fromYaml': 'Y', 'fromYamlArray': 'Y', 'mustFromJson': 'J',
    'mustToJson': 'a', 'mustToPrettyJson': 'a', 'mustToRawJson': 'a', 'sha1sum': 's', 'sha256sum': 's', 'sha512sum': 's', 'toJson': 'a', 'toPrettyJson': 'a', 'toRawJson': 'a', 'toToml': 'd', 'toYaml': 'a', 'toYamlPretty': 'a',
    'date': 'LW', 'dateInZone': 'LWZ', 'date_in_zone': 'LWZ', 'htmlDate': 'W', 'htmlDateInZone': 'WZ', 'duration': 'D', 'durationRound': 'D', 'toDate': 'LQ', 'mustToDate': 'LQ',
    'dateModify': 'Dt', 'date_modify': 'Dt', 'mustDateModify': 'Dt', 'must_date_modify': 'Dt', 'unixEpoch': 't',
    'deepEqual': 'aa', 'kindIs': 'Ka', 'kindOf': 'a', 'typeIs': 'Ta', 'typeIsLike': 'Ta', 'typeOf': 'a',
    'regexFind': 'Rs', 'regexFindAll': 'RsI', 'regexMatch': 'Rs', 'regexQuoteMeta': 's', 'regexReplaceAll': 'RsX', 'regexReplaceAllLiteral': 'RsX', 'regexSplit': 'RsI',
    'mustRegexFind': 'Rs', 'mustRegexFindAll': 'RsI', 'mustRegexMatch': 'Rs', 'mustRegexReplaceAll': 'RsX', 'mustRegexReplaceAllLiteral': 'RsX', 'mustRegexSplit': 'RsI',
    'semver': 'V', 'semverCompare': 'CV', 'base': 'P', 'clean': 'P', 'dir': 'P', 'ext': 'P', 'isAbs': 'P', 'osBase': 'P', 'osClean': 'P', 'osDir': 'P', 'osExt': 'P', 'osIsAbs': 'P', 'urlParse': 'U', 'urlJoin': 'd',
    'required': 'sa', 'fail': 's', 'tpl': 'Ec', 'include': 'Ma', 'lookup': 'ssss', 'hello': '', 'getHostByName': 's', 'derivePassword': 'uwsss', 'decryptAES': 'ss',
}

# Functions whose result is random or in no order, inside an expression that is the same each time. '@x' is an argument of kind x.
WRAPPED = {
    'keys': '(keys @d | sortAlpha)', 'values': '(values @d | len)', 'now': '(now | kindOf)', 'ago': '(ago now)', 'uuidv4': '(uuidv4 | len)', 'shuffle': '(shuffle @s | len)',
    'randAlpha': '(randAlpha @N | len)', 'randAlphaNum': '(randAlphaNum @N | regexMatch "^[0-9A-Za-z]*$")', 'randAscii': '(randAscii @N | len)', 'randNumeric': '(randNumeric @N | len)',
    'randBytes': '(randBytes @N | b64dec | len)', 'randInt': '(randInt 3 4)', 'bcrypt': '(bcrypt "x" | trunc 7)', 'htpasswd': '(htpasswd @s "y" | kindOf)', 'encryptAES': '(decryptAES "k" (encryptAES "k" @s))',
    'genPrivateKey': '(genPrivateKey "ed25519" | trunc 27)', 'genCA': '(genCA @s @i).Cert | trunc 27', 'genSelfSignedCert': '(genSelfSignedCert @s nil nil 1 | typeOf)', 'genSignedCert': '(genSignedCert @s nil (list "a.b") 1 (genCA "x" 1)).Key | trunc 10',
    'genCAWithKey': '(genCAWithKey "x" 1 @s | typeOf)', 'genSelfSignedCertWithKey': '(genSelfSignedCertWithKey "x" nil nil 1 (genPrivateKey "ecdsa")).Cert | trunc 27',
    'genSignedCertWithKey': '(genSignedCertWithKey "x" nil nil 1 (genCAWithKey "y" 2 (genPrivateKey "ecdsa")) @s | typeOf)', 'buildCustomCert': '(buildCustomCert (b64enc "a") @s | typeOf)',
}

HELPERS = '{{- define "named" -}}N[{{ . }}]{{- end -}}\n{{- define "wrapper" }}{{ include "named" . | upper }}{{ with . }} w {{ end }}{{ end -}}\n{{ define "other" }}{{ . | toString | trunc 3 }}{{ end }}\n'
