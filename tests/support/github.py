"""A test server with GitHub's API: pull requests, comments, statuses, reviews, checks, an App. See forgeserver.py."""
import base64
import json
import os
import secrets
import subprocess
import time

from forgeserver import ForgeServer, Refused, now
from openapi import Description
from tools import npm_module

APP_ID, INSTALLATION, SLUG = 4711, 815, 'syncd-test'


def _decode(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


class GitHub(ForgeServer):
    prefix, page_size, head_reference = '/api/v3', 30, 'refs/pull/%d/head'

    def __init__(self, git_server, **more):
        super().__init__(git_server, **more)
        self.checks, self.issued, self.token_life = {}, {}, 3600
        self.app_key = self.scratch.join('app.pem')
        self.app_public = self.scratch.join('app.pub')
        subprocess.run(['openssl', 'genrsa', '-traditional', '-out', self.app_key, '2048'], check=True, stderr=subprocess.DEVNULL)
        subprocess.run(['openssl', 'rsa', '-in', self.app_key, '-pubout', '-out', self.app_public], check=True, stderr=subprocess.DEVNULL)
        os.chmod(self.app_key, 0o600)

    def description(self):
        path = os.path.join(npm_module('openapi', '@octokit/openapi'), 'generated', 'api.github.com.json')
        with open(path) as f:
            return Description(json.load(f))

    # -- who asks ----------------------------------------------------------------------------------------------
    def who(self, headers, path):
        kind, _, token = headers.get('Authorization', '').partition(' ')
        if kind != 'Bearer':
            self.problems.append('%s: Authorization is %r' % (path, kind))
        if path == '/app' or path.startswith('/app/') or path.endswith('/installation'):
            self._assertion(token)
            return None
        if headers.get('X-GitHub-Api-Version') != '2022-11-28':
            self.problems.append('%s: no X-GitHub-Api-Version' % path)
        if token in self.tokens:
            return self.tokens[token]
        if self.issued.get(token, 0) > time.time():
            return SLUG + '[bot]'
        raise Refused(401, 'Bad credentials')

    def _assertion(self, token):
        """An App's JSON web token, by its own public key."""
        head, _, rest = token.partition('.')
        body, _, signature = rest.partition('.')
        with open(self.scratch.join('signature'), 'wb') as f:
            f.write(_decode(signature))
        p = subprocess.run(['openssl', 'dgst', '-sha256', '-verify', self.app_public, '-signature', self.scratch.join('signature')],
                           input=(head + '.' + body).encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        claims = json.loads(_decode(body))
        good = (p.returncode == 0 and json.loads(_decode(head))['alg'] == 'RS256' and str(claims['iss']) == str(APP_ID) and
                claims['iat'] <= time.time() < claims['exp'] <= time.time() + 600)
        if not good:
            raise Refused(401, "'Expiration time' claim or signature is not valid")

    def good_token(self, token):
        """Whether Git may come in with it."""
        return token in self.tokens or self.issued.get(token, 0) > time.time()

    def expire_tokens(self):
        with self.lock:
            self.issued = {}

    # -- limits ------------------------------------------------------------------------------------------------
    def limit_headers(self):
        limit = self.limit or {'left': 4999, 'reset': int(time.time()) + 3600}
        return {'X-RateLimit-Limit': '5000', 'X-RateLimit-Remaining': str(limit['left']), 'X-RateLimit-Reset': str(int(limit['reset'])),
                'X-RateLimit-Resource': 'core'}

    def limit_refusal(self):
        return Refused(403, 'API rate limit exceeded for installation ID %d.' % INSTALLATION)

    # -- what things look like ---------------------------------------------------------------------------------
    def _user(self, base, name):
        known = self.people.get(name, {'id': 1})
        return dict(base, login=name, id=known['id'], type='Bot' if name.endswith('[bot]') else 'User')

    def _pull(self, call, pull):
        out = call.sample(200)[0]
        head, base = dict(out['head']), dict(out['base'])
        full = 'fork/fleet' if pull['fork'] else self.repository
        head.update(ref=pull['branch'], sha=pull['head'], repo=dict(head['repo'], full_name=full))
        base.update(ref=self.branch, repo=dict(base['repo'], full_name=self.repository))
        out.update(requested_teams=[], number=pull['number'], id=pull['id'], state=pull['state'], title='change %d' % pull['number'], draft=False,
                   user=self._user(out['user'], pull['author']), created_at=pull['at'], updated_at=pull['updated'], head=head, base=base,
                   html_url='%s/%s/pull/%d' % (self.url, self.repository, pull['number']))
        return out

    def _comment(self, base, comment):
        return dict(base, id=comment['id'], body=comment['text'], user=self._user(base['user'], comment['author']),
                    created_at=comment['at'], updated_at=comment['changed'])

    def _may(self, repository, number=None):
        if repository != self.repository or (number is not None and int(number) not in self.pulls):
            raise Refused(404, 'Not Found')

    # -- operations --------------------------------------------------------------------------------------------
    def list_pulls(self, call, who, query, body, repository):
        self._may(repository)
        state = query.get('state', 'open')
        items = [self._pull(call, p) for p in self.pulls.values()
                 if p['state'] == state and query.get('base', self.branch) == self.branch]
        page, links = self.page(query, items)
        return 200, page, links

    def list_comments(self, call, who, query, body, repository, number):
        self._may(repository, number)
        base = call.sample(200)[0]
        page, links = self.page(query, [self._comment(base, c) for c in self.comments[int(number)]])
        return 200, page, links

    def add_comment(self, call, who, query, body, repository, number):
        self._may(repository, number)
        if len(body['body']) > 65536:
            raise Refused(422, 'Validation Failed')
        return 201, self._comment(call.sample(201), self.say(int(number), who, body['body']))

    def edit_comment(self, call, who, query, body, repository, id):
        for list_of_one in self.comments.values():
            for comment in list_of_one:
                if comment['id'] == int(id):
                    comment.update(text=body['body'], changed=now())
                    return 200, self._comment(call.sample(200), comment)
        raise Refused(404, 'Not Found')

    def set_status(self, call, who, query, body, repository, commit):
        self._may(repository)
        self.statuses.append(dict(body, commit=commit))
        return 201, dict(call.sample(201), state=body['state'], context=body['context'], description=body['description'])

    def list_reviews(self, call, who, query, body, repository, number):
        self._may(repository, number)
        base = call.sample(200)[0]
        items = [dict(base, id=r['id'], user=self._user(base['user'], r['author']), state='APPROVED', commit_id=r['commit'])
                 for r in self.reviews[int(number)]]
        page, links = self.page(query, items)
        return 200, page, links

    def get_level(self, call, who, query, body, repository, name):
        self._may(repository)
        if name not in self.people:
            raise Refused(404, 'Not Found')
        base = call.sample(200)
        level = self.people[name]['level']
        return 200, dict(base, permission=level, role_name=level, user=dict(self._user(base['user'], name), role_name=level))

    def get_self(self, call, who, query, body):
        if who.endswith('[bot]'):
            raise Refused(403, 'Resource not accessible by integration')
        return 200, dict(call.sample(200), login=who)

    def _check(self, call, status, check):
        base = call.sample(status)
        output = dict(base['output'], title=check['output']['title'], summary=check['output']['summary'],
                      annotations_count=len(check['annotations']))
        return dict(base, id=check['id'], name=check['name'], head_sha=check['head_sha'], status=check['status'],
                    conclusion=check.get('conclusion'), output=output)

    def add_check(self, call, who, query, body, repository):
        self._may(repository)
        if not who.endswith('[bot]'):
            raise Refused(403, 'You must authenticate via a GitHub App.')
        check = dict(body, id=self.next_id(), annotations=list(body['output'].get('annotations', ())))
        self.checks[check['id']] = check
        return 201, self._check(call, 201, check)

    def edit_check(self, call, who, query, body, repository, id):
        check = self.checks.get(int(id))
        if check is None:
            raise Refused(404, 'Not Found')
        check.update(body)
        check['annotations'] += body['output'].get('annotations', [])
        return 200, self._check(call, 200, check)

    def get_app(self, call, who, query, body):
        return 200, dict(call.sample(200), id=APP_ID, slug=SLUG)

    def find_installation(self, call, who, query, body, repository):
        self._may(repository)
        return 200, dict(call.sample(200), id=INSTALLATION, app_id=APP_ID)

    def make_token(self, call, who, query, body, id):
        if int(id) != INSTALLATION or body != {'repositories': [self.repository.split('/')[1]]}:
            raise Refused(422, 'Validation Failed')
        token, ends = 'ghs_' + secrets.token_hex(18), time.time() + self.token_life
        self.issued[token] = ends
        answer = dict(call.sample(201), token=token, expires_at=now(ends))
        answer.pop('repositories', None)
        return 201, answer

    def merge_pull(self, call, who, query, body, repository, number):
        self._may(repository, number)
        return 200, dict(call.sample(200), sha=self.merge(int(number), who), merged=True)

    routes = [
        ('GET', '/repos/([^/]+/[^/]+)/pulls', list_pulls),
        ('GET', r'/repos/([^/]+/[^/]+)/issues/(\d+)/comments', list_comments),
        ('POST', r'/repos/([^/]+/[^/]+)/issues/(\d+)/comments', add_comment),
        ('PATCH', r'/repos/([^/]+/[^/]+)/issues/comments/(\d+)', edit_comment),
        ('POST', '/repos/([^/]+/[^/]+)/statuses/([^/]+)', set_status),
        ('GET', r'/repos/([^/]+/[^/]+)/pulls/(\d+)/reviews', list_reviews),
        ('PUT', r'/repos/([^/]+/[^/]+)/pulls/(\d+)/merge', merge_pull),
        ('GET', '/repos/([^/]+/[^/]+)/collaborators/([^/]+)/permission', get_level),
        ('GET', '/user', get_self),
        ('POST', '/repos/([^/]+/[^/]+)/check-runs', add_check),
        ('PATCH', r'/repos/([^/]+/[^/]+)/check-runs/(\d+)', edit_check),
        ('GET', '/app', get_app),
        ('GET', '/repos/([^/]+/[^/]+)/installation', find_installation),
        ('POST', r'/app/installations/(\d+)/access_tokens', make_token),
    ]
