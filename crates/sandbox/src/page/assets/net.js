// The way to the sandbox: what is there, what was done, and a line when something changed.

async function ask(path, body) {
  const init = body === undefined ? {} : {
    method: 'POST', body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-sandbox-page': '1' },
  };
  try {
    const response = await fetch(`/page/api/${path}`, init);
    return await response.json();
  } catch {
    return { ok: false, says: 'The demo does not answer. Is it still running in the terminal?' };
  }
}

const q = encodeURIComponent;

export const net = {
  state: (as) => ask(`state?as=${q(as)}`),
  act: (as, action) => ask('do', { as, ...action }),
  clock: (as, how) => ask('clock', { as, how }),
  fill: (as) => ask('fill', { as }),
  stored: (as) => ask(`stored?as=${q(as)}`),
  trouble: (kind) => ask('trouble', { kind }),
  fileUrl: (as, id) => `/page/api/files/${q(id)}?as=${q(as)}`,
  async upload(as, file) {
    try {
      const response = await fetch(`/page/api/upload?as=${q(as)}&name=${q(file.name)}`, {
        method: 'POST', body: file, headers: { 'x-sandbox-page': '1', 'content-type': 'application/octet-stream' },
      });
      return await response.json();
    } catch {
      return { ok: false, says: 'The file could not be uploaded.' };
    }
  },
  listen(changed, lost) {
    const source = new EventSource('/page/api/events');
    source.onmessage = changed;
    source.onerror = lost;
  },
};
