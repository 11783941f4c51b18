import type { Account } from '../proc/index.ts';

/** Of the agent's own environment, what hooks and processes may need of the machine's. Nothing of Node's or npm's. */
const inherited =
  /^(LANG|LC_[A-Z]+|TZ|TMPDIR|DEBIAN_FRONTEND|(https?|ftp|no|all)_proxy|(HTTPS?|FTP|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|PIP_(CERT|INDEX_URL|FIND_LINKS))$/;
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What every hook and process has beside the YIQIU_ variables: PATH with `yiqiu-agent` first, and who it is. */
export const baseEnvironment = (
  account: Account,
  binDirectory: string,
  own: NodeJS.ProcessEnv,
): { [name: string]: string } => {
  const env: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(own)) if (inherited.test(name) && value !== undefined) env[name] = value;
  return {
    ...env,
    PATH: `${binDirectory}:${own['PATH'] ?? defaultPath}`,
    HOME: account.home,
    USER: account.name,
    LOGNAME: account.name,
    SHELL: '/bin/sh',
  };
};
