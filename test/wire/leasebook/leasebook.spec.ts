import { runWireSuites } from '#specs';
import { makePeople, startInProcess } from '../../in-process-server.js';

runWireSuites(new URL('.', import.meta.url), async () => {
  // Pools that are being filled write to the log whenever they like.
  const server = await startInProcess({ settings: { pools: [] } });
  const { admin, demo, reader, stranger, ids } = await makePeople(server.url);
  return {
    url: server.url,
    tokens: { admin, demo, reader, stranger },
    variables: ids,
    stop: () => server.stop(),
  };
});
