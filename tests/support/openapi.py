"""A published description of an API (OpenAPI 3.0, as a document), to hold requests and answers against.

    d = Description(document)
    call = d.find('GET', '/repos/team/fleet/pulls')      # None: no such operation
    call.request_problems(query, body)                   # texts; none: as described
    call.answer_problems(200, headers, answer)
    call.sample(200)                                     # an answer as the description shows or demands it
"""
import copy
import re

KNOWN = {  # what is judged here, and what says nothing about shape; anything else is an error of this file
    'type', 'nullable', 'enum', 'properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems', 'minimum',
    'maximum', 'minLength', 'maxLength', 'pattern', 'format', 'oneOf', 'anyOf', 'allOf', '$ref', 'uniqueItems', 'maxProperties',
    'minProperties', 'title', 'description', 'default', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'discriminator',
    'externalDocs'}
TYPES = {'string': str, 'boolean': bool, 'object': dict, 'array': list}
DATE_TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)')


class Shapes:
    """Judges values by schemas."""

    def __init__(self, document):
        self.document = document

    def resolve(self, schema):
        while '$ref' in schema:
            at = self.document
            for step in schema['$ref'].lstrip('#/').split('/'):
                at = at[step.replace('~1', '/').replace('~0', '~')]
            schema = at
        return schema

    def problems(self, schema, value, where='', closed=False):
        """`closed`: properties that the schema does not name are wrong (of what is sent, not of answers)."""
        schema = self.resolve(schema)
        unknown = {k for k in schema if k not in KNOWN and not k.startswith('x-')}
        if unknown:
            raise NotImplementedError('keywords of a schema: %s' % ', '.join(sorted(unknown)))
        if value is None:
            allowed = schema.get('nullable') or schema.get('type') is None and self._some(schema, None)
            return [] if allowed else ['%s is null' % where]
        found = []
        for part in schema.get('allOf', ()):
            found += self.problems(part, value, where)
        for key in ('oneOf', 'anyOf'):
            if key in schema and not self._some({key: schema[key]}, value):
                found.append('%s is none of what it may be: %.200r' % (where, value))
        if 'enum' in schema and value not in schema['enum']:
            found.append('%s is none of %s: %r' % (where, schema['enum'], value))
        kind = schema.get('type')
        if kind and not self._is(kind, value):
            return found + ['%s is no %s: %.200r' % (where, kind, value)]
        return found + self._inside(schema, value, where, closed)

    def _some(self, schema, value):
        choices = schema.get('oneOf') or schema.get('anyOf')
        return not choices or any(not self.problems(part, value) for part in choices)

    @staticmethod
    def _is(kind, value):
        if kind in ('integer', 'number'):
            return isinstance(value, int if kind == 'integer' else (int, float)) and not isinstance(value, bool)
        return isinstance(value, TYPES[kind])

    def _inside(self, schema, value, where, closed):
        if isinstance(value, str):
            return self._text(schema, value, where)
        if isinstance(value, dict):
            return self._object(schema, value, where, closed)
        if isinstance(value, list):
            found = ['%s has %d items' % (where, len(value))] * (
                not schema.get('minItems', 0) <= len(value) <= schema.get('maxItems', len(value)))
            for i, item in enumerate(value):
                found += self.problems(schema.get('items', {}), item, '%s[%d]' % (where, i), closed)
            return found
        if isinstance(value, (int, float)) and not schema.get('minimum', value) <= value <= schema.get('maximum', value):
            return ['%s is out of range: %r' % (where, value)]
        return []

    @staticmethod
    def _text(schema, value, where):
        found = []
        if not schema.get('minLength', 0) <= len(value) <= schema.get('maxLength', len(value)):
            found.append('%s has %d characters' % (where, len(value)))
        if 'pattern' in schema and not re.search(schema['pattern'], value):
            found.append('%s does not match %s: %.200r' % (where, schema['pattern'], value))
        if schema.get('format') == 'date-time' and not DATE_TIME.fullmatch(value):
            found.append('%s is no time: %r' % (where, value))
        return found

    def _object(self, schema, value, where, closed):
        found = ['%s lacks %s' % (where, name) for name in schema.get('required', ()) if name not in value]
        named, more = schema.get('properties', {}), schema.get('additionalProperties')
        for name, item in value.items():
            at = '%s.%s' % (where, name)
            if name in named:
                found += self.problems(named[name], item, at, closed)
            elif isinstance(more, dict) and more:
                found += self.problems(more, item, at, closed)
            elif more is False or (closed and named and more is None):
                found.append('%s is unknown' % at)
        return found

    def sample(self, schema, depth=0):
        """The least value that fits."""
        schema = self.resolve(schema)
        if schema.get('nullable') and depth > 0:
            return None
        for key in ('oneOf', 'anyOf'):
            if key in schema:
                return self.sample(schema[key][0], depth)
        if 'allOf' in schema:
            out = {}
            for part in schema['allOf']:
                out.update(self.sample(part, depth) or {})
            return out
        if 'enum' in schema:
            return schema['enum'][0]
        kind = schema.get('type', 'object')
        if kind == 'object':
            needed = schema.get('required', ())
            return {name: self.sample(schema.get('properties', {}).get(name, {}), depth + 1) for name in needed}
        return {'array': [], 'integer': schema.get('minimum', 1), 'number': 1, 'boolean': False}.get(kind) if kind != 'string' else (
            '2026-01-01T00:00:00Z' if schema.get('format') == 'date-time' else 'text'.ljust(schema.get('minLength', 0), 'x'))


class Call:
    """One operation of the description."""

    def __init__(self, description, method, template, operation, more):
        self.shapes, self.name = description.shapes, '%s %s' % (method, template)
        self.operation = operation
        self.parameters = [self.shapes.resolve(p) for p in list(more) + operation.get('parameters', [])]

    def request_problems(self, query, body):
        known = {p['name']: p for p in self.parameters if p['in'] == 'query'}
        found = ['there is no parameter %s' % name for name in query if name not in known]
        for name, p in known.items():
            if name in query:
                found += self.shapes.problems(p['schema'], self._typed(p['schema'], query[name]), 'parameter ' + name)
            elif p.get('required'):
                found.append('the parameter %s is missing' % name)
        wanted = self.operation.get('requestBody')
        if body is None:
            found += ['a body is missing'] if wanted and wanted.get('required') else []
        elif not wanted:
            found.append('no body is wanted')
        else:
            found += self.shapes.problems(wanted['content']['application/json']['schema'], body, 'body', closed=True)
        return ['%s: %s' % (self.name, text) for text in found]

    def _typed(self, schema, text):
        kind = self.shapes.resolve(schema).get('type')
        if kind == 'integer' and re.fullmatch(r'-?\d+', text):
            return int(text)
        return {'true': True, 'false': False}.get(text, text) if kind == 'boolean' else text

    def _schema(self, status):
        answer = self.operation['responses'].get(str(status))
        if answer is None:
            return None
        content = self.shapes.resolve(answer).get('content', {})
        return content.get('application/json', {}) if content else {}

    def answer_problems(self, status, answer):
        media = self._schema(status)
        if media is None:  # refusals that any operation may give
            return [] if status >= 400 else ['%s: an answer %d is not described' % (self.name, status)]
        if 'schema' not in media:
            return [] if answer is None or status >= 400 else ['%s: %d has no body' % (self.name, status)]
        return ['%s: %s' % (self.name, text) for text in self.shapes.problems(media['schema'], answer, 'answer')]

    def sample(self, status):
        """The described example (not every one fits its own schema), else the least that fits."""
        media = self._schema(status)
        for example in media.get('examples', {}).values():
            return copy.deepcopy(self.shapes.resolve(example)['value'])
        return self.shapes.sample(media['schema'])


class Description:
    def __init__(self, document):
        self.shapes = Shapes(document)
        self.rows = []
        for template, item in document['paths'].items():
            fixed = re.split(r'\{[^}]*\}', template)
            pattern = '[^/]+'.join(re.escape(part) for part in fixed)
            self.rows.append((re.compile(pattern), len(fixed), template, item))
        self.rows.sort(key=lambda row: row[1])  # paths with fewer variables first

    def find(self, method, path):
        for pattern, _, template, item in self.rows:
            if method.lower() in item and pattern.fullmatch(path):
                return Call(self, method, template, item[method.lower()], item.get('parameters', []))
        return None
