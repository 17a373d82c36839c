import { runWireSuites } from '#specs';
import { makePeople, startInProcess } from '../../in-process-server.js';

runWireSuites(new URL('.', import.meta.url), async () => {
  const server = await startInProcess();
  const { admin, demo, reader, stranger, ids } = await makePeople(server.url);
  return {
    url: server.url,
    tokens: { admin, demo, reader, stranger },
    variables: ids,
    stop: () => server.stop(),
  };
});
