"""The description of GitLab's API as its own client for Go has it (a module that GitLab publishes): operations, their options
and what they answer, read from the types and calls there, as a document for openapi.py.

GitLab's OpenAPI file is in no package registry; the client's types are what GitLab itself sends and understands.
"""
import os
import re

BASIC = {'string': {'type': 'string'}, 'bool': {'type': 'boolean'}, 'float64': {'type': 'number'}, 'any': {}, 'interface{}': {},
         'time.Time': {'type': 'string', 'format': 'date-time'}, 'json.RawMessage': {}}
for _name in ('int', 'int32', 'int64', 'uint', 'uint64'):
    BASIC[_name] = {'type': 'integer'}

TYPE = re.compile(r'^type (\w+) (struct \{|.+)$')
FIELD = re.compile(r'^\t(\w+)\s+(\S.*?)(?:\s+`(.*)`)?$')
TAG = re.compile(r'(json|url):"([^",]*)')
FUNCTION = re.compile(r'^func \(s \*\w+\) (\w+)\((.*?)\) \(')
CALL = re.compile(r'do\[([^\n]*?)\]\(s\.client,\n(.*?)\n\t\)', re.S)


def _files(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith('.go') and not name.endswith('_test.go'):
            with open(os.path.join(folder, name)) as f:
                yield f.read()


class Types:
    def __init__(self):
        self.structs, self.others, self.schemas = {}, {}, {}

    def read(self, text):
        lines = iter(text.split('\n'))
        for line in lines:
            match = TYPE.match(line)
            if not match:
                continue
            name, rest = match.groups()
            if rest != 'struct {':
                self.others[name] = rest.lstrip('= ').split('//')[0].strip()
                continue
            fields, depth = [], 1
            for line in lines:
                depth += line.count('{') - line.count('}')
                if depth == 0:
                    break
                fields.append(line)
            self.structs[name] = fields

    def schema(self, go):
        """Everything may be null: that is how Go reads it."""
        go = go.strip()
        if go.startswith('*'):
            return self.schema(go[1:])
        if go.startswith('[]'):
            return {'type': 'array', 'items': self.schema(go[2:]), 'nullable': True}
        if go.startswith('map['):
            return {'type': 'object', 'nullable': True}
        if go in BASIC:
            return dict(BASIC[go], nullable=True)
        if go in self.structs:
            self.make(go)
            return {'$ref': '#/components/schemas/' + go}
        if go in self.others:
            return self.schema(self.others[go])
        return {'nullable': True}

    def make(self, name):
        if name in self.schemas:
            return
        schema = self.schemas[name] = {'type': 'object', 'nullable': True, 'properties': {}, 'additionalProperties': False}
        skip = 0
        for line in self.structs[name]:
            if skip or line.endswith('{'):  # a struct without a name: not looked into
                skip += line.count('{') - line.count('}')
                if not skip:
                    self._inner(schema, line)
                continue
            embedded = re.match(r'^\t\*?(\w+)$', line)
            if embedded and embedded.group(1) in self.structs:
                self.make(embedded.group(1))
                schema['properties'].update(self.schemas[embedded.group(1)]['properties'])
                continue
            match = FIELD.match(line)
            tags = dict(TAG.findall(match.group(3) or '')) if match else {}
            key = tags.get('json') or tags.get('url')
            if key and key != '-':
                schema['properties'][key] = self.schema(match.group(2))

    @staticmethod
    def _inner(schema, line):
        tags = dict(TAG.findall(line))
        if tags.get('json'):
            schema['properties'][tags['json']] = {'nullable': True}


def document(folder):
    """{'paths': …, 'components': …} of the module in the folder."""
    types, texts, paths = Types(), list(_files(folder)), {}
    for text in texts:
        types.read(text)
    for text in texts:
        for block in re.split(r'(?m)^(?=func )', text):
            head, calls = FUNCTION.match(block), CALL.search(block)
            where = calls and re.search(r'withPath\("([^"]+)"', calls.group(2))
            if head and where:
                _add(paths, types, head, calls, where.group(1))
    return {'paths': paths, 'components': {'schemas': types.schemas}}


def _add(paths, types, head, calls, template):
    method = re.search(r'withMethod\(http\.Method(\w+)\)', calls.group(2))
    method = method.group(1).lower() if method else 'get'
    options = re.search(r'opt \*(\w+)', head.group(2))
    names = iter('abcdefgh')
    path = '/' + re.sub(r'%[sdv]', lambda _: '{%s}' % next(names), template)
    operation = {'responses': {code: {'content': {'application/json': {'schema': types.schema(calls.group(1))}}}
                               for code in (('201',) if method == 'post' else ('200',))}, 'parameters': []}
    if options and options.group(1) in types.structs:
        schema = types.schema(options.group(1))
        if method == 'get':
            properties = types.schemas[options.group(1)]['properties']
            operation['parameters'] = [{'name': name, 'in': 'query', 'schema': s} for name, s in properties.items()]
        else:
            operation['requestBody'] = {'required': False, 'content': {'application/json': {'schema': schema}}}
    paths.setdefault(path, {}).setdefault(method, operation)
