"""Requests to a real kube-apiserver over one kept connection, with the admin's token."""
import http.client
import json
import ssl
import time


class Server:
    def __init__(self, cluster):
        context = ssl.create_default_context(cafile=cluster.ca)
        self.connection = http.client.HTTPSConnection('127.0.0.1', cluster.port, context=context, timeout=30)
        self.token = cluster.token

    def send(self, method, path, body=None, kind='application/json'):
        headers = {'Authorization': 'Bearer ' + self.token, 'Content-Type': kind, 'Accept': 'application/json'}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        text = response.read()
        try:
            return response.status, json.loads(text)
        except ValueError:  # "404 page not found", before a kind is served
            return response.status, {'message': text.decode()}

    def answer(self, *request):
        """In the form of predict_apply's answers."""
        code, answer = self.send(*request)
        if code in (200, 201):
            return {'ok': True, 'object': answer}
        return {'ok': False, 'code': code, 'error': answer.get('message', ''),
                'conflicts': [{'field': c.get('field'), 'message': c.get('message')}
                              for c in (answer.get('details') or {}).get('causes', [])]}

    def wait_for(self, path, seconds=60):
        end = time.monotonic() + seconds
        while self.send('GET', path)[0] != 200:
            if time.monotonic() > end:
                raise SystemExit('no %s after %d s' % (path, seconds))
            time.sleep(0.1)
