// Records until its one segment has so many bytes, and dies: `crashed-recorder.ts DIRECTORY BYTES BODY-BYTES`.
import { openRecorder } from '../../../gateway/record/open-recorder.ts';
import { aSession, recordExchange } from '../../../gateway/record/testing/an-exchange.ts';

const [directory, bytes, bodyBytes] = process.argv.slice(2) as [string, string, string];
const recorder = await openRecorder({ directory, segmentBytes: Number(bytes) * 2 });
const session = aSession(recorder);
const body = Buffer.alloc(Number(bodyBytes), 'a row of a table ');
const agent = async (): Promise<void> => {
  while (recorder.state().journalBytes < Number(bytes)) await recordExchange(recorder, session, body);
};
await Promise.all(Array.from({ length: 32 }, agent));
process.kill(process.pid, 'SIGKILL');
