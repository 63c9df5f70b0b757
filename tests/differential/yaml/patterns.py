"""Seeded regular expressions with texts for them."""

ATOMS = [
    'a', 'b', 'c', 'ab', '.', '\\d', '\\D', '\\s', '\\w', '\\W', '\\S', '[abc]', '[^abc]', '[a-c]', '[^a-c\\n]',
    '[[:alpha:]]', '[[:^digit:]]', '\\pL', '\\p{Greek}', '\\PN', '\\p{^Lu}', '\\p{Lu}', '^', '$', '\\b', '\\B', '\\A',
    '\\z', '\\n', '\\t', '\\x41', '\\x{e9}', '\\101', '\\.', '\\*', '\\Qa.b\\E', 'é', '日', '😀', 'K', 's', '(?i)',
    '(?s)', '(?m)', '(?U)', '(?-i)', '(?i:ab)', '(?s-m:.)', '', '[]a]', '[a-]', '[-a]', '[\\d-z]', '[\\pL\\d]', '{',
    '}', '{,2}', ']', '-', '\\-', '\\_', '/', ':', '@', 'x{2}', '"', '\\C', '\\Z', '\\8', '\\1', '(?<n>a)',
    '(?P<n>b)', '(?P<a_1>.)', '(?=a)', '(?!a)', '(?P=n)', '(?<>a)', '(?P<n', '(?', '[a', '[z-a]', '[[:foo:]]', '\\pX',
    '\\p{Foo}', '\\p{L', '\\xg', '\\x{110000}', '\\x', '\\', '(?i)\\x{212a}', '[^\\x00-\\x{10FFFF}]', '\\p{Any}',
    '\\p{letter}', '[[:word:]]', '[\\Q]\\E]', '\\a\\f\\v', 'ſ', 'µ',
]
REPEATS = [
    '', '', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,1}?', '{2,}', '{0}', '{1001}', '{2,1}',
    '{1000}', '**', '+*', '{2}{3}', '{99999999999}', '{,3}', '{1,', '{01}',
]
REPLACEMENTS = ['x', '$1', '${1}x', '$1x', '$n', '${n}y', '$$', '$', '$0$0', '${', '$9', '$01', '-$a_1-']


def expression(r, depth=0):
    roll = r.random()
    if depth > 3 or roll < 0.45:
        return r.choice(ATOMS) + r.choice(REPEATS)
    if roll < 0.6:
        return '(' + expression(r, depth + 1) + ')' + r.choice(REPEATS)
    if roll < 0.68:
        return '(?:' + expression(r, depth + 1) + ')' + r.choice(REPEATS)
    if roll < 0.8:
        return expression(r, depth + 1) + '|' + expression(r, depth + 1)
    return ''.join(expression(r, depth + 1) for _ in range(r.randrange(1, 4)))


def case(r):
    """A pattern, a text as bytes, a replacement."""
    pattern = expression(r)
    if r.random() < 0.05 and pattern:
        at = r.randrange(len(pattern))
        pattern = pattern[:at] + r.choice('()[]{}*+?|\\^') + pattern[at + 1:]
    text = ''.join(r.choice('aabbccABCxyz019 \n\t_.-é日😀KſKµ') for _ in range(r.randrange(0, 14)))
    if r.random() < 0.05:
        text = text * 40
    text = text.encode()
    if r.random() < 0.05:
        text = text[:3] + b'\xff\xe9' + text[3:]
    return pattern, text, r.choice(REPLACEMENTS)
