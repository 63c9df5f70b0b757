"""A throw-away certificate authority, by the openssl command. P-256 keys, valid for two days."""
import os
import subprocess


def _openssl(*arguments):
    p = subprocess.run(['openssl', *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if p.returncode != 0:
        raise RuntimeError('openssl %s: %s' % (arguments[0], p.stdout))


class Authority:
    """One CA in a folder. issue() gives (certificate path, key path)."""

    def __init__(self, folder, name='test-ca'):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.certificate = os.path.join(folder, 'ca.crt')
        self.key = os.path.join(folder, 'ca.key')
        _openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                 '-keyout', self.key, '-out', self.certificate, '-subj', '/CN=' + name,
                 '-addext', 'keyUsage=critical,keyCertSign,cRLSign')

    def issue(self, file, subject, server_names=()):
        """subject like '/O=system:masters/CN=admin'; server_names like 'IP:127.0.0.1' make a server certificate."""
        base = os.path.join(self.folder, file)
        usage = 'serverAuth' if server_names else 'clientAuth'
        with open(base + '.ext', 'w') as f:
            f.write('keyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' % usage)
            if server_names:
                f.write('subjectAltName=%s\n' % ','.join(server_names))
        _openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                 '-keyout', base + '.key', '-out', base + '.csr', '-subj', subject)
        _openssl('x509', '-req', '-in', base + '.csr', '-CA', self.certificate, '-CAkey', self.key,
                 '-CAcreateserial', '-days', '2', '-extfile', base + '.ext', '-out', base + '.crt')
        return base + '.crt', base + '.key'
