import type { RecordingManifest } from '../archive/recording-manifest.ts';
import { recordingFolder } from '../archive/recording-manifest.ts';
import { covers, type Hold } from './hold.ts';
import { scopeDigest } from './hold-register.ts';
import { type Act, fileOf, type LifecycleContext, toHeld } from './lifecycle-context.ts';

/** Puts every standing hold on the recordings it covers: those that were there, and those sealed since. Returns how many were put. */
export async function applyHolds(context: LifecycleContext): Promise<number> {
  await context.holds.complete(context.recorder);
  let put = 0;
  for (const { manifest } of [...context.archive.index.all()]) {
    const held = toHeld(manifest, context);
    for (const hold of context.holds.all) {
      if (hold.sessions.includes(manifest.sessionId) || !covers(hold.scope, held)) continue;
      await putHold(context, hold, manifest);
      put += 1;
    }
  }
  return put;
}

async function putHold({ archive, recorder, holds }: LifecycleContext, hold: Hold, manifest: RecordingManifest): Promise<void> {
  for (const name of await namesOf(archive, manifest)) await archive.store.hold(name, true);
  const { holdId, by, reason } = hold;
  await recorder.enter({ kind: 'hold', holdId, scope: scopeDigest(hold), sessionId: manifest.sessionId, state: 'placed', by, reason });
  holds.remember(holdId, manifest.sessionId);
}

export type LiftedHold = { readonly hold: Hold; readonly released: number; readonly receipt: string };

/** The log says first that it is lifted; then the store lets go of what no other hold covers. */
export async function liftHold(context: LifecycleContext, name: string, { by, reason }: Act): Promise<LiftedHold> {
  const { archive, recorder, holds } = context;
  const hold = holds.find(name);
  const entry = await recorder.enter({ kind: 'hold', holdId: hold.holdId, scope: scopeDigest(hold), state: 'lifted', by, reason });
  let released = 0;
  for (const sessionId of hold.sessions) {
    const manifest = archive.index.byId(sessionId)?.manifest;
    if (manifest === undefined || isHeldByOthers(context, hold, manifest)) continue;
    for (const object of await namesOf(archive, manifest)) await archive.store.hold(object, false);
    released += 1;
  }
  holds.remove(hold.holdId);
  const receipt = fileOf(context.receipts.write([{ ...entry, salts: { 'hold-scope': hold.salt } }]));
  return { hold, released, receipt };
}

const isHeldByOthers = (context: LifecycleContext, hold: Hold, manifest: RecordingManifest): boolean =>
  context.holds.covering(toHeld(manifest, context)).some((other) => other.holdId !== hold.holdId);

async function namesOf({ store }: LifecycleContext['archive'], manifest: RecordingManifest): Promise<string[]> {
  const names = new Set(manifest.files.map((file) => file.object));
  for await (const { name } of store.list(recordingFolder(manifest))) names.add(name);
  return [...names];
}
