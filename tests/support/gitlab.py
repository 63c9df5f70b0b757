"""A test server with GitLab's API: merge requests, notes, statuses, approvals, members. See forgeserver.py."""
import time

import goapi
from forgeserver import ForgeServer, Refused, now
from openapi import Description
from tools import module_folder

LEVELS = {'none': 0, 'read': 20, 'write': 30, 'admin': 40}


class GitLab(ForgeServer):
    prefix, page_size, head_reference = '/api/v4', 20, 'refs/merge-requests/%d/head'

    def description(self):
        return Description(goapi.document(module_folder('gitlab', 'gitlab.com/gitlab-org/api/client-go')))

    def who(self, headers, path):
        kind, _, token = headers.get('Authorization', '').partition(' ')
        if kind != 'Bearer' or token not in self.tokens:
            raise Refused(401, '401 Unauthorized')
        return self.tokens[token]

    def good_token(self, token):
        return token in self.tokens

    def limit_headers(self):
        limit = self.limit or {'left': 1999, 'reset': int(time.time()) + 60}
        return {'RateLimit-Limit': '2000', 'RateLimit-Remaining': str(limit['left']), 'RateLimit-Reset': str(int(limit['reset'])),
                'RateLimit-Name': 'throttle_authenticated_api'}

    def limit_refusal(self):
        return Refused(429, 'Retry later', Retry_After=str(max(1, int(self.limit['reset'] - time.time()))))

    def page_headers(self, page, size, total):
        return {'X-Page': str(page), 'X-Per-Page': str(size), 'X-Total': str(total)}

    # -- what things look like ---------------------------------------------------------------------------------
    def _user(self, name):
        return {'id': self.people[name]['id'], 'username': name, 'name': name, 'state': 'active', 'web_url': '%s/%s' % (self.url, name)}

    def _pull(self, pull):
        return {'id': pull['id'], 'iid': pull['number'], 'project_id': 7, 'title': 'change', 'state': 'opened', 'draft': False,
                'source_branch': pull['branch'], 'target_branch': self.branch, 'source_project_id': 8 if pull['fork'] else 7,
                'target_project_id': 7, 'author': self._user(pull['author']), 'sha': pull['head'], 'created_at': pull['at'],
                'updated_at': pull['updated'], 'web_url': '%s/%s/-/merge_requests/%d' % (self.url, self.repository, pull['number'])}

    def _note(self, number, comment, system=False):
        return {'id': comment['id'], 'body': comment['text'], 'author': self._user(comment['author']), 'created_at': comment['at'],
                'updated_at': comment['changed'], 'system': system, 'noteable_id': self.pulls[number]['id'], 'noteable_iid': number,
                'noteable_type': 'MergeRequest', 'resolvable': False, 'confidential': False, 'internal': False}

    def _may(self, repository, number=None):
        if repository != self.repository:
            raise Refused(404, '404 Project Not Found')
        if number is not None and int(number) not in self.pulls:
            raise Refused(404, '404 Not found')

    # -- operations --------------------------------------------------------------------------------------------
    def list_pulls(self, call, who, query, body, repository):
        self._may(repository)
        items = [self._pull(p) for p in self.pulls.values()
                 if p['state'] == 'open' and query.get('state') == 'opened' and query.get('target_branch') == self.branch]
        page, links = self.page(query, items)
        return 200, page, links

    def list_notes(self, call, who, query, body, repository, number):
        self._may(repository, number)
        number = int(number)
        opened = {'id': 1, 'text': 'changed the description', 'author': self.pulls[number]['author'], 'at': now(0), 'changed': now(0)}
        items = [self._note(number, opened, True)] + [self._note(number, c) for c in self.comments[number]]
        page, links = self.page(query, items if query.get('sort') == 'asc' else items[::-1])
        return 200, page, links

    def add_note(self, call, who, query, body, repository, number):
        self._may(repository, number)
        return 201, self._note(int(number), self.say(int(number), who, body['body']))

    def edit_note(self, call, who, query, body, repository, number, id):
        self._may(repository, number)
        for comment in self.comments[int(number)]:
            if comment['id'] == int(id):
                comment.update(text=body['body'], changed=now())
                return 200, self._note(int(number), comment)
        raise Refused(404, '404 Not found')

    def set_status(self, call, who, query, body, repository, commit):
        self._may(repository)
        if body['state'] not in ('pending', 'running', 'success', 'failed', 'canceled', 'skipped'):
            raise Refused(400, 'state does not have a valid value')
        context = body.get('name') or body.get('context')
        last = [s for s in self.statuses if s['commit'] == commit and s['context'] == context]
        if last and last[-1]['state'] == body['state'] == 'pending':
            raise Refused(400, 'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")')
        self.statuses.append({'commit': commit, 'context': context, 'state': body['state']})
        return 201, {'id': self.next_id(), 'sha': commit, 'ref': self.branch, 'status': body['state'], 'name': context,
                     'description': body.get('description'), 'target_url': body.get('target_url'), 'allow_failure': False,
                     'created_at': now(), 'author': {'id': 1, 'username': who, 'name': who, 'state': 'active'}}

    def get_approvals(self, call, who, query, body, repository, number):
        self._may(repository, number)
        said = self.reviews[int(number)]
        return 200, {'id': self.pulls[int(number)]['id'], 'iid': int(number), 'project_id': 7, 'approved': bool(said), 'approvals_required': 0,
                     'approvals_left': 0, 'approved_by': [{'user': self._user(r['author']), 'approved_at': r['at']} for r in said]}

    def find_users(self, call, who, query, body):
        name = query.get('username')
        return 200, [self._user(name)] if name in self.people else []

    def get_member(self, call, who, query, body, repository, id):
        self._may(repository)
        for name, person in self.people.items():
            if person['id'] == int(id) and LEVELS[person['level']]:
                return 200, dict(self._user(name), access_level=LEVELS[person['level']])
        raise Refused(404, '404 Not found')

    def get_self(self, call, who, query, body):
        return 200, self._user(who)

    def accept(self, call, who, query, body, repository, number):
        self._may(repository, number)
        return 200, dict(self._pull(self.pulls[int(number)]), state='merged', merge_commit_sha=self.merge(int(number), who))

    routes = [
        ('GET', '/projects/([^/]+)/merge_requests', list_pulls),
        ('GET', r'/projects/([^/]+)/merge_requests/(\d+)/notes', list_notes),
        ('POST', r'/projects/([^/]+)/merge_requests/(\d+)/notes', add_note),
        ('PUT', r'/projects/([^/]+)/merge_requests/(\d+)/notes/(\d+)', edit_note),
        ('POST', '/projects/([^/]+)/statuses/([^/]+)', set_status),
        ('GET', r'/projects/([^/]+)/merge_requests/(\d+)/approvals', get_approvals),
        ('PUT', r'/projects/([^/]+)/merge_requests/(\d+)/merge', accept),
        ('GET', '/users', find_users),
        ('GET', '/user', get_self),
        ('GET', r'/projects/([^/]+)/members/all/(\d+)', get_member),
    ]
